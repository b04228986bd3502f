import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettings } from "../../../config/parseSettings";
import { aclsOf, mirrorRights, type Right } from "../../../strimzi/builders/mirrorRights";
import { type Change, changed, rawStack } from "../../support/rawSettings";

const NARROW: Change[] = [
    ["mirror/topicsPattern", "orders, payments\\..*"],
    ["mirror/groupsPattern", "billing"],
];

function rightsOf(...changes: Change[]) {
    const raw = changed(rawStack("dev"), ...changes);
    return mirrorRights(parseSettings(raw, "Pulumi.dev.yaml").settings);
}

/** `Read topic orders`, sorted. */
function written(rights: readonly Right[]): string[] {
    return rights
        .map(({ operation, type, resource }) => {
            const prefix = resource?.patternType === "prefix" ? "*" : "";
            return [operation, type, ...(resource ? [resource.name + prefix] : [])].join(" ");
        })
        .sort();
}

function on(resource: string, operations: readonly string[]): string[] {
    return operations.map((operation) => `${operation} ${resource}`);
}

const OFFSET_SYNCS_AT_TARGET = on("topic mm2-offset-syncs.my-cluster.internal", [
    "Create",
    "Read",
    "Write",
]);
const STORAGE = ["config", "offset", "status"].flatMap((kind) =>
    on(`topic __my-mm2-cluster-${kind}`, ["Create", "DescribeConfigs", "Read", "Write"]),
);
const CHECKPOINTS = on("topic my-cluster.checkpoints.internal", ["Create", "Read", "Write"]);
/** Topics of the prefix whose names end in `heartbeats` get the alias even if names are kept. */
const HEARTBEATS = "topic my-cluster.payments.*";
const MIRRORED = ["topic orders", "topic payments.*", HEARTBEATS].flatMap((topic) =>
    on(topic, ["Alter", "AlterConfigs", "Create", "Write"]),
);
const SYNCED_GROUPS = [
    "Read group billing",
    "Read topic orders",
    "Read topic payments.*",
    `Read ${HEARTBEATS}`,
];
const WORKERS = ["Read group __my-mm2-cluster"];

