import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
    Admin,
    ConfigResourceTypes,
    IncrementalAlterConfigOperationTypes,
} from "@platformatic/kafka";
import { pairStatus } from "../../cli/status/pairStatus";
import { renderStatus } from "../../cli/status/statusText";
import type { MirrorOperations } from "../../cli/shared/mirror/mirrorOperations";
import { sitesInDirection } from "../../cli/shared/mirror/ends";
import { openMirror } from "../../cli/shared/mirror/openMirror";
import { parseStackFile } from "../../cli/shared/settings";
import { clientOptions, clientProperties } from "../../kafka/connection";
import { kafkaClassPath } from "../../lab/artifacts/artifacts";
import { prepareJvm } from "../../lab/process/jvm";
import { Supervisor } from "../../lab/process/supervisor";
import { waitUntil } from "../../lab/process/wait";
import { type LabStack, runLabStack } from "./support/runningStack";
import { labStackFolder } from "./support/stackFolder";

const ONE_NODE = [
    {
        name: "combined",
        roles: ["controller", "broker"],
        replicas: 1,
        storage: { type: "ephemeral" },
        jvmHeap: "384m",
    },
];
const LARGE = 5_242_880;
const SETTINGS = {
    "source.nodePools": ONE_NODE,
    "target.nodePools": ONE_NODE,
    // A task for each partition: a failed one stops no other.
    "mirror.tasksMax": 16,
    "mirror.refreshTopicsIntervalSeconds": 2,
    // Never within this test: a limit that is raised later stays too low at the target.
    "mirror.syncTopicConfigsIntervalSeconds": 3600,
    "mirror.workerConfig": { "offset.flush.interval.ms": 1000 },
    topics: [
        {
            name: "large",
            partitions: 1,
            config: { "max.message.bytes": LARGE, "message.timestamp.after.max.ms": 7_200_000 },
        },
    ],
    users: [],
};
/** A limit for hangs. */
const WAIT = { timeoutMs: 120_000 };
const DAY = 86_400_000;
const HEARTBEATS = "device-heartbeats";
const COPY = `my-cluster.${HEARTBEATS}`;
const MIRRORED = [
    "orders.internal",
    "orders-internal",
    HEARTBEATS,
    "producer-limit",
    "target-limit",
    "future",
];
const LEFT_OUT = ["__x", ".y"];

