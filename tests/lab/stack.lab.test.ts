import assert from "node:assert/strict";
import childProcess from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mock } from "node:test";
import { Provider } from "@pulumi/kubernetes";
import { CustomResource } from "@pulumi/pulumi";
import { waitForLogEndOffsets } from "../../kafka/logEndOffsets";
import { Supervisor } from "../../lab/process/supervisor";
import { waitFor } from "../../lab/process/wait";
import { runStack, type RunStackOptions } from "../../lab/stack/runStack";
import { type LabStack, runLabStack } from "./support/runningStack";
import { labStackFolder } from "./support/stackFolder";

const RECORDS = 50_000;
const REFRESH_SECONDS = 5;
/** Several refreshes on a busy machine, and far below the 600 s of Kafka's default interval. */
const NEW_TOPIC_LIMIT_MS = 300_000;
const TIMEOUT_MS = 300_000;
/** Default of `mirror.offsetLagMax`. */
const OFFSET_LAG_MAX = 100;

/** The configurations of one kind in a worker's log, one text for each client. */
function loggedConfigs(log: string, kind: "ProducerConfig" | "ConsumerConfig"): string[] {
    return log
        .split(`${kind} values:`)
        .slice(1)
        .map((text) => /^\s*\n(\t.*\n)*/.exec(text)?.[0] ?? "");
}

describe("the stack's program on this machine", function () {
    let supervisor: Supervisor;
    let lab: LabStack;

    const mirrored = async (topic: string, timeoutMs: number): Promise<number[]> =>
        waitForLogEndOffsets(lab.target, topic, await lab.source.logEndOffsets(topic), {
            timeoutMs,
            signal: supervisor.signal,
        });
    const arrived = async (group: string): Promise<number[]> =>
        waitFor(
            `the offsets of ${group} are at the target`,
            async () => {
                const offsets = await lab.target.groupOffsets(group, "my-topic");
                const known = offsets.filter((offset) => offset !== undefined);
                return known.length === offsets.length ? known : undefined;
            },
            { timeoutMs: TIMEOUT_MS, signal: supervisor.signal },
        );
    before(async () => {
        supervisor = await Supervisor.create();
        lab = await runLabStack(
            supervisor,
            {
                "mirror.producerOverrides": { "batch.size": 327_680 },
                "mirror.consumerOverrides": { "max.poll.records": 1000 },
                "mirror.refreshTopicsIntervalSeconds": REFRESH_SECONDS,
                "mirror.refreshGroupsIntervalSeconds": REFRESH_SECONDS,
            },
            { metrics: "none" },
        );
        await lab.mirrorMaker.waitUntilReplicating();
    });
    after(async () => {
        await lab.close();
        await supervisor.stop();
    });

    it("has outputs that match the running clusters", async () => {
        const { outputs } = lab.stack;
        const url = String(outputs.observedStatusUrl);
        const running = (await (await fetch(`${url}/connectors`)).json()) as string[];
        assert.deepEqual([...(outputs.connectorNames as string[])].sort(), running.sort());
        const states = outputs.connectorStates as { name: string; state: string }[];
        assert.deepEqual(
            states.map(({ name, state }) => [name, state]).sort(),
            running.map((name) => [name, "RUNNING"]),
        );
    });

    it("syncs a committed offset to the target, not beyond it and within the lag", async () => {
        await lab.source.produceRecords({ topic: "my-topic", count: RECORDS / 2 });
        const committed = await mirrored("my-topic", TIMEOUT_MS);
        await lab.source.commitGroupOffsets("readers", "my-topic", committed);
        for (const [partition, offset] of (await arrived("readers")).entries()) {
            const behind = committed[partition]! - offset;
            assert.ok(behind >= 0 && behind <= OFFSET_LAG_MAX, `${behind} behind`);
        }
    });

    it("never syncs an offset beyond the committed one from the middle of a log", async () => {
        const first = await lab.source.logEndOffsets("my-topic");
        await lab.source.produceRecords({
            topic: "my-topic",
            count: RECORDS / 2,
            firstIndex: RECORDS / 2,
        });
        const end = await mirrored("my-topic", TIMEOUT_MS);
        // MM2 keeps fewer offset syncs the farther they are from the end: only at the end has the
        // lag a limit, but a group that resumes at its offset must never miss a record.
        const committed = end.map((offset, partition) =>
            Math.floor((offset + first[partition]!) / 2),
        );
        await lab.source.commitGroupOffsets("slow-readers", "my-topic", committed);
        for (const [partition, offset] of (await arrived("slow-readers")).entries()) {
            assert.ok(offset <= committed[partition]!, `${offset} > ${committed[partition]}`);
            assert.ok(offset > 0, "nothing was translated");
        }
    });

    it("copies 50,000 records with identical payload and order", async () => {
        await mirrored("my-topic", TIMEOUT_MS);
        const expected = await lab.source.digests("my-topic");
        assert.equal(
            expected.reduce((sum, { records }) => sum + records, 0),
            RECORDS,
        );
        assert.deepEqual(await lab.target.digests("my-topic"), expected);
    });

    it("picks up a topic that is created later, within the configured interval", async () => {
        await lab.source.createTopic("later", { partitions: 1 });
        await lab.source.produceRecords({ topic: "later", count: 10 });
        assert.deepEqual(await mirrored("later", NEW_TOPIC_LIMIT_MS), [10]);
    });

    it("passes both overrides to the clients of MM2, as the worker logs them", () => {
        const log = readFileSync(lab.mirrorMaker.workers[0]!.process.logFile, "utf8");
        const producers = loggedConfigs(log, "ProducerConfig").filter((text) =>
            /client\.id = connector-producer-my-cluster->my-cluster-tgt\.MirrorSourceConnector-\d/.test(
                text,
            ),
        );
        const consumers = loggedConfigs(log, "ConsumerConfig").filter((text) =>
            /client\.id = .*MirrorSourceConnector-\d\|replication-consumer/.test(text),
        );
        assert.ok(producers.length >= 3, `${producers.length} producers`);
        assert.ok(consumers.length >= 3, `${consumers.length} consumers`);
        for (const text of producers) {
            assert.match(text, /\tbatch\.size = 327680\n/);
        }
        for (const text of consumers) {
            assert.match(text, /\tmax\.poll\.records = 1000\n/);
        }
    });
});

