/**
 * What `make up` says after a failed update: Pulumi's provider reports only that it timed out, the
 * operator's reason stands in the object's status.
 *
 * ts-node -T drill/readiness/main.ts <stack>; exit code 0.
 */
import * as k8s from "@kubernetes/client-node";
import type { Settings, SiteName } from "../../config/settingsSchema";
import { kafkaTopicResourceName, mirrorUserName } from "../../strimzi/builders/names";
import { kubeConfigOf } from "../preflight/kubernetes";
import { settingsOf } from "../settings";
import { notReadyReason, type ReportedObject, type ReportedStatus } from "./judge";

/** A reason per Kafka, topic, user and MirrorMaker 2 of the stack that is there and not Ready. */
export async function notReadyReasons(settings: Settings): Promise<string[]> {
    const { source, mirror } = settings;
    const objects = await Promise.all([
        ...(["source", "target"] as const)
            .filter((side) => settings[side].managed)
            .map((side) => reported(settings, side, "Kafka", "kafkas", settings[side].name)),
        ...(source.managed
            ? settings.topics.map(({ name }) => {
                  const resource = kafkaTopicResourceName(name);
                  return reported(settings, "source", "KafkaTopic", "kafkatopics", resource);
              })
            : []),
        ...kafkaUsers(settings).map(({ side, name }) =>
            reported(settings, side, "KafkaUser", "kafkausers", name),
        ),
        reported(settings, "target", "KafkaMirrorMaker2", "kafkamirrormaker2s", mirror.name),
    ]);
    return objects.flatMap((object) => (object && notReadyReason(object)) ?? []);
}

/** MM2's own users and those of applications; one that is not there is left to Pulumi to report. */
function kafkaUsers(settings: Settings): { side: SiteName; name: string }[] {
    return (["source", "target"] as const)
        .filter((side) => settings[side].managed)
        .flatMap((side) =>
            [mirrorUserName(settings.mirror, side), ...settings.users.map(({ name }) => name)].map(
                (name) => ({ side, name }),
            ),
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
