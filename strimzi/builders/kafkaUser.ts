import type { Access } from "../../config/phase";
import type { UserSettings } from "../../config/settingsSchema";
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

type Resource = UserSettings["produces"][number];
type Operations = Acl["operations"];

const TOPIC_TO_WRITE: Record<Access, Operations> = {
    writing: ["Write"],
    consuming: ["Describe"],
    standby: ["Describe"],
};

const GROUP: Record<Access, Operations> = {
    writing: ["Read"],
    consuming: ["Read"],
    standby: ["Describe"],
};

/**
 * What an application's user may do at a site.
 *
 * Only where the phase lets it may it write, commit offsets or use a transactional id: this is what
 * keeps a producer that was not told of a failover from writing to the wrong side, and a group that
 * runs at the standby from moving the offsets that MM2 keeps there. Reading is allowed at both, so
 * that a standby can be looked at.
 */
export function applicationAcls(user: UserSettings, access: Access): Acl[] {
    const { produces, consumes, groups, transactionalIds } = user;
    return [
        ...acls("topic", produces, TOPIC_TO_WRITE[access]),
        ...acls("topic", consumes, ["Read"]),
        ...acls("group", groups, GROUP[access]),
        ...(access === "writing" ? acls("transactionalId", transactionalIds, ["Write"]) : []),
    ];
}

function acls(
    type: Acl["resource"]["type"],
    resources: readonly Resource[],
    operations: Operations,
): Acl[] {
    return resources.map(({ name, patternType }) => ({
        resource: { type, name, patternType },
        operations: [...operations],
    }));
}
