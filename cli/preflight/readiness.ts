/**
 * Printed by `make up` after a failed update: Pulumi's provider reports only a timeout, the reason of
 * the operator is in the status of the object.
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
import { kubeConfigOf } from "../shared/kubernetes/kubeConfig";
import { settingsOf } from "../shared/settings";

/** The status of a Strimzi object, as far as it tells whether the object is Ready. */
export interface ReportedStatus {
    readonly observedGeneration?: number;
    readonly conditions?: readonly {
        readonly type?: string;
        readonly status?: string;
        readonly reason?: string;
        readonly message?: string;
    }[];
}

/** A Strimzi object of the stack in Kubernetes; without a status until the operator has acted. */
export interface ReportedObject {
    readonly kind: string;
    /** `namespace/name`. */
    readonly id: string;
    readonly context: string;
    readonly generation?: number;
    readonly status?: ReportedStatus;
}

/** Why an object is not Ready, in one line with the operator's message; undefined when it is. */
export function notReadyReason(object: ReportedObject): string | undefined {
    const { kind, id, context, generation, status } = object;
    const name = `${kind} ${id} (context ${context})`;
    const conditions = status?.conditions ?? [];
    if (status === undefined || conditions.length === 0) {
        return `${name} has no status: no operator has processed it.`;
    }
    if (generation !== undefined && (status.observedGeneration ?? 0) < generation) {
        return `${name} was changed, and the operator has not processed the change yet.`;
    }
    const isReady = conditions.some(
        ({ type, status: value }) => type === "Ready" && value === "True",
    );
    if (isReady) {
        return undefined;
    }
    const condition = conditions.find(({ type }) => type === "NotReady") ?? conditions[0];
    const reason = [condition?.reason, condition?.message].filter(Boolean).join(": ");
    return `${name} is not Ready: ${reason === "" ? "the operator gives no reason" : reason}`;
}

/** A reason for each existing Kafka, topic, user and MirrorMaker 2 of the stack that is not Ready. */
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

/** The sites whose objects this stack manages, without a source that counts as lost. */
function managedSites(settings: Settings): SiteName[] {
    return (["source", "target"] as const).filter(
        (side) =>
            settings[side].managed && (side === "target" || phases[settings.phase].usesSource),
    );
}

/** The users of MM2, the commands and applications. Pulumi reports those that do not exist. */
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
        // It does not exist yet, or may not be read: Pulumi reports that itself.
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
