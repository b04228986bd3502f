import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ClusterView } from "../../kafka/clusterView";
import { readCommitted } from "../../kafka/committedRecords";
import { KafkaClient } from "../../kafka/kafkaClient";
import { kafkaClassPath } from "../../lab/artifacts/artifacts";
import { waitUntil } from "../../lab/process/wait";
import { Supervisor } from "../../lab/process/supervisor";
import { LogWriter, type WrittenRecord } from "./support/logWriter";
import { kafka28DataFolder, startKafka28 } from "./support/oldBroker";

/** Values of `message.format.version`, their magic, and the codecs that each knows. */
const FORMATS = [
    ["0.9.0", 0, ["none", "gzip", "snappy", "lz4"]],
    ["0.10.2", 1, ["none", "gzip", "snappy", "lz4"]],
    ["2.8", 2, ["none", "gzip", "snappy", "lz4", "zstd"]],
] as const;
const TOPIC = "old";
const TIMESTAMP = Date.now() - 60_000;

function recordsOf(name: string): WrittenRecord[] {
    const bytes = (text: string | null) => (text === null ? null : Buffer.from(text));
    return [
        [null, `${name} without a key`],
        [`${name} tombstone`, null],
        [`${name} empty`, ""],
        [`${name} ü`, `${name} long `.repeat(5000)],
        [
            `${name} random`,
            Array.from({ length: 3000 }, (_unused, i) => ((i * 7919) % 251).toString(36)).join(""),
        ],
    ].map(([key = null, value = null], i) => ({
        key: bytes(key),
        value: bytes(value),
        timestamp: TIMESTAMP + i,
    }));
}

/** The magic of the last batch or message of a log, read from the file of its broker. */
function lastMagic(file: string): number {
    const bytes = readFileSync(file);
    let magic = -1;
    for (let at = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8)) {
        magic = bytes.readInt8(at + 16);
    }
    return magic;
}

describe("the logs of a broker of Kafka 2.8", function () {
    let supervisor: Supervisor;
    let writer: LogWriter;
    let view: ClusterView;
    let client: KafkaClient;
    let log: string;

    before(async () => {
        supervisor = await Supervisor.create();
        const bootstrapServers = await startKafka28(supervisor);
        const classPath = await kafkaClassPath();
        writer = await LogWriter.start(supervisor, classPath, { bootstrapServers });
        view = new ClusterView({ bootstrapServers });
        client = new KafkaClient({ bootstrapServers });
        await client.createTopic(TOPIC, { partitions: 2, replicas: 1 });
        log = join(kafka28DataFolder(supervisor), `${TOPIC}-0`, "00000000000000000000.log");
    });
    after(async () => {
        writer.stop();
        await Promise.all([view.close(), client.close()]);
        await supervisor.stop();
    });

    /** What the view reads, in the form of the Java consumer's lines. */
    async function read(topic: string, firstOffset: number, endOffset: number): Promise<string[]> {
        const lines: string[] = [];
        const text = (bytes: Buffer | null) => bytes?.toString("base64") ?? "-";
        const range = { topic, partition: 0, firstOffset, endOffset };
        for await (const batches of readCommitted(view, range, { timeoutMs: 10_000 })) {
            for (const batch of batches) {
                for (const record of batch.records) {
                    const offset = batch.firstOffset + BigInt(record.offsetDelta);
                    const timestamp =
                        batch.appendTimestamp ?? batch.firstTimestamp + record.timestampDelta;
                    if (offset >= firstOffset && offset < endOffset) {
                        lines.push(
                            [offset, timestamp, text(record.key), text(record.value)].join("\t"),
                        );
                    }
                }
            }
        }
        return lines;
    }

    /** Brokers with ZooKeeper hear of a configuration some time after it is set. */
    async function setConfig(
        name: string,
        value: string,
        isEffective: (probe: string) => boolean,
    ): Promise<void> {
        await writer.setConfig(TOPIC, name, value);
        await waitUntil(
            `${name} is ${value}`,
            async () => {
                await writer.send("probe", TOPIC, [
                    { key: null, value: Buffer.from("probe"), timestamp: TIMESTAMP },
                ]);
                return isEffective((await writer.read(TOPIC, "read_committed")).at(-1) ?? "");
            },
            { timeoutMs: 60_000, signal: supervisor.signal },
        );
    }

    it("are read in every format and codec, mixed in one partition", async () => {
        await writer.producer("probe", "none");
        for (const [format, magic, codecs] of FORMATS) {
            await setConfig("message.format.version", format, () => lastMagic(log) === magic);
            for (const codec of codecs) {
                const name = `${format} ${codec}`;
                await writer.producer(name, codec);
                await writer.send(name, TOPIC, recordsOf(name));
                assert.equal(lastMagic(log), magic, name);
            }
        }
        await setConfig("message.format.version", "0.10.2", () => lastMagic(log) === 1);
        await setConfig(
            "message.timestamp.type",
            "LogAppendTime",
            (probe) => !probe.includes(`\t${TIMESTAMP}\t`),
        );
        for (const codec of ["none", "gzip"]) {
            await writer.send(`0.10.2 ${codec}`, TOPIC, recordsOf(`stamped ${codec}`));
        }
        const expected = await writer.read(TOPIC, "read_committed");
        assert(expected.some((line) => line.includes("\t-1\t")));
        const { topics } = await view.look([TOPIC]);
        const [looked] = topics[0]?.partitions ?? [];
        assert(looked && "known" in looked);
        assert.equal(looked.known.highWatermark, await writer.endOffset(TOPIC, "read_uncommitted"));
        assert.deepEqual(await read(TOPIC, 0, looked.known.highWatermark), expected);
        // A fetch may begin inside a compressed batch.
        for (const offset of [7, 22, expected.length - 2]) {
            assert.deepEqual(
                await read(TOPIC, offset, looked.known.highWatermark),
                expected.slice(offset),
            );
        }
    });

    it("have both ends, and open transactions without their coordinators", async () => {
        await client.createTopic("held", { partitions: 1, replicas: 1 });
        await writer.producer("open", "none", "open");
        await writer.transaction("open", "begin");
        await writer.send("open", "held", recordsOf("open"));
        await writer.send("2.8 none", "held", recordsOf("plain"));
        const { topics } = await view.look(["held"]);
        const [looked] = topics[0]?.partitions ?? [];
        assert(looked && "known" in looked);
        assert.equal(
            looked.known.lastStableOffset,
            await writer.endOffset("held", "read_committed"),
        );
        assert.equal(
            looked.known.highWatermark,
            await writer.endOffset("held", "read_uncommitted"),
        );
        const [open] = await view.openTransactions([{ topic: "held", partition: 0 }]);
        assert(open && "known" in open);
        assert.equal(open.known[0]?.startOffset, looked.known.lastStableOffset);
        assert.deepEqual(open.known[0].coordinator, {
            unknown: `${view.brokers.describe(0)} does not know ListTransactions: Kafka 3.0 and later do`,
        });
    });
});
