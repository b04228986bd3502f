/**
 * What `make up` says after a failed update: Pulumi's provider reports only that it timed out, the
 * operator's reason stands in the object's status.
 *
 * tsx cli/preflight/readiness.ts <stack>; exit code 0.
 */
import * as k8s from "@kubernetes/client-node";
import { phases } from "../../config/phase";
import { reverseMirrorName } from "../../config/reversed";
import type { Settings, SiteName } from "../../config/settingsSchema";
import {
    commandsUserName,
    kafkaTopicResourceName,
    mirrorUserName,
} from "../../strimzi/builders/names";
import { kubeConfigOf } from "./kubernetes";
import { settingsOf } from "../shared/settings";
import { notReadyReason, type ReportedObject, type ReportedStatus } from "./notReady";

/** A reason per Kafka, topic, user and MirrorMaker 2 of the stack that is there and not Ready. */
export async function notReadyReasons(settings: Settings): Promise<string[]> {
    const { mirror, phase } = settings;
    const managed = managedSites(settings);
    const objects = await Promise.all([
        ...managed.map((side) => reported(settings, side, "Kafka", "kafkas", settings[side].name)),
        ...(managed.includes("source")
            ? settings.topics.map(({ name }) => {
                  const resource = kafkaTopicResourceName(name);
                  return reported(settings, "source", "KafkaTopic", "kafkatopics", resource);
              })
            : []),
        ...kafkaUsers(settings).map(({ side, name }) =>
            reported(settings, side, "KafkaUser", "kafkausers", name),
        ),
        reported(settings, "target", "KafkaMirrorMaker2", "kafkamirrormaker2s", mirror.name),
        ...(phases[phase].reverse === "running"
            ? [
                  reported(
                      settings,
                      "source",
                      "KafkaMirrorMaker2",
                      "kafkamirrormaker2s",
                      reverseMirrorName(mirror),
                  ),
              ]
            : []),
    ]);
    return objects.flatMap((object) => (object && notReadyReason(object)) ?? []);
}

/** The sites whose objects this stack makes, but for a source that counts as lost. */
function managedSites(settings: Settings): SiteName[] {
    return (["source", "target"] as const).filter(
        (side) =>
            settings[side].managed && (side === "target" || phases[settings.phase].usesSource),
    );
}

/** The users of MM2, of the commands and of applications; one that is not there is left to Pulumi to report. */
function kafkaUsers(settings: Settings): { side: SiteName; name: string }[] {
    return managedSites(settings).flatMap((side) =>
        [
            mirrorUserName(settings.mirror, side),
            commandsUserName(settings.mirror, side),
            ...settings.users.map(({ name }) => name),
        ].map((name) => ({ side, name })),
    );
}

async function reported(
    settings: Settings,
    side: "source" | "target",
    kind: string,
    plural: string,
    name: string,
): Promise<ReportedObject | undefined> {
    const { namespace, context } = settings[side];
    const api = kubeConfigOf(side, settings[side]).makeApiClient(k8s.CustomObjectsApi);
    try {
        const found = (await api.getNamespacedCustomObject({
            group: "kafka.strimzi.io",
            version: "v1",
            namespace,
            plural,
            name,
        })) as { metadata?: { generation?: number }; status?: ReportedStatus };
        return {
            kind,
            id: `${namespace}/${name}`,
            context,
            ...(found.metadata?.generation !== undefined && {
                generation: found.metadata.generation,
            }),
            ...(found.status !== undefined && { status: found.status }),
        };
    } catch (error) {
        // Not there yet, or not to be read: Pulumi's own error says that better.
        if (error instanceof k8s.ApiException) {
            return undefined;
        }
        throw error;
    }
}

async function main(): Promise<void> {
    for (const reason of await notReadyReasons(settingsOf(process.argv[2] ?? ""))) {
        console.error(`error: ${reason}`);
    }
}

if (require.main === module) {
    main().catch((cause: unknown) => {
        console.error(`error: ${cause instanceof Error ? cause.message : String(cause)}`);
    });
}
