import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import {
    AclOperations,
    AclPermissionTypes,
    Admin,
    ConfigResourceTypes,
    Producer,
    ResourcePatternTypes,
    ResourceTypes,
} from "@platformatic/kafka";
import { sitesInDirection } from "../../cli/shared/mirror/ends";
import type { VerifyReport } from "../../cli/verify/report";
import { defaultScope } from "../../cli/verify/scope";
import { verifyPair } from "../../cli/verify/verifyPair";
import { ClusterView } from "../../kafka/clusterView";
import { clientOptions, clientProperties } from "../../kafka/connection";
import { kafkaClassPath } from "../../lab/artifacts/artifacts";
import type { LabKafkaCluster } from "../../lab/kafka/kafkaCluster";
import { prepareJvm } from "../../lab/process/jvm";
import { Supervisor } from "../../lab/process/supervisor";
import { waitFor } from "../../lab/process/wait";
import { type LabStack, runLabStack } from "./support/runningStack";
import { FIRST_TIMESTAMP, records, transact } from "./support/twoClusters";

const ORDERS = "orders";
const CONFIGS = "configs";
const DOOMED = "doomed";
const QUOTA_USER = "limited";

/** What docs/reference/carried-over.md says, as a mirror with the settings of the stack does it. */
describe("a mirror carries over", function () {
    let supervisor: Supervisor;
    let lab: LabStack;
    let admins: { source: Admin; target: Admin };
    let report: VerifyReport;

    /** The first committed records of the topic as Kafka's own consumer prints them. */
    const consumed = async (cluster: LabKafkaCluster, name: string, count: number) => {
        const folder = path.join(supervisor.folder, name);
        const connection = cluster.adminConnection();
        const properties = {
            "print.timestamp": "true",
            "print.key": "true",
            "print.headers": "true",
            "print.partition": "true",
        };
        const options = await prepareJvm({
            name,
            mainClass: "org.apache.kafka.tools.consumer.ConsoleConsumer",
            args: [
                ...["--bootstrap-server", connection.bootstrapServers],
                ...["--command-config", path.join(folder, "client.properties")],
                ...["--topic", ORDERS, "--from-beginning", "--max-messages", String(count)],
                ...["--isolation-level", "read_committed"],
                ...Object.entries(properties).flatMap(([key, value]) => [
                    "--formatter-property",
                    `${key}=${value}`,
                ]),
            ],
            classPath: await kafkaClassPath(),
            heapMegabytes: 96,
            folder,
            shortLived: true,
        });
        await writeFile(path.join(folder, "client.properties"), clientProperties(connection), {
            mode: 0o600,
        });
        await supervisor.run(options);
        const lines = (await readFile(options.logFile, "utf8")).split("\n");
        return lines.filter((line) => /^(Create|LogAppend)Time:/.test(line)).sort();
    };
    const ownConfigs = async (site: "source" | "target", topic: string) => {
        const [described] = await admins[site].describeConfigs({
            resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic }],
        });
        return new Map(described?.configs.map(({ name, value }) => [name, value]));
    };
    const until = async (what: string, condition: () => Promise<boolean>) =>
        waitFor(what, async () => (await condition()) || undefined, {
            timeoutMs: 300_000,
            signal: supervisor.signal,
        });
    const partitionsAtTarget = async (topic: string) =>
        (await lab.target.topics()).includes(topic) ? lab.target.partitionCount(topic) : 0;

    before(async () => {
        supervisor = await Supervisor.create();
        lab = await runLabStack(supervisor, {}, { metrics: "none" });
        const { source, target, sourceCluster, targetCluster } = lab;
        admins = {
            source: new Admin(clientOptions(sourceCluster.adminConnection(), "test")),
            target: new Admin(clientOptions(targetCluster.adminConnection(), "test")),
        };
        await source.createTopic(ORDERS, { partitions: 1 });
        await source.createTopic(DOOMED, { partitions: 1 });
        await source.createTopic(CONFIGS, {
            partitions: 1,
            config: {
                "retention.ms": "1234567890",
                "cleanup.policy": "compact,delete",
                "min.insync.replicas": "2",
                "message.timestamp.type": "LogAppendTime",
                "unclean.leader.election.enable": "true",
            },
        });
        const producer = new Producer(clientOptions(sourceCluster.adminConnection(), "test"));
        await producer.send({
            messages: [
                ...records(ORDERS, 0, 10),
                {
                    topic: ORDERS,
                    partition: 0,
                    key: Buffer.from("key 3"),
                    timestamp: BigInt(FIRST_TIMESTAMP + 200_000),
                },
                ...records(DOOMED, 0, 3),
            ],
            acks: -1,
        });
        await producer.close();
        const at = { connection: sourceCluster.adminConnection() };
        await transact(at, records(ORDERS, 10, 13), "abort");
        await transact(at, records(ORDERS, 13, 16), "commit");
        await admins.source.createAcls({
            creations: [
                {
                    resourceType: ResourceTypes.TOPIC,
                    resourceName: ORDERS,
                    resourcePatternType: ResourcePatternTypes.LITERAL,
                    principal: `User:${QUOTA_USER}`,
                    host: "*",
                    operation: AclOperations.READ,
                    permissionType: AclPermissionTypes.ALLOW,
                },
            ],
        });
        await admins.source.alterClientQuotas({
            entries: [
                {
                    entities: [{ entityType: "user", entityName: QUOTA_USER }],
                    ops: [{ key: "producer_byte_rate", value: 1_000_000, remove: false }],
                },
            ],
        });
        // A position that is read to the end, before the topic is trimmed.
        await source.commitGroupOffsets("orders-app", ORDERS, [11]);
        await until("the records are mirrored", async () => {
            const names = await target.topics();
            return (
                names.includes(ORDERS) &&
                names.includes(DOOMED) &&
                names.includes(CONFIGS) &&
                (await target.logEndOffsets(ORDERS))[0]! >= 14 &&
                (await target.logEndOffsets(DOOMED))[0]! >= 3
            );
        });
        await until("the group is translated", async () => {
            return (await target.groupOffsets("orders-app", ORDERS))[0] !== undefined;
        });
        await source.deleteTopic(DOOMED);
        await admins.source.createPartitions({
            topics: [{ name: ORDERS, count: 2 }],
        });
        await until("the partition is added", async () => (await partitionsAtTarget(ORDERS)) === 2);
        const views = {
            from: new ClusterView(sourceCluster.adminConnection()),
            to: new ClusterView(targetCluster.adminConnection()),
        };
        const sites = sitesInDirection("forward");
        report = await verifyPair({ ...views, sites, scope: defaultScope() });
        await Promise.all([views.from.close(), views.to.close()]);
    });

    after(async () => {
        await Promise.all([admins.source.close(), admins.target.close(), lab.close()]);
        await supervisor.stop();
    });

    const topicReport = (name: string) => report.topics.find(({ topic }) => topic === name)!;

    it("records with key, value, headers, timestamp and partition, and tombstones", async () => {
        const source = await consumed(lab.sourceCluster, "consumer-source", 14);
        const target = await consumed(lab.targetCluster, "consumer-target", 14);
        assert.equal(source.length, 14);
        assert.equal((await lab.target.logEndOffsets(ORDERS))[0], 14);
        assert(source.some((line) => line.includes("null")));
        assert.deepEqual(target, source);
        assert.equal(topicReport(ORDERS).partitions[0]?.matched, 14);
    });

    it("committed transactions as plain records, and no aborted ones", async () => {
        // 14 records of the source have 3 aborted ones and 2 markers among them.
        assert.deepEqual((await lab.source.logEndOffsets(ORDERS))[0], 19);
        const texts = await lab.target.values(ORDERS);
        assert(texts.includes("value 13"));
        assert(!texts.includes("value 10"));
    });

    it("topic configurations but for those that MirrorMaker 2 leaves out", async () => {
        const target = await ownConfigs("target", CONFIGS);
        assert.equal(target.get("retention.ms"), "1234567890");
        assert.equal(target.get("cleanup.policy"), "compact,delete");
        assert.equal(target.get("min.insync.replicas"), "1");
        assert.equal(target.get("message.timestamp.type"), "CreateTime");
        assert.equal(target.get("unclean.leader.election.enable"), "false");
        assert.deepEqual(topicReport(CONFIGS).configDifferences, []);
    });

    it("partitions that are added", async () => {
        assert.equal(await lab.target.partitionCount(ORDERS), 2);
        assert.equal(topicReport(ORDERS).toPartitions, 2);
    });

    it("positions of consumer groups", () => {
        const group = report.groups.find((found) => found.group === "orders-app");
        assert.equal(group?.partitions[0]?.verdict, "protected");
    });

    it("no deletion of a topic", async () => {
        assert(!(await lab.source.topics()).includes(DOOMED));
        assert((await lab.target.topics()).includes(DOOMED));
        assert.match(report.notes.join("\n"), /topics that only the target has, .*: .*doomed/);
    });

    it("no deletion of records", async () => {
        await lab.source.deleteRecords(ORDERS, 0, 5);
        const values = await lab.target.values(ORDERS);
        assert(values.includes("value 0"));
        const left = await consumed(lab.sourceCluster, "consumer-trimmed", 9);
        assert(!left.some((line) => line.includes("value 4")));
    });

    it("no ACL", async () => {
        const filter = {
            resourceType: ResourceTypes.TOPIC,
            resourceName: ORDERS,
            resourcePatternType: ResourcePatternTypes.LITERAL,
            principal: `User:${QUOTA_USER}`,
            host: null,
            operation: AclOperations.ANY,
            permissionType: AclPermissionTypes.ANY,
        };
        assert.equal((await admins.source.describeAcls({ filter })).length, 1);
        assert.deepEqual(await admins.target.describeAcls({ filter }), []);
    });

    it("no quota", async () => {
        const components = [{ entityType: "user", matchType: 0, match: QUOTA_USER }] as const;
        const quotas = async (admin: Admin) =>
            (await admin.describeClientQuotas({ components: [...components] })).flatMap(
                ({ values }) => values.map(({ key, value }) => [key, value]),
            );
        assert.deepEqual(await quotas(admins.source), [["producer_byte_rate", 1_000_000]]);
        assert.deepEqual(await quotas(admins.target), []);
    });

    it("neither offsets nor the IDs of topics and clusters", async () => {
        assert.notEqual(report.from.clusterId, report.to.clusterId);
        const id = async (admin: Admin) =>
            (await admin.metadata({ topics: [ORDERS] })).topics.get(ORDERS)?.id;
        assert.notEqual(await id(admins.source), await id(admins.target));
        const ends = await Promise.all(
            [lab.source, lab.target].map((at) => at.logEndOffsets(ORDERS)),
        );
        assert.notDeepEqual(ends[0], ends[1]);
    });
});
