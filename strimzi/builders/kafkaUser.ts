import type { KafkaUserObject } from "../resources";

type Spec = KafkaUserObject["spec"];
export type Acl = NonNullable<Spec["authorization"]>["acls"][number];

export interface KafkaUserBuild {
    readonly name: string;
    readonly namespace: string;
    /** The Kafka cluster whose User Operator acts on it. */
    readonly cluster: string;
    /** Secret with the password, under the key `password`; a client certificate without it. */
    readonly passwordSecretName?: string;
    /** What it may do; undefined where the cluster has no authorizer. */
    readonly acls?: readonly Acl[];
}

/** Key of the password in the Secrets of this stack and of the User Operator. */
export const PASSWORD_KEY = "password";

/** A KafkaUser, for the User Operator of its cluster. */
export function kafkaUser(user: KafkaUserBuild): KafkaUserObject {
    return {
        apiVersion: "kafka.strimzi.io/v1",
        kind: "KafkaUser",
        metadata: {
            name: user.name,
            namespace: user.namespace,
            labels: { "strimzi.io/cluster": user.cluster },
        },
        spec: {
            authentication: authentication(user.passwordSecretName),
            ...(user.acls !== undefined && {
                authorization: { type: "simple", acls: [...user.acls] },
            }),
        },
    };
}

function authentication(secretName: string | undefined): NonNullable<Spec["authentication"]> {
    return secretName === undefined
        ? { type: "tls" }
        : {
              type: "scram-sha-512",
              password: { valueFrom: { secretKeyRef: { name: secretName, key: PASSWORD_KEY } } },
          };
}