describe("rights of MM2", () => {
    it("at the source only allow reading, if the offset syncs are at the target", () => {
        assert.deepEqual(
            written(rightsOf(...NARROW).source),
            [
                ...on("topic orders", ["DescribeConfigs", "Read"]),
                ...on("topic payments.*", ["DescribeConfigs", "Read"]),
                "Describe group billing",
            ].sort(),
        );
    });

    it("at the target are those of each topic and group", () => {
        assert.deepEqual(
            written(rightsOf(...NARROW).target),
            [
                ...MIRRORED,
                ...SYNCED_GROUPS,
                ...OFFSET_SYNCS_AT_TARGET,
                ...CHECKPOINTS,
                ...STORAGE,
                ...WORKERS,
            ].sort(),
        );
    });

    it("follow the location of the offset syncs", () => {
        const changes: Change[] = [...NARROW, ["mirror/offsetSyncsTopicLocation", "source"]];
        const { source, target } = rightsOf(...changes);
        const topic = "topic mm2-offset-syncs.my-cluster-tgt.internal";
        for (const right of on(topic, ["Create", "Read", "Write"])) {
            assert(written(source).includes(right), right);
        }
        assert(!written(target).some((right) => right.includes("mm2-offset-syncs")));
    });

    it("leave out the groups of the target if their offsets are not synced", () => {
        const { target } = rightsOf(...NARROW, ["mirror/syncGroupOffsetsEnabled", false]);
        assert.deepEqual(
            written(target),
            [...MIRRORED, ...OFFSET_SYNCS_AT_TARGET, ...CHECKPOINTS, ...STORAGE, ...WORKERS].sort(),
        );
    });

    it("are on the renamed topics under the default replication policy", () => {
        const { target } = rightsOf(...NARROW, ["mirror/replicationPolicy", "default"]);
        assert(written(target).includes("Write topic my-cluster.orders"));
        assert(written(target).includes("Write topic my-cluster.payments.*"));
        assert(!written(target).includes("Write topic orders"));
    });

    it("have internal topics named with the separator of the policy", () => {
        const { target } = rightsOf(...NARROW, ["mirror/replicationPolicySeparator", "-"]);
        assert(written(target).includes("Write topic my-cluster-checkpoints-internal"));
        assert(written(target).includes("Write topic mm2-offset-syncs-my-cluster-internal"));
    });

    it("name no internal topic of MM2 if every topic is mirrored: that right covers them all", () => {
        assert.deepEqual(written(rightsOf().target), [
            ...on("topic *", ["Alter", "AlterConfigs", "Create", "Read", "Write"]).slice(0, 3),
            "Read group *",
            "Read topic *",
            "Write topic *",
        ]);
        // Without Read on every topic, MM2's internal topics must be named.
        const unsynced = written(rightsOf(["mirror/syncGroupOffsetsEnabled", false]).target);
        assert(unsynced.includes("Read topic __my-mm2-cluster-offset"));
        assert(!unsynced.includes("Write topic __my-mm2-cluster-offset"));
    });

    it("include transactional ids only with exactly-once support, as Connect requires", () => {
        const ids = (...changes: Change[]) =>
            written(rightsOf(...NARROW, ...changes).target).filter((right) =>
                right.includes("transactionalId"),
            );
        assert.deepEqual(ids(), []);
        const leader = "Write transactionalId connect-cluster-__my-mm2-cluster";
        assert.deepEqual(ids(["mirror/exactlyOnceSourceSupport", "preparing"]), [leader]);
        const tasks = "Write transactionalId __my-mm2-cluster-my-cluster->my-cluster-tgt.Mirror";
        assert.deepEqual(ids(["mirror/exactlyOnceSourceSupport", "enabled"]), [
            `${tasks}CheckpointConnector-*`,
            `${tasks}SourceConnector-*`,
            leader,
        ]);
    });

    it("include rights on the cluster only to copy ACLs", () => {
        const onCluster = (rights: readonly Right[]) =>
            written(rights).filter(
                (right) => right.endsWith("cluster") && right.split(" ")[1] === "cluster",
            );
        const plain = rightsOf(...NARROW);
        assert.deepEqual([...onCluster(plain.source), ...onCluster(plain.target)], []);
        const synced = rightsOf(...NARROW, ["mirror/syncTopicAclsEnabled", true]);
        assert.deepEqual(onCluster(synced.source), ["Describe cluster"]);
        assert.deepEqual(onCluster(synced.target), ["Alter cluster"]);
    });

    it("never delete, and write nothing at the source unless the offset syncs are there", () => {
        const choice = (path: string, ...values: unknown[]) =>
            fc.constantFrom(...values).map((value): Change => [path, value]);
        const changes = fc.tuple(
            choice("mirror/topicsPattern", ".*", "orders", "orders.*", "a, b-.*"),
            choice("mirror/groupsPattern", ".*", "billing", "b.*"),
            choice("mirror/replicationPolicy", "identity", "default"),
            choice("mirror/offsetSyncsTopicLocation", "source", "target"),
            choice("mirror/syncGroupOffsetsEnabled", true, false),
            choice("mirror/syncTopicAclsEnabled", true, false),
            choice("mirror/exactlyOnceSourceSupport", "disabled", "preparing", "enabled"),
        );
        fc.assert(
            fc.property(changes, (made) => {
                const { source, target } = rightsOf(...made);
                const operations = [...source, ...target].map(({ operation }) => operation);
                assert(!operations.includes("Delete") && !operations.includes("All"));
                const readers = ["Read", "Describe", "DescribeConfigs"];
                const writes = source.filter(({ operation }) => !readers.includes(operation));
                const syncs = made[3][1] === "source";
                assert.equal(writes.length, syncs ? 2 : 0);
                assert(
                    writes.every(({ resource }) => resource!.name.startsWith("mm2-offset-syncs.")),
                );
                const all = [written(source), written(target)];
                assert(all.every((rights) => new Set(rights).size === rights.length));
            }),
            { numRuns: 300 },
        );
    });

    it("become one ACL per resource", () => {
        assert.deepEqual(aclsOf(rightsOf(...NARROW, ["mirror/topicsPattern", "orders"]).source), [
            {
                resource: { type: "topic", name: "orders", patternType: "literal" },
                operations: ["Read", "DescribeConfigs"],
            },
            {
                resource: { type: "group", name: "billing", patternType: "literal" },
                operations: ["Describe"],
            },
        ]);
        const { source } = rightsOf(["mirror/syncTopicAclsEnabled", true]);
        assert.deepEqual(aclsOf(source).at(-1), {
            resource: { type: "cluster" },
            operations: ["Describe"],
        });
    });
});
