import {
    AclOperations,
    AclPermissionTypes,
    ResourcePatternTypes,
    ResourceTypes,
    type AclOperationValue,
    type AclPermissionTypeValue,
    type ResourcePatternTypeValue,
    type ResourceTypeValue,
} from "@platformatic/kafka";
import type { KafkaUserAcl } from "../objects";

/** An ACL entry in the form of Kafka's protocol. */
export interface Acl {
    readonly resourceType: ResourceTypeValue;
    readonly resourceName: string;
    readonly resourcePatternType: ResourcePatternTypeValue;
    readonly principal: string;
    readonly host: string;
    readonly operation: AclOperationValue;
    readonly permissionType: AclPermissionTypeValue;
}

const RESOURCES = {
    topic: ResourceTypes.TOPIC,
    group: ResourceTypes.GROUP,
    cluster: ResourceTypes.CLUSTER,
    transactionalId: ResourceTypes.TRANSACTIONAL_ID,
} as const;

const OPERATIONS = {
    Read: AclOperations.READ,
    Write: AclOperations.WRITE,
    Create: AclOperations.CREATE,
    Delete: AclOperations.DELETE,
    Alter: AclOperations.ALTER,
    Describe: AclOperations.DESCRIBE,
    ClusterAction: AclOperations.CLUSTER_ACTION,
    AlterConfigs: AclOperations.ALTER_CONFIGS,
    DescribeConfigs: AclOperations.DESCRIBE_CONFIGS,
    IdempotentWrite: AclOperations.IDEMPOTENT_WRITE,
    All: AclOperations.ALL,
} as const;

/** The name of the only resource of type cluster. */
const CLUSTER_NAME = "kafka-cluster";

/**
 * The entries of a KafkaUser's `acls`, one for each operation.
 * @param username the principal without `User:`
 * @throws when a resource other than the cluster has no name
 */
export function kafkaAcls(username: string, rules: readonly KafkaUserAcl[]): Acl[] {
    return rules.flatMap(({ type = "allow", resource, host = "*", operations }) => {
        const isCluster = resource.type === "cluster";
        const name = isCluster ? CLUSTER_NAME : resource.name;
        if (name === undefined) {
            throw new Error(`Name is required for resource type: ${resource.type}`);
        }
        const prefixed = !isCluster && resource.patternType === "prefix";
        return operations.map((operation) => ({
            resourceType: RESOURCES[resource.type],
            resourceName: name,
            resourcePatternType: prefixed
                ? ResourcePatternTypes.PREFIXED
                : ResourcePatternTypes.LITERAL,
            principal: `User:${username}`,
            host,
            operation: OPERATIONS[operation],
            permissionType: type === "allow" ? AclPermissionTypes.ALLOW : AclPermissionTypes.DENY,
        }));
    });
}

/** The entries to create and to delete so that `current` becomes `desired`, each once. */
export function aclChanges(
    current: readonly Acl[],
    desired: readonly Acl[],
): { readonly create: Acl[]; readonly remove: Acl[] } {
    const [had, wanted] = [byKey(current), byKey(desired)];
    return {
        create: [...wanted].filter(([key]) => !had.has(key)).map(([, acl]) => acl),
        remove: [...had].filter(([key]) => !wanted.has(key)).map(([, acl]) => acl),
    };
}

function byKey(acls: readonly Acl[]): Map<string, Acl> {
    return new Map(
        acls.map((acl) => [
            JSON.stringify([
                acl.resourceType,
                acl.resourceName,
                acl.resourcePatternType,
                acl.principal,
                acl.host,
                acl.operation,
                acl.permissionType,
            ]),
            acl,
        ]),
    );
}
