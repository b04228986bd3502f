import { connect } from "node:tls";
import { Admin } from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "../../../kafka/connection";
import type {
    KafkaMirrorMaker2Object,
    KafkaObject,
    KafkaUserAcl,
    KafkaUserObject,
    MirrorClusterSpec,
} from "../../../lab/objects";
import { kafkaObject, mirrorMakerObject, NAMESPACE } from "./objects";

/** A cluster with authorization: a listener without authentication, one with passwords, one with certificates. */
export function securedKafka(name: string): KafkaObject {
    const { spec, ...object } = kafkaObject(name);
    return {
        ...object,
        spec: {
            kafka: {
                ...spec.kafka,
                listeners: [
                    { name: "plain", port: 9092, type: "internal", tls: false },
                    {
                        name: "scram",
                        port: 9093,
                        type: "internal",
                        tls: true,
                        authentication: { type: "scram-sha-512" },
                    },
                    {
                        name: "certs",
                        port: 9094,
                        type: "internal",
                        tls: true,
                        authentication: { type: "tls" },
                    },
                ],
                authorization: { type: "simple", superUsers: ["root"] },
            },
            entityOperator: { userOperator: {} },
        },
    };
}

/** Rights to write, read and see one topic. */
export function topicRights(name: string): KafkaUserAcl[] {
    return [{ resource: { type: "topic", name }, operations: ["Read", "Write", "Describe"] }];
}

/** All rights except to act as a broker. */
export const ALL_RIGHTS: KafkaUserAcl[] = (
    ["topic", "group", "transactionalId", "cluster"] as const
).map((type) => ({
    resource: type === "cluster" ? { type } : { type, name: "*" },
    operations: ["All"],
}));

export function kafkaUser(
    cluster: string,
    name: string,
    authentication: KafkaUserObject["spec"]["authentication"],
    acls: KafkaUserAcl[],
): KafkaUserObject {
    return {
        apiVersion: "kafka.strimzi.io/v1",
        kind: "KafkaUser",
        metadata: { name, namespace: NAMESPACE, labels: { "strimzi.io/cluster": cluster } },
        spec: {
            ...(authentication && { authentication }),
            authorization: { type: "simple", acls },
        },
    };
}

/** The part of a mirror's cluster with its address and the user of MirrorMaker 2. */
export function asUser(
    cluster: string,
    how: "scram" | "tls",
): Pick<MirrorClusterSpec, "bootstrapServers" | "authentication"> {
    const secretName = `${cluster}-mm-${how}`;
    const port = how === "scram" ? 9093 : 9094;
    return {
        bootstrapServers: `${cluster}-kafka-bootstrap.${NAMESPACE}.svc:${port}`,
        authentication:
            how === "scram"
                ? {
                      type: "scram-sha-512",
                      username: secretName,
                      passwordSecret: { secretName, password: "password" },
                  }
                : {
                      type: "tls",
                      certificateAndKey: { secretName, certificate: "user.crt", key: "user.key" },
                  },
    };
}

/** The mirror from `src` to `tgt` as one user at each of them. */
export function securedMirror(source: "scram" | "tls", target: "scram" | "tls") {
    const { spec, ...object } = mirrorMakerObject();
    return {
        ...object,
        spec: {
            ...spec,
            target: { ...spec.target, ...asUser("tgt", target) },
            mirrors: spec.mirrors.map((mirror) => ({
                ...mirror,
                source: { ...mirror.source, ...asUser("src", source) },
            })),
        },
    } satisfies KafkaMirrorMaker2Object;
}

/** Requests a topic's metadata once, without retries: undefined, or the reason for the refusal. */
export async function refusal(
    connection: KafkaConnection,
    topic: string,
): Promise<string | undefined> {
    const admin = new Admin({
        ...clientOptions(connection, "stranger"),
        retries: 0,
        connectTimeout: 10_000,
        requestTimeout: 10_000,
    });
    try {
        await admin.metadata({ topics: [topic], forceUpdate: true });
        return undefined;
    } catch (error) {
        return reasonOf(error);
    } finally {
        await admin.close();
    }
}

/**
 * Presents the connection's certificate to the first broker and returns the reason why TLS refused
 * one of the two, or undefined if neither refused within the time. The client of `refusal` reports
 * only a closed connection.
 */
export async function tlsRefusal(
    connection: KafkaConnection,
    timeoutMs = 10_000,
): Promise<string | undefined> {
    const { bootstrapBrokers, tls } = clientOptions(connection, "stranger");
    const [host, port] = bootstrapBrokers[0]!.split(":");
    // The client sends nothing: if a broker closes with unread data, the client sees only a reset.
    const socket = connect({ ...tls, host: host!, port: Number(port), timeout: timeoutMs });
    try {
        return await new Promise((resolve, reject) => {
            socket.on("error", (error: Error) => {
                resolve(error.message);
            });
            socket.on("timeout", () => {
                resolve(undefined);
            });
            socket.on("close", () => {
                reject(new Error("closed without a reason"));
            });
        });
    } finally {
        socket.destroy();
    }
}

/** Why a client failed: code, request and message of the error and of each of its causes. */
export function reasonOf(error: unknown): string {
    return messages(error).join("; ");
}

function messages(error: unknown): string[] {
    if (!(error instanceof Error)) {
        return [];
    }
    const { code, apiId } = error as { code?: unknown; apiId?: unknown };
    const parts: unknown[] = error instanceof AggregateError ? error.errors : [];
    return [
        [code, apiId, error.message].filter(Boolean).join(" "),
        ...[error.cause, ...parts].flatMap(messages),
    ];
}
