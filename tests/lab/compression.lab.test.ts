import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Ends, sitesInDirection } from "../../cli/shared/mirror/ends";
import { topicTotals } from "../../cli/verify/report";
import { defaultScope, narrowed } from "../../cli/verify/scope";
import { verifyPair } from "../../cli/verify/verifyPair";
import { ClusterView } from "../../kafka/clusterView";
import { readCommitted } from "../../kafka/committedRecords";
import { kafkaClassPath } from "../../lab/artifacts/artifacts";
import { batches } from "../../lab/bench/log/logFiles";
import { dataFolder } from "../../lab/kafka/startBroker";
import { prepareJvm } from "../../lab/process/jvm";
import { startTwoClusters, type TwoClusters } from "./support/twoClusters";

/** Kafka's codecs, each at the index that a batch's attributes use for it. */
const CODECS = ["none", "gzip", "snappy", "lz4", "zstd"];
const TOPIC = "java";
const RECORDS_PER_CODEC = 300;
/** Bytes of a block of the Java library; other codecs have larger blocks. */
const SNAPPY_BLOCK = 32 * 1024;

/** Compressible and random keys and values, from empty to larger than a block of each codec. */
function lines(codec: string): string[] {
    let state = 1 + CODECS.indexOf(codec);
    const random = () => (state = (state * 48_271) % 2_147_483_647);
    return Array.from({ length: RECORDS_PER_CODEC }, (_unused, i) => {
        const noise = (length: number) =>
            Array.from({ length: random() % length }, () => random().toString(36)).join("");
        const value = i % 3 === 0 ? noise(1500) : `${codec} ü ${noise(40)} `.repeat(random() % 400);
        return `${codec}-${i}\t${value}`;
    });
}

describe("records compressed by Java clients", function () {
    let clusters: TwoClusters;
    let views: Ends<ClusterView>;
    const written = CODECS.flatMap(lines);

    /** Writes lines with Kafka's console producer, in batches of the maximum size of the brokers. */
    async function produce(codec: string, input: readonly string[]): Promise<void> {
        const { supervisor, source } = clusters;
        const name = `producer-${codec}`;
        const { command, args, cwd } = await prepareJvm({
            name,
            mainClass: "org.apache.kafka.tools.ConsoleProducer",
            args: [
                ...["--bootstrap-server", source.connection.bootstrapServers],
                ...["--topic", TOPIC, "--compression-codec", codec],
                ...["--reader-property", "parse.key=true"],
                ...["--command-property", "batch.size=900000"],
                ...["--command-property", "linger.ms=200"],
            ],
            classPath: await kafkaClassPath(),
            heapMegabytes: 128,
            folder: join(supervisor.folder, name),
            shortLived: true,
        });
        const child = spawn(command, args, { cwd, stdio: ["pipe", "ignore", "pipe"] });
        child.stdin.end(`${input.join("\n")}\n`);
        const closed = once(child, "close") as Promise<[code: number | null]>;
        const log = await text(child.stderr);
        const [code] = await closed;
        assert.equal(code, 0, log);
    }

    before(async () => {
        clusters = await startTwoClusters();
        views = {
            from: new ClusterView(clusters.source.connection),
            to: new ClusterView(clusters.target.connection),
        };
        for (const { client } of [clusters.source, clusters.target]) {
            await client.createTopic(TOPIC, { partitions: 1 });
        }
        for (const codec of CODECS) {
            await produce(codec, lines(codec));
        }
    });
    after(async () => {
        await Promise.all([views.from.close(), views.to.close()]);
        await clusters.stop();
    });

    it("use each codec in one log, some batches with several snappy blocks", () => {
        const { nodes, namespace } = clusters.source.cluster;
        const node = join(clusters.supervisor.folder, namespace, nodes[0]!.name);
        const found = [...batches(join(dataFolder(node), `${TOPIC}-0`))];
        const codecs = new Set(found.map(({ header }) => header.compression));
        assert.deepEqual([...codecs], [0, 1, 2, 3, 4]);
        for (const codec of codecs) {
            const sizes = found
                .filter(({ header }) => header.compression === codec)
                .map(({ header }) => header.bytes);
            assert(Math.max(...sizes) > SNAPPY_BLOCK, `${CODECS[codec]}: ${sizes.join()}`);
        }
    });

    it("are read as they were written, and compared with a mirror's copy", async () => {
        const range = { topic: TOPIC, partition: 0, firstOffset: 0, endOffset: written.length };
        const read: string[] = [];
        for await (const committed of readCommitted(views.from, range, {})) {
            for (const { firstTimestamp, records } of committed) {
                read.push(...records.map(({ key, value }) => `${String(key)}\t${String(value)}`));
                await clusters.target.client.produceMessages(
                    records.map(({ key, value, timestampDelta }) => ({
                        topic: TOPIC,
                        partition: 0,
                        key: key ?? undefined,
                        value: value ?? undefined,
                        timestamp: firstTimestamp + timestampDelta,
                    })),
                );
            }
        }
        assert.deepEqual(read, written);

        const scope = narrowed(defaultScope(), [TOPIC], []);
        const { topics, failures } = await verifyPair({
            ...views,
            sites: sitesInDirection("forward"),
            scope,
        });
        assert.deepEqual(failures, []);
        assert.equal(topicTotals(topics[0]!).matched, written.length);
    });
});
