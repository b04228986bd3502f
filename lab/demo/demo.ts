import { join } from "node:path";
import { isAuthorizationFailure } from "../../kafka/authorizationFailure";
import type { KafkaConnection } from "../../kafka/connection";
import { KafkaClient } from "../../kafka/kafkaClient";
import { waitForLogEndOffsets } from "../../kafka/logEndOffsets";
import { KAFKA_VERSION } from "../artifacts/artifacts";
import type { LabMirrorMaker } from "../connect/mirrorMaker";
import type { LabKafkaCluster } from "../kafka/kafkaCluster";
import { peakResidentBytes } from "../process/procfs";
import type { Supervisor } from "../process/supervisor";
import { runStack, type RunningStack, connectionAs } from "../stack/runStack";
import type { Progress } from "./progress";
import type { DemoResult, SiteResult } from "./report";

const FOLDER = join(__dirname, "..", "..");
const STACK = "lab";
const RECORD_BYTES = 100;
/** Far above what any machine needs; a mirror that stands still must not wait for ever. */
const MIRROR_TIMEOUT_MS = 300_000;

export interface Demo {
    readonly stack: RunningStack;
    readonly result: DemoResult;
}

/**
 * The tutorial's check with the stack's own program: both clusters and MM2 run, a million records
 * go in at the source, and both sides end with the same log-end offsets.
 */
export async function runDemo(
    supervisor: Supervisor,
    progress: Progress,
    records: number,
): Promise<Demo> {
    progress.step(`Running the stack "${STACK}" on this machine, with Kafka ${KAFKA_VERSION}`);
    const stack = await runStack({
        folder: FOLDER,
        stack: STACK,
        supervisor,
        // The exporters of three Kafka nodes would cost another tenth of the CPU time.
        metrics: "mirrorMaker",
        onStep: (text) => {
            progress.step(text);
        },
    });
    const source = clusterOfSite(stack, "source");
    const target = clusterOfSite(stack, "target");
    const [topic] = stack.topics;
    if (topic === undefined) {
        throw new Error(`Pulumi.${STACK}.yaml declares no topic to write to (kafka-dr:topics).`);
    }
    const user = applicationUser(stack);
    const connections = {
        source: connectionAs(stack, source, user),
        target: connectionAs(stack, target, user),
    };
    const flow = await mirrorRecords({ ...connections, topic, records, supervisor, progress });
    const [mirrorMaker] = stack.mirrorMakers.values();
    const connectors = (await mirrorMaker?.waitUntilReplicating()) ?? [];
    const status = await mirrorMaker?.status();
    return {
        stack,
        result: {
            kafkaVersion: KAFKA_VERSION,
            user,
            source: siteResult(source, connections.source, flow.sourceOffsets),
            target: siteResult(target, connections.target, flow.targetOffsets),
            isFenced: flow.isFenced,
            statusUrl: status?.url ?? "no worker",
            workers: mirrorMaker?.workers.length ?? 0,
            metricsUrls: metricsUrls(mirrorMaker),
            connectors: connectors.map(({ name, connector, tasks }) => ({
                name,
                state: connector.state,
                tasks,
            })),
            topic,
            records,
            recordBytes: RECORD_BYTES,
            producedSeconds: flow.producedSeconds,
            mirroredSeconds: flow.mirroredSeconds,
            peakMemoryBytes: peakMemory(supervisor),
            totalSeconds: progress.seconds,
        },
    };
}

interface Flow {
    readonly source: KafkaConnection;
    readonly target: KafkaConnection;
    readonly topic: string;
    readonly records: number;
    readonly supervisor: Supervisor;
    readonly progress: Progress;
}

/** Writes the records while the mirror runs, and waits until the target has them all. */
async function mirrorRecords({ source, target, topic, records, supervisor, progress }: Flow) {
    const from = new KafkaClient(source);
    const to = new KafkaClient(target);
    const { signal } = supervisor;
    try {
        const started = performance.now();
        const seconds = () => (performance.now() - started) / 1000;
        await from.produceRecords({
            topic,
            count: records,
            size: RECORD_BYTES,
            signal,
            onProgress: (acknowledged) => {
                progress.activity(`${percent(acknowledged, records)} written to the source`);
            },
        });
        const producedSeconds = seconds();
        progress.step(`The source has all ${records.toLocaleString("en-US")} records`);
        const sourceOffsets = await from.logEndOffsets(topic);
        const targetOffsets = await waitForLogEndOffsets(to, topic, sourceOffsets, {
            timeoutMs: MIRROR_TIMEOUT_MS,
            signal,
            onProgress: (offsets) => {
                progress.activity(`${percent(sum(offsets), records)} arrived at the target`);
            },
        });
        const mirroredSeconds = seconds();
        const isFenced = await isRefusedToWrite(to, topic);
        return { sourceOffsets, targetOffsets, producedSeconds, mirroredSeconds, isFenced };
    } finally {
        await Promise.all([from.close(), to.close()]);
    }
}

/** Whether the target refuses a record of the application: it is not the active site. */
async function isRefusedToWrite(client: KafkaClient, topic: string): Promise<boolean> {
    try {
        await client.produceMessages([{ topic, partition: 0, value: Buffer.from("stray") }]);
        return false;
    } catch (error) {
        if (isAuthorizationFailure(error)) {
            return true;
        }
        throw error;
    }
}

/** The user as which the demonstration writes and reads: the first that the stack declares. */
function applicationUser({ outputs }: RunningStack): string {
    const [name] = outputs.userNames as readonly string[];
    if (name === undefined) {
        throw new Error(`Pulumi.${STACK}.yaml declares no user to write as (kafka-dr:users).`);
    }
    return name;
}

/** The cluster of a site, by the names in the stack's outputs, as an app stack would find it. */
function clusterOfSite({ clusters, outputs }: RunningStack, side: "source" | "target") {
    const id = `${String(outputs[`${side}Namespace`])}/${String(outputs[`${side}ClusterName`])}`;
    const cluster = clusters.get(id);
    if (cluster === undefined) {
        throw new Error(
            `The stack ${STACK} runs no Kafka ${id}; the demo needs both sites managed.`,
        );
    }
    return cluster;
}

/** Where the metrics of each worker are. */
export function metricsUrls(mirrorMaker: LabMirrorMaker | undefined): string[] {
    return (mirrorMaker?.workers ?? []).flatMap(({ metricsUrl }) => metricsUrl ?? []);
}

function siteResult(
    cluster: LabKafkaCluster,
    { bootstrapServers, caCertificates }: KafkaConnection,
    logEndOffsets: readonly number[],
): SiteResult {
    const tls = caCertificates !== undefined;
    return { cluster: cluster.name, bootstrapServers, tls, logEndOffsets };
}

/** Sum of the peaks of all processes; undefined when the system does not tell. */
function peakMemory(supervisor: Supervisor): number | undefined {
    const peaks = [process.pid, ...supervisor.pids].map(peakResidentBytes);
    return peaks.some((peak) => peak === undefined) ? undefined : sum(peaks.map(Number));
}

function sum(values: readonly number[]): number {
    return values.reduce((total, value) => total + value, 0);
}

function percent(part: number, whole: number): string {
    return `${((100 * part) / whole).toFixed(0).padStart(3)} %`;
}
