import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { waitForLogEndOffsets } from "../../kafka/logEndOffsets";
import type { KafkaClient } from "../../kafka/kafkaClient";
import type { LabKafkaCluster } from "../../lab/kafka/kafkaCluster";
import { Supervisor } from "../../lab/process/supervisor";
import { waitFor } from "../../lab/process/wait";
import { MIRROR_MAKER_METRICS } from "../../strimzi/metrics";
import { type LabStack, runLabStack } from "../lab/support/runningStack";
import { parseMetrics, type ScrapedSample } from "../../cli/metrics/prometheusText";

const RECORDS = 10_000;
const TASKS = 3;
const TIMEOUT = { timeoutMs: 300_000, intervalMs: 500 };

/** The search patterns that the Strimzi walkthrough applies to a worker's metrics, verbatim. */
const SEARCHES = ["kafka_producer_batch_size_avg", "kafka_producer_request_latency_avg"].map(
    (name) =>
        String.raw`${name}{clientid="\\"connector-producer-my-cluster->my-cluster-tgt.MirrorSourceConnector`,
);

async function scrape(url: string | undefined): Promise<string> {
    assert.ok(url, "no metrics URL");
    const response = await fetch(url);
    assert.equal(response.status, 200);
    return response.text();
}

/** Names of the contract that a scrape lacks, or has with other labels. */
function broken(samples: readonly ScrapedSample[]): string[] {
    return MIRROR_MAKER_METRICS.flatMap(({ name, labels }) => {
        const found = samples.filter((sample) => sample.name === name);
        const wrong = found
            .map((sample) => Object.keys(sample.labels).sort().join())
            .filter((keys) => keys !== labels.join());
        return found.length === 0
            ? [`${name} is missing`]
            : wrong.map((keys) => `${name}{${keys}}`);
    });
}

describe("metrics of a running mirror", function () {
    let supervisor: Supervisor;
    let lab: LabStack;
    const workerMetrics = () => scrape(lab.mirrorMaker.workers[0]?.metricsUrl);

    before(async () => {
        supervisor = await Supervisor.create();
        lab = await runLabStack(supervisor, {
            "mirror.tasksMax": TASKS,
            "mirror.refreshTopicsIntervalSeconds": 1,
            "mirror.refreshGroupsIntervalSeconds": 1,
            "mirror.emitCheckpointsIntervalSeconds": 1,
            "mirror.syncGroupOffsetsIntervalSeconds": 1,
        });
        const { source, target } = lab;
        // The checkpoint task starts when a group exists, and measures the group's next commits.
        await source.commitGroupOffsets("readers", "my-topic", [0, 0, 0]);
        await source.produceRecords({ topic: "my-topic", count: RECORDS });
        const end = await source.logEndOffsets("my-topic");
        await waitForLogEndOffsets(target, "my-topic", end, {
            timeoutMs: 300_000,
            signal: supervisor.signal,
        });
        await source.commitGroupOffsets("readers", "my-topic", end);
    });
    after(async () => {
        await lab.close();
        await supervisor.stop();
    });

    it("has every metric of the contract with exactly its labels", async () => {
        await waitFor(
            "every metric of the contract is there",
            async () => {
                const missing = broken(parseMetrics(await workerMetrics()));
                return missing.length === 0 ? true : Promise.reject(new Error(missing.join("; ")));
            },
            TIMEOUT,
        );
    });

    it("counts each record once", async () => {
        const counted = await waitFor(
            "all records are counted",
            async () => {
                const sum = parseMetrics(await workerMetrics())
                    .filter(
                        ({ name, labels }) =>
                            name === "kafka_connect_mirror_mirrorsourceconnector_record_count" &&
                            labels.topic === "my-topic",
                    )
                    .reduce((total, { value }) => total + value, 0);
                return sum >= RECORDS ? sum : undefined;
            },
            TIMEOUT,
        );
        assert.equal(counted, RECORDS);
    });

    for (const search of SEARCHES) {
        it(`has a line per task for grep -e '${search}'`, async () => {
            const { stdout } = spawnSync("grep", ["-e", search], {
                input: await workerMetrics(),
                encoding: "utf8",
            });
            const tasks = stdout
                .trimEnd()
                .split("\n")
                .map((line) => /MirrorSourceConnector-(\d+)\\""\} \S+$/.exec(line)?.[1]);
            assert.deepEqual(
                tasks.sort(),
                Array.from({ length: TASKS }, (_, task) => String(task)),
            );
        });
    }

    it("has the brokers' log-end offsets as the admin client reads them", async () => {
        const sides: [LabKafkaCluster, KafkaClient][] = [
            [lab.sourceCluster, lab.source],
            [lab.targetCluster, lab.target],
        ];
        for (const [cluster, client] of sides) {
            const broker = cluster.nodes.find(({ roles }) => roles.includes("broker"))!;
            const samples = parseMetrics(await scrape(cluster.metricsUrls.get(broker.id)));
            const offsets: number[] = [];
            for (const { name, labels, value } of samples) {
                if (name === "kafka_log_log_logendoffset" && labels.topic === "my-topic") {
                    offsets[Number(labels.partition)] = value;
                }
            }
            assert.deepEqual(offsets, await client.logEndOffsets("my-topic"), cluster.name);
            assert.equal(
                offsets.reduce((sum, offset) => sum + offset, 0),
                RECORDS,
            );
        }
    });
});
