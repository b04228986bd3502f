import assert from "node:assert/strict";
import { NOTHING } from "../../scripts/review/golden";
import type { RiskCategory } from "../../scripts/review/risk";
import { risks } from "../../scripts/review/risks";
import { type StackChanges, stackChanges } from "../../scripts/review/stackChanges";
import { change, type Edit, golden, remove, set } from "./support";

const told = (changes: StackChanges) =>
    risks(changes).map(({ category, resource, message }) => ({
        category,
        text: `${resource ?? ""} ${message}`,
    }));

const KAFKA = "kafka-dr-source-kafka";
const BROKER = "kafka-dr-source-pool-broker";
const CONTROLLER = "kafka-dr-source-pool-controller";
const COMBINED = "kafka-dr-target-pool-combined";
const MM2 = "kafka-dr-mirror-mm2";
const TOPIC = "kafka-dr-source-topic-my-topic";
const SOURCE_CONFIG = "inputs/spec/mirrors/0/sourceConnector/config";
const CHECKPOINT_CONFIG = "inputs/spec/mirrors/0/checkpointConnector/config";

/** A change, and all risks that must be reported for it, in order. */
type Case = readonly [
    what: string,
    stack: "dev" | "prod",
    edit: Edit,
    ...expected: (readonly [RiskCategory, RegExp])[],
];

