/**
 * Measures one look at a large cluster: 1,000 topics with 10,000 partitions on one real broker, through a
 * proxy with a round trip of 50 ms: both ends of all logs, and the first record of each. A new view for
 * each run, so that connecting counts. The script evaluates nothing.
 *
 * npm run bench:look [-- <runs, 5 by default>]
 */
import { Admin } from "@platformatic/kafka";
import { ClusterView } from "../kafka/clusterView";
import { clientOptions, type KafkaConnection } from "../kafka/connection";
import { knownLogs } from "../kafka/logLook";
import { KAFKA_VERSION, kafkaClassPath } from "../lab/artifacts/artifacts";
import { summary } from "../lab/bench/statistics";
import { startKafkaCluster } from "../lab/kafka/kafkaCluster";
import { SiteNetwork } from "../lab/network/siteNetwork";
import { withSupervisor } from "../lab/process/supervisor";
import { waitUntil } from "../lab/process/wait";
import { kafkaObject, nodePool } from "../tests/lab/support/objects";
import { machine, runCount } from "./bench/runs";

const TOPICS = 1000;
const PARTITIONS = 10;
const ROUND_TRIP_MS = 50;
const TOPICS_AT_ONCE = 50;

/** A broker opens the logs of new topics after it has answered. */
async function isLed(connection: KafkaConnection): Promise<boolean> {
    const view = new ClusterView(connection);
    try {
        const { topics } = await view.look();
        const known = topics.flatMap(({ partitions }) =>
            partitions.filter((looked) => "known" in looked),
        );
        return known.length === TOPICS * PARTITIONS;
    } finally {
        await view.close();
    }
}

async function main(): Promise<void> {
    const runs = runCount(5);
    console.log(machine());
    await withSupervisor(async (supervisor) => {
        const network = new SiteNetwork();
        try {
            const cluster = await startKafkaCluster(
                {
                    supervisor,
                    classPath: await kafkaClassPath(),
                    heapLimitMegabytes: 1024,
                    advertise: network.advertise,
                },
                {
                    kafka: kafkaObject("large"),
                    nodePools: [
                        nodePool("large", "combined", ["controller", "broker"], { heap: "1024m" }),
                    ],
                    kafkaVersion: KAFKA_VERSION,
                },
            );
            const connection = cluster.connection("plain");
            const names = Array.from({ length: TOPICS }, (_unused, i) => `orders.events-${i}`);
            const admin = new Admin({
                ...clientOptions(connection, "bench"),
                requestTimeout: 120_000,
            });
            for (let i = 0; i < TOPICS; i += TOPICS_AT_ONCE) {
                const topics = names.slice(i, i + TOPICS_AT_ONCE);
                await admin.createTopics({ topics, partitions: PARTITIONS, replicas: 1 });
            }
            await admin.close();
            await waitUntil("the broker leads all partitions", async () => isLed(connection), {
                timeoutMs: 300_000,
                intervalMs: 2000,
                signal: supervisor.signal,
            });
            network.delay(ROUND_TRIP_MS / 2);
            const looks: number[] = [];
            const firsts: number[] = [];
            for (let run = 0; run < runs; run += 1) {
                const view = new ClusterView(connection);
                const started = performance.now();
                const { topics } = await view.look();
                const looked = performance.now();
                const parts = topics.flatMap((topic) =>
                    knownLogs(topic).map((_log, partition) => ({
                        topic: topic.name,
                        partition,
                        firstOffset: 0,
                        endOffset: 1,
                    })),
                );
                await view.firstRecords(parts);
                firsts.push((performance.now() - looked) / 1000);
                looks.push((looked - started) / 1000);
                await view.close();
                console.log(
                    `${parts.length} partitions: ${looks.at(-1)?.toFixed(2)} s, ${firsts.at(-1)?.toFixed(2)} s`,
                );
            }
            const text = (values: number[]) => JSON.stringify(summary(values));
            console.log(`both ends of all logs, seconds:        ${text(looks)}`);
            console.log(`first records of all partitions, seconds: ${text(firsts)}`);
        } finally {
            await network.close();
        }
    });
}

void main();
