import { mirrorNaming } from "../../config/mirroredTopics";
import type { Settings, SiteName } from "../../config/settingsSchema";
import { aclResources, covers, type ResourcePattern, resourcesAtTarget } from "./aclResources";
import type { Acl } from "./kafkaUser";
import { checkpointsTopic, connectorNames, connectStorage, offsetSyncsTopic } from "./names";

type Operation = Acl["operations"][number];

/** One right of a user: one operation on one resource. */
export interface Right {
    readonly type: Acl["resource"]["type"];
    /** Undefined for the cluster, of which there is one. */
    readonly resource?: ResourcePattern;
    readonly operation: Operation;
    /** What it is needed for. */
    readonly purpose: string;
}

type RightsSettings = Pick<Settings, "source" | "target" | "mirror">;

/**
 * The least rights with which MM2 does what the settings ask for, at each site: none of them can be
 * taken away, as tests/lab proves right by right. What another right grants as well is left out.
 */
export function mirrorRights(settings: RightsSettings): Readonly<Record<SiteName, Right[]>> {
    return {
        source: withoutImplied(sourceRights(settings)),
        target: withoutImplied(targetRights(settings)),
    };
}

/** Operations that Kafka grants with another one (StandardAuthorizer of Kafka 4.3.1). */
const IMPLIED_BY: Partial<Record<Operation, readonly Operation[]>> = {
    Describe: ["Read", "Write", "Delete", "Alter"],
    DescribeConfigs: ["AlterConfigs"],
};

/**
 * Rights that no other one of the list grants: a user that may write every topic may write MM2's
 * own.
 */
export function withoutImplied(rights: readonly Right[]): Right[] {
    return rights.filter(
        (right, index) =>
            !rights.some(
                (other, position) =>
                    position !== index &&
                    implies(other, right) &&
                    (!implies(right, other) || position < index),
            ),
    );
}

function implies(one: Right, other: Right): boolean {
    const operations = [other.operation, ...(IMPLIED_BY[other.operation] ?? [])];
    return (
        one.type === other.type &&
        operations.includes(one.operation) &&
        (one.resource === undefined ||
            (other.resource !== undefined && covers(one.resource, other.resource)))
    );
}

/** Rights as the ACLs of a KafkaUser, one for each resource. */
export function aclsOf(rights: readonly Right[]): Acl[] {
    const byResource = new Map<string, Acl>();
    for (const { type, resource, operation } of rights) {
        const key = JSON.stringify([type, resource]);
        const acl = byResource.get(key) ?? { resource: { type, ...resource }, operations: [] };
        if (!acl.operations.includes(operation)) {
            acl.operations.push(operation);
        }
        byResource.set(key, acl);
    }
    return [...byResource.values()];
}

/** With the offset syncs at the target this user can read, and nothing else. */
function sourceRights(settings: RightsSettings): Right[] {
    const { mirror } = settings;
    const topics = aclResources(mirror.topicsPattern);
    const groups = aclResources(mirror.groupsPattern);
    return [
        ...on("topic", topics, {
            Read: "find the topics and read their records",
            DescribeConfigs: "copy the topics' configurations",
        }),
        ...on("group", groups, { Describe: "find the groups and read their offsets" }),
        ...(mirror.offsetSyncsTopicLocation === "source"
            ? on("topic", [literal(offsetSyncsTopic(settings))], OFFSET_SYNCS)
            : []),
        ...(mirror.syncTopicAclsEnabled ? [onCluster("Describe", "read the topics' ACLs")] : []),
    ];
}

function targetRights(settings: RightsSettings): Right[] {
    const { mirror } = settings;
    const topics = resourcesAtTarget(aclResources(mirror.topicsPattern), mirrorNaming(settings));
    const storage = connectStorage(mirror);
    return [
        ...on("group", [literal(storage.groupId)], { Read: "join the group of the workers" }),
        ...[
            storage.configStorageTopic,
            storage.offsetStorageTopic,
            storage.statusStorageTopic,
        ].flatMap((topic) =>
            on("topic", [literal(topic)], {
                Create: "make Connect's internal topic",
                DescribeConfigs: "refuse to work with an internal topic that is not compacted",
                Read: "read what the workers have stored",
                Write: "store it",
            }),
        ),
        ...on("topic", topics, {
            Create: "make the topics",
            Alter: "add partitions",
            AlterConfigs: "copy the topics' configurations",
            Write: "write the records",
        }),
        ...on("topic", [literal(checkpointsTopic(settings))], {
            Create: "make the topic of translated offsets",
            Read: "go on from the last translated offsets after a restart",
            Write: "write translated offsets",
        }),
        ...(mirror.offsetSyncsTopicLocation === "target"
            ? on("topic", [literal(offsetSyncsTopic(settings))], OFFSET_SYNCS)
            : []),
        ...(mirror.syncGroupOffsetsEnabled
            ? [
                  ...on("group", aclResources(mirror.groupsPattern), {
                      Read: "set the offsets of the groups",
                  }),
                  ...on("topic", topics, { Read: "set offsets in the topics" }),
              ]
            : []),
        ...(mirror.syncTopicAclsEnabled ? [onCluster("Alter", "write the topics' ACLs")] : []),
        ...transactionRights(settings, storage.groupId),
    ];
}

const OFFSET_SYNCS: Partial<Record<Operation, string>> = {
    Create: "make the topic of offset syncs",
    Read: "translate offsets",
    Write: "note which offset became which",
};

/**
 * Transactional ids that Connect makes for exactly-once support (Kafka's documentation of Connect).
 */
function transactionRights(settings: RightsSettings, groupId: string): Right[] {
    const { mirror } = settings;
    if (mirror.exactlyOnceSourceSupport === "disabled") {
        return [];
    }
    const leader = literal(`connect-cluster-${groupId}`);
    const connectors = Object.values(connectorNames(settings));
    return [
        ...on("transactionalId", [leader], { Write: "write the configuration as the one leader" }),
        // On such a worker the tasks of every source connector are transactional, both of MM2's.
        ...(mirror.exactlyOnceSourceSupport === "enabled"
            ? on(
                  "transactionalId",
                  connectors.map((connector) => ({
                      name: `${groupId}-${connector}-`,
                      patternType: "prefix",
                  })),
                  { Write: "write records and source offsets in one transaction" },
              )
            : []),
    ];
}

/** The same operations on each of some resources. */
export function on(
    type: Right["type"],
    resources: readonly ResourcePattern[],
    operations: Partial<Record<Operation, string>>,
): Right[] {
    return resources.flatMap((resource) =>
        Object.entries(operations).map(([operation, purpose]) => ({
            type,
            resource,
            operation: operation as Operation,
            purpose,
        })),
    );
}

function onCluster(operation: Operation, purpose: string): Right {
    return { type: "cluster", operation, purpose };
}

function literal(name: string): ResourcePattern {
    return { name, patternType: "literal" };
}