const CASES: readonly Case[] = [
    ["a removed cluster", "dev", remove(KAFKA), ["Data loss", /Kafka\/.* is deleted/]],
    [
        "a removed cluster that is kept and protected",
        "prod",
        remove(KAFKA),
        ["Data loss", /Kubernetes keeps it.*protected: `pulumi up` refuses/],
    ],
    ["a removed pool", "dev", remove(BROKER), ["Data loss", /KafkaNodePool\/.* is deleted/]],
    ["a removed topic", "dev", remove(TOPIC), ["Data loss", /KafkaTopic\/.* is deleted/]],
    [
        "a removed namespace",
        "dev",
        remove("kafka-dr-source-namespace"),
        ["Data loss", /Namespace\/.* is deleted/],
    ],
    [
        "a renamed cluster",
        "dev",
        set(KAFKA, "inputs/metadata/name", "b"),
        ["Data loss", /is replaced \(metadata\.name: my-cluster → b\)/],
    ],
    ["no protection", "prod", set(KAFKA, "protect", false), ["Data loss", /no longer protected/]],
    [
        "a listener without TLS",
        "dev",
        set(KAFKA, "inputs/spec/kafka/listeners/0/tls", false),
        ["Weaker security", /Kafka\/.* listener `tls` has no TLS/],
    ],
    [
        "a listener without authentication",
        "dev",
        set(KAFKA, "inputs/spec/kafka/listeners/0/authentication", undefined),
        ["Weaker security", /listener `tls` has no authentication \(it was scram-sha-512\)/],
    ],
    [
        "another authentication",
        "dev",
        set(KAFKA, "inputs/spec/kafka/listeners/0/authentication/type", "tls"),
    ],
    [
        "a cluster without an authorizer",
        "dev",
        set(KAFKA, "inputs/spec/kafka/authorization", undefined),
        ["Weaker security", /no longer has authorization/],
    ],
    [
        "more rights of a user",
        "dev",
        set("kafka-dr-user-my-app-target", "inputs/spec/authorization/acls/0/operations", [
            "Describe",
            "Write",
        ]),
        ["Weaker security", /KafkaUser\/.* gains the rights `Write topic my-topic`\.$/],
    ],
    [
        "rights on more names",
        "dev",
        set(
            "kafka-dr-user-my-app-source",
            "inputs/spec/authorization/acls/0/resource/patternType",
            "prefix",
        ),
        ["Weaker security", /gains the rights `Write topic my-topic\*`\.$/],
    ],
    [
        "fewer rights of a user",
        "dev",
        set("kafka-dr-user-my-app-source", "inputs/spec/authorization/acls", []),
    ],
    [
        "no network policy",
        "dev",
        remove("kafka-dr-mirror-network-policy"),
        ["Weaker security", /NetworkPolicy\/.* is deleted/],
    ],
    [
        "nothing retained",
        "prod",
        set(BROKER, "retainOnDelete", undefined),
        ["Data loss", /no longer kept/],
    ],
    [
        "volumes that go with the pool",
        "prod",
        set(BROKER, "inputs/spec/storage/volumes/0/deleteClaim", true),
        ["Data loss", /deleteClaim: true/],
    ],
    [
        "fewer brokers",
        "prod",
        set(BROKER, "inputs/spec/replicas", 2),
        ["Data loss", /from 3 to 2 nodes: move the partitions/],
    ],
    ["more brokers", "prod", set(BROKER, "inputs/spec/replicas", 4)],
    [
        "more controllers",
        "prod",
        set(CONTROLLER, "inputs/spec/replicas", 5),
        ["Nodes and storage", /from 3 to 5 nodes: the size of the KRaft quorum/],
    ],
    [
        "fewer nodes with both roles",
        "prod",
        set(COMBINED, "inputs/spec/replicas", 1),
        ["Data loss", /from 3 to 1/],
        ["Nodes and storage", /from 3 to 1 nodes: the size of the KRaft quorum/],
    ],
    [
        "smaller volumes",
        "prod",
        set(BROKER, "inputs/spec/storage/volumes/0/size", "51200Mi"),
        ["Nodes and storage", /from 100Gi to 51200Mi/],
    ],
    ["larger volumes", "prod", set(BROKER, "inputs/spec/storage/volumes/0/size", "200Gi")],
    [
        "volumes of the same size",
        "prod",
        set(BROKER, "inputs/spec/storage/volumes/0/size", "102400Mi"),
    ],
    [
        "another StorageClass",
        "prod",
        set(BROKER, "inputs/spec/storage/volumes/0/class", "fast"),
        ["Nodes and storage", /from the default to fast/],
    ],
    [
        "ephemeral storage",
        "prod",
        set(BROKER, "inputs/spec/storage", { type: "ephemeral" }),
        ["Data loss", /spec\.storage\.type cannot change in place/],
    ],
    [
        "another alias of the source",
        "prod",
        set(MM2, "inputs/spec/mirrors/0/source/alias", "b"),
        ["Everything is copied again", /source\.alias of a mirror/],
    ],
    [
        "another group",
        "prod",
        set(MM2, "inputs/spec/target/groupId", "b"),
        ["Everything is copied again", /groupId/],
    ],
    [
        "another offset storage topic",
        "prod",
        set(MM2, "inputs/spec/target/offsetStorageTopic", "b"),
        ["Everything is copied again", /offsetStorageTopic/],
    ],
    [
        "another policy on both connectors",
        "prod",
        (documents) => {
            for (const config of [SOURCE_CONFIG, CHECKPOINT_CONFIG]) {
                set(MM2, `${config}/replication.policy.separator`, "-")(documents);
            }
            return documents;
        },
        ["Everything is copied again", /changes `replication\.policy\.separator`/],
    ],
    [
        "another name of the mirror, with its group and topics",
        "prod",
        (documents) => {
            set(MM2, "inputs/metadata/name", "b")(documents);
            set(MM2, "inputs/spec/target/groupId", "__b")(documents);
            return documents;
        },
        ["Everything is copied again", /groupId/],
        ["Mirroring stops", /metadata\.name: my-mm2-cluster → b/],
    ],
    ["no mirror", "prod", remove(MM2), ["Mirroring stops", /KafkaMirrorMaker2\/.* is deleted/]],
    [
        "no workers",
        "prod",
        set(MM2, "inputs/spec/replicas", 0),
        ["Mirroring stops", /has 0 workers/],
    ],
    ["more workers", "prod", set(MM2, "inputs/spec/replicas", 5)],
    [
        "the offset-syncs topic on one side only",
        "prod",
        set(MM2, `${CHECKPOINT_CONFIG}/offset-syncs.topic.location`, undefined),
        ["Offset sync", /location` target on the source connector and source on the checkpoint/],
        ["Offset sync", /changes `offset-syncs\.topic\.location`/],
    ],
    [
        "policies that differ",
        "prod",
        set(MM2, `${CHECKPOINT_CONFIG}/replication.policy.class`, undefined),
        ["Everything is copied again", /replication\.policy\.class/],
        ["Offset sync", /IdentityReplicationPolicy on the source connector and .*Default/],
    ],
    [
        "fewer in-sync replicas",
        "prod",
        set(KAFKA, "inputs/spec/kafka/config/min.insync.replicas", 1),
        ["Weaker durability", /lowers `kafka config min\.insync\.replicas` from 2 to 1/],
    ],
    [
        "no minimum of in-sync replicas any more",
        "prod",
        set(KAFKA, "inputs/spec/kafka/config/min.insync.replicas", undefined),
        ["Weaker durability", /no longer sets .*\(it was 2\)/],
    ],
    [
        "fewer replicas",
        "prod",
        set(KAFKA, "inputs/spec/kafka/config/default.replication.factor", 2),
        ["Weaker durability", /default\.replication\.factor` from 3 to 2/],
    ],
    ["more replicas", "dev", set(KAFKA, "inputs/spec/kafka/config/default.replication.factor", 3)],
    [
        "fewer replicas of transactions",
        "prod",
        set(KAFKA, "inputs/spec/kafka/config/transaction.state.log.min.isr", 1),
        ["Weaker durability", /transaction\.state\.log\.min\.isr/],
    ],
    [
        "leaders that may lack records",
        "prod",
        set(KAFKA, "inputs/spec/kafka/config/unclean.leader.election.enable", true),
        ["Weaker durability", /unclean/],
    ],
    [
        "the number of connectors' tasks",
        "prod",
        set(MM2, "inputs/spec/mirrors/0/sourceConnector/tasksMax", 4),
    ],
    [
        "a removed output",
        "prod",
        (documents) => {
            const last = documents.at(-1) as unknown as { outputs: Record<string, unknown> };
            delete last.outputs.statusUrl;
            last.outputs.mirrorMakerReplicas = "3";
            last.outputs.another = 1;
            return documents;
        },
        ["Contract with application stacks", /`mirrorMakerReplicas` changes its type from number/],
        ["Contract with application stacks", /`statusUrl` disappears/],
    ],
];

