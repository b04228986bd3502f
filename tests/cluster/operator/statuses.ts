import { createHash } from "node:crypto";
import { mirrorMakerStatus } from "../../../lab/connect/mirrorMakerStatus";
import { kafkaStatus, nodePoolStatuses } from "../../../lab/kafka/kafkaStatus";
import type {
    StoredByKind,
    StoredKafka,
    StoredMirrorMaker,
    StoredUser,
    StrimziKind,
} from "./objects";
import { usernameOf } from "./userSecrets";

/** The outcome of an object. */
export type Outcome =
    /** Ready; with a delay, `NotReady` with the reason `Creating` until then. */
    | { readonly type: "ready"; readonly afterMs?: number }
    /** No status at all, as without an operator. */
    | { readonly type: "ignored" }
    | { readonly type: "notReady"; readonly reason: string; readonly message: string }
    /** For MirrorMaker 2: a FAILED source connector, which makes the object not ready. */
    | { readonly type: "failedConnector"; readonly trace: string };

/** Address of listeners that clients outside the Kubernetes cluster use. */
export const EXTERNAL_HOST = "203.0.113.7";

/** A NotReady status for any kind. */
export function notReadyStatus(generation: number, reason: string, message: string): object {
    return {
        observedGeneration: generation,
        conditions: [
            {
                type: "NotReady",
                status: "True",
                reason,
                message,
                lastTransitionTime: new Date().toISOString(),
            },
        ],
    };
}

/** The status of an object that is ready, or whose connector failed. */
export function statusOf<Kind extends StrimziKind>(
    kind: Kind,
    object: StoredByKind[Kind],
    outcome: Outcome,
    caCertificate: string,
): object {
    switch (kind) {
        case "Kafka":
            return statusOfKafka(object as StoredKafka, caCertificate);
        case "KafkaMirrorMaker2":
            return statusOfMirrorMaker(object as StoredMirrorMaker, outcome);
        case "KafkaNodePool":
            return statusOfNodePool(object as StoredByKind["KafkaNodePool"]);
        case "KafkaUser":
            return statusOfUser(object as StoredUser);
        default:
            return statusOfTopic(object as StoredByKind["KafkaTopic"]);
    }
}

function statusOfKafka(kafka: StoredKafka, caCertificate: string): object {
    const { name, namespace } = kafka.metadata;
    const addresses = kafka.spec.kafka.listeners.map(({ name: listener, type, port }) => {
        const host =
            type === "internal" ? `${name}-kafka-bootstrap.${namespace}.svc` : EXTERNAL_HOST;
        return [listener, `${host}:${port}`] as const;
    });
    return kafkaStatus({
        kafka,
        nodes: [],
        clusterId: clusterId(namespace, name),
        caCertificate,
        bootstrapServers: new Map(addresses),
        kafkaVersion: kafka.spec.kafka.version ?? "4.3.1",
        now: new Date(),
    });
}

/** Like Strimzi without a Ready condition: pools report through their Kafka. */
function statusOfNodePool({ metadata, spec }: StoredByKind["KafkaNodePool"]): object {
    const cluster = metadata.labels?.["strimzi.io/cluster"] ?? "";
    const nodes = Array.from({ length: spec.replicas }, (_, id) => ({
        id,
        name: `${cluster}-${metadata.name}-${id}`,
        pool: metadata.name,
        roles: spec.roles,
    }));
    const status = nodePoolStatuses(cluster, clusterId(metadata.namespace, cluster), nodes);
    return { ...status.get(metadata.name), observedGeneration: metadata.generation };
}

function statusOfTopic({ metadata, spec }: StoredByKind["KafkaTopic"]): object {
    return {
        observedGeneration: metadata.generation,
        topicName: spec.topicName ?? metadata.name,
        topicId: createHash("sha256").update(metadata.uid).digest("base64url").slice(0, 22),
        conditions: [
            { type: "Ready", status: "True", lastTransitionTime: new Date().toISOString() },
        ],
    };
}

function statusOfUser(user: StoredUser): object {
    const { name, generation } = user.metadata;
    return {
        observedGeneration: generation,
        username: usernameOf(user),
        ...(user.spec.authentication !== undefined && { secret: name }),
        conditions: [
            { type: "Ready", status: "True", lastTransitionTime: new Date().toISOString() },
        ],
    };
}

function statusOfMirrorMaker(mirrorMaker: StoredMirrorMaker, outcome: Outcome): object {
    const { metadata, spec } = mirrorMaker;
    const failed = outcome.type === "failedConnector" ? outcome : undefined;
    const worker = `${metadata.name}-mirrormaker2-0.${metadata.name}:8083`;
    return mirrorMakerStatus(mirrorMaker, {
        url: `http://${metadata.name}-mirrormaker2-api.${metadata.namespace}.svc:8083`,
        connectors: spec.mirrors.flatMap(({ source, sourceConnector, checkpointConnector }) =>
            (
                [
                    ["Source", sourceConnector],
                    ["Checkpoint", checkpointConnector],
                ] as const
            ).map(([kind, connector]) => {
                const isStopped = connector?.state === "stopped";
                const hasTasks = failed === undefined && !isStopped;
                return {
                    name: `${source.alias}->${spec.target.alias}.Mirror${kind}Connector`,
                    type: "source",
                    connector:
                        failed !== undefined && kind === "Source"
                            ? { state: "FAILED" as const, worker_id: worker, trace: failed.trace }
                            : {
                                  state: isStopped ? ("STOPPED" as const) : ("RUNNING" as const),
                                  worker_id: worker,
                              },
                    tasks: Array.from(
                        { length: hasTasks ? (sourceConnector?.tasksMax ?? 1) : 0 },
                        (_, id) => ({ id, state: "RUNNING" as const, worker_id: worker }),
                    ),
                };
            }),
        ),
        autoRestarts: [],
        now: new Date(),
    });
}

function clusterId(namespace: string, name: string): string {
    return createHash("sha256").update(`${namespace}/${name}`).digest("base64url").slice(0, 22);
}