/** A mirror with the settings of the stack, and topics and records that Kafka treats specially. */
describe("topics and records that are hard to mirror", function () {
    let supervisor: Supervisor;
    let lab: LabStack;
    let mirror: MirrorOperations;
    let admin: Admin;

    const until = async (what: string, condition: () => Promise<boolean>) =>
        waitUntil(what, condition, { ...WAIT, signal: supervisor.signal });
    const arrived = async (topic: string, partition: number, offset: number) =>
        until(`the target has ${topic}:${partition} up to ${offset}`, async () => {
            const ends = await lab.target.logEndOffsets(topic);
            return (ends[partition] ?? 0) >= offset;
        });
    const write = async (topic: string, value: Buffer, timestamp?: number) =>
        lab.source.produceMessages([
            {
                topic,
                partition: 1,
                value,
                ...(timestamp !== undefined && { timestamp: BigInt(timestamp) }),
            },
        ]);
    const raise = async (topic: string, name: string, value: string) => {
        const configOperation = IncrementalAlterConfigOperationTypes.SET;
        await admin.incrementalAlterConfigs({
            resources: [
                {
                    resourceType: ConfigResourceTypes.TOPIC,
                    resourceName: topic,
                    configs: [{ name, value, configOperation }],
                },
            ],
        });
    };
    const statusNow = async () =>
        pairStatus(
            {
                ...(await mirror.observe({ usesFrom: true, watchSeconds: 0 })),
                position: { phase: "mirroring", epoch: 1 },
                sites: sitesInDirection("forward"),
            },
            { lagSeconds: 60, checkpointSeconds: 120 },
        );
    /** The topics of the target, as Kafka's own tool lists them. */
    const topicsOfTarget = async (): Promise<string[]> => {
        const folder = join(supervisor.folder, "list-topics");
        const connection = lab.targetCluster.adminConnection();
        const options = await prepareJvm({
            name: "list-topics",
            mainClass: "org.apache.kafka.tools.TopicCommand",
            args: [
                ...["--bootstrap-server", connection.bootstrapServers],
                ...["--command-config", join(folder, "client.properties"), "--list"],
            ],
            classPath: await kafkaClassPath(),
            heapMegabytes: 96,
            folder,
            shortLived: true,
        });
        await writeFile(join(folder, "client.properties"), clientProperties(connection), {
            mode: 0o600,
        });
        await supervisor.run(options);
        const lines = (await readFile(options.logFile, "utf8")).split("\n");
        return lines.filter((line) => /^[\w.-]+$/.test(line));
    };

    before(async () => {
        supervisor = await Supervisor.create();
        lab = await runLabStack(supervisor, SETTINGS, { metrics: "none" });
        const { folder, remove } = labStackFolder(SETTINGS);
        try {
            mirror = openMirror({
                settings: parseStackFile(folder, "lab"),
                stack: "lab",
                direction: "forward",
                epoch: 1,
                connections: {
                    source: lab.sourceCluster.adminConnection(),
                    target: lab.targetCluster.adminConnection(),
                },
                connectUrl: () => lab.mirrorMaker.workers[0]!.rest.url,
                signal: supervisor.signal,
            });
        } finally {
            remove();
        }
        admin = new Admin(clientOptions(lab.sourceCluster.adminConnection(), "test"));
        for (const topic of [...MIRRORED, ...LEFT_OUT]) {
            await lab.source.createTopic(topic, { partitions: 2 });
            await write(topic, Buffer.from("first"));
        }
        for (const topic of MIRRORED) {
            await arrived(topic === HEARTBEATS ? COPY : topic, 1, 1);
        }
    });
    after(async () => {
        try {
            await Promise.all([lab.close(), admin.close()]);
        } finally {
            // Also when the start failed and no client exists.
            await supervisor.stop();
        }
    });

    it("a record of 3 MB arrives, in a topic that is declared to accept it", async () => {
        await lab.source.produceMessages([
            { topic: "large", partition: 0, value: Buffer.alloc(3_000_000, "x") },
        ]);
        await arrived("large", 0, 1);
        assert.deepEqual(await lab.target.digests("large"), await lab.source.digests("large"));
    });

    it("limits that are set for a topic are copied, those of timestamps too", async () => {
        const target = new Admin(clientOptions(lab.targetCluster.adminConnection(), "test"));
        try {
            const [described] = await target.describeConfigs({
                resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: "large" }],
            });
            const values = new Map(described?.configs.map(({ name, value }) => [name, value]));
            assert.equal(values.get("max.message.bytes"), String(LARGE));
            assert.equal(values.get("message.timestamp.after.max.ms"), "7200000");
        } finally {
            await target.close();
        }
    });

    it("names arrive as they are, with an alias, or not at all, and the status says so", async () => {
        const found = await topicsOfTarget();
        for (const topic of MIRRORED) {
            assert.equal(found.includes(topic), topic !== HEARTBEATS, topic);
        }
        assert(found.includes(COPY));
        assert.deepEqual(
            found.filter((topic) => LEFT_OUT.includes(topic)),
            [],
        );
        const status = await statusNow();
        assert.deepEqual(status.problems, []);
        assert.deepEqual(
            status.topics.map(({ topic }) => topic).sort(),
            [...MIRRORED, "large"].sort(),
        );
        // "__x" is left out as its pattern says.
        assert.deepEqual(
            status.unexpectedMirrorings.map(({ topic, toTopic }) => [topic, toTopic]),
            [
                [".y", undefined],
                [HEARTBEATS, COPY],
            ],
        );
    });

    it("verify compares the renamed topic, and does not claim the others", async () => {
        const report = await mirror.verify({});
        assert.deepEqual(report.failures, []);
        const renamed = report.topics.find(({ topic }) => topic === HEARTBEATS);
        assert.equal(renamed?.toTopic, COPY);
        assert.equal(renamed.partitions[1]?.matched, 1);
        assert.deepEqual(
            report.unexpectedMirrorings.map(({ topic }) => topic),
            [".y", HEARTBEATS],
        );
    });

    it("limits that are too low are found before a record meets them", async () => {
        await raise("producer-limit", "max.message.bytes", "8000000");
        await raise("target-limit", "max.message.bytes", String(LARGE));
        await raise("future", "message.timestamp.after.max.ms", "9223372036854775807");
        const { health, limits, problems } = await statusNow();
        assert.deepEqual(
            limits.map(({ topic, name, of, accepted, limit }) => [
                topic,
                name,
                of,
                accepted,
                limit,
            ]),
            [
                ["future", "message.timestamp.after.max.ms", "to", "unlimited", 3_600_000],
                ["producer-limit", "max.request.size", "producer", 8_000_000, 5_243_904],
                ["producer-limit", "max.message.bytes", "to", 8_000_000, 1_048_588],
                ["target-limit", "max.message.bytes", "to", LARGE, 1_048_588],
            ],
        );
        assert.equal(health, "degraded", problems.join("\n"));
    });

    it("a record that stops a task is named, with the reason", async () => {
        await write("producer-limit", Buffer.alloc(7_000_000, "x"));
        await write("target-limit", Buffer.alloc(3_000_000, "x"));
        await write("future", Buffer.from("two days ahead"), Date.now() + 2 * DAY);
        const failedTasks = async () => {
            const [source] = await mirror.connectors();
            return source?.tasks.filter(({ state }) => state === "FAILED") ?? [];
        };
        const expected: Record<string, RegExp> = {
            "producer-limit": /RecordTooLargeException: The message is 7000088 bytes/,
            "target-limit": /RecordTooLargeException: The request included a message larger/,
            future: /InvalidTimestampException: Timestamp \d+ of message/,
        };
        await until("three tasks have failed", async () => (await failedTasks()).length === 3);
        const status = await statusNow();
        assert.equal(status.health, "broken");
        assert.deepEqual(
            status.refused
                .map(({ topic, partition, offset }) => ({ topic, partition, offset }))
                .sort((one, other) => (one.topic < other.topic ? -1 : 1)),
            Object.keys(expected)
                .map((topic) => ({ topic, partition: 1, offset: 1 }))
                .sort((one, other) => (one.topic < other.topic ? -1 : 1)),
        );
        const shown = renderStatus(status);
        for (const [topic, reason] of Object.entries(expected)) {
            const line = shown
                .split("\n")
                .find((found) => found.includes(`${topic}:1 at offset 1 of the source`));
            assert.match(line ?? shown, reason);
        }
        for (const { failure } of await failedTasks()) {
            assert.match(failure!.trace, /ConnectException: Unrecoverable exception/);
        }
    });
});