describe("risks", () => {
    it("are none without a change", () => {
        assert.deepEqual(told(change("prod", () => undefined)), []);
    });

    it("are none of a new stack", () => {
        assert.deepEqual(told(stackChanges(NOTHING, golden("prod"))), []);
    });

    for (const [what, stack, edit, ...expected] of CASES) {
        const categories = expected.map(([category]) => category).join(", ") || "no risk";
        it(`of ${what}: ${categories}`, () => {
            const found = told(change(stack, edit));
            assert.deepEqual(
                found.map(({ category }) => category),
                expected.map(([category]) => category),
                JSON.stringify(found),
            );
            expected.forEach(([, message], index) => {
                assert.match(found[index]!.text, message);
            });
        });
    }

    const retention: readonly (readonly [unknown, unknown, number])[] = [
        [604800000, 3600000, 1],
        [-1, 3600000, 1],
        ["604800000", "604800000", 0],
        [3600000, 604800000, 0],
        [3600000, -1, 0],
        [undefined, 3600000, 0],
    ];
    for (const [before, after, count] of retention) {
        it(`of retention from ${String(before)} to ${String(after)}: ${count}`, () => {
            const topic = (ms: unknown) =>
                golden("dev", set(TOPIC, "inputs/spec/config", { "retention.ms": ms }));
            assert.equal(told(stackChanges(topic(before), topic(after))).length, count);
        });
    }

    it("of a JBOD volume that is removed, or shrinks, by its id", () => {
        const pool = (...volumes: readonly object[]) =>
            golden("prod", set(BROKER, "inputs/spec/storage", { type: "jbod", volumes }));
        const volume = (id: number, size: string) => ({ id, type: "persistent-claim", size });
        const found = told(
            stackChanges(pool(volume(0, "10Gi"), volume(1, "10Gi")), pool(volume(0, "5Gi"))),
        );
        assert.deepEqual(
            found.map(({ category }) => category),
            ["Data loss", "Nodes and storage"],
        );
        assert.match(found[0]!.text, /loses volume 1/);
        assert.match(found[1]!.text, /shrinks volume 0 from 10Gi to 5Gi/);
    });
});