/** A resource of any type, with unchecked inputs. */
class AnyResource extends CustomResource {}

describe("a stack that cannot run", () => {
    const cases: readonly {
        readonly what: string;
        readonly settings: Readonly<Record<string, unknown>>;
        readonly program?: RunStackOptions["program"];
        readonly error: RegExp;
    }[] = [
        {
            what: "an invalid setting",
            settings: { "mirror.tasksMax": 0 },
            error: /kafka-dr:mirror\.tasksMax/,
        },
        {
            what: "an invalid object",
            settings: {},
            program: () => {
                const metadata = { name: "t", namespace: "n" };
                const spec = { partitions: "three" };
                const kind = "KafkaTopic";
                const apiVersion = "kafka.strimzi.io/v1";
                const provider = new Provider("p", { context: "lab" });
                new AnyResource(
                    `kubernetes:${apiVersion}:${kind}`,
                    "bad-topic",
                    { apiVersion, kind, metadata, spec },
                    { provider },
                );
            },
            error: /Strimzi's schemas refuse .*\n.*bad-topic: .*partitions/,
        },
        {
            what: "another Kafka version than that of the lab",
            settings: { "source.kafkaVersion": "4.2.0" },
            error: /kafkaVersion must be 4\.3\.1, .*Kafka my-cluster asks for 4\.2\.0\.$/,
        },
        {
            what: "another Kafka version for the target, which is MM2's too",
            settings: { "target.kafkaVersion": "4.3.0" },
            error: /kafkaVersion must be 4\.3\.1, .*KafkaMirrorMaker2 my-mm2-cluster asks for 4\.3\.0\.$/,
        },
    ];
    for (const { what, settings, program, error } of cases) {
        it(`is refused before any process starts: ${what}`, async () => {
            const { folder, remove } = labStackFolder(settings);
            const supervisor = await Supervisor.create();
            const spawn = mock.method(childProcess, "spawn");
            try {
                await assert.rejects(
                    runStack({ folder, stack: "lab", supervisor, ...(program && { program }) }),
                    error,
                );
                assert.equal(spawn.mock.callCount(), 0);
                assert.deepEqual(readdirSync(supervisor.folder), []);
            } finally {
                spawn.mock.restore();
                await supervisor.stop();
                remove();
            }
        });
    }
});
