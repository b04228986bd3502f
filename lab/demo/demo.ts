import { join } from "node:path";
import { settingsOf } from "../../cli/shared/settings";
import { scopeOf } from "../../cli/verify/scope";
import { isAuthorizationFailure } from "../../kafka/errors";
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
/** Far more than any machine needs: a limit for a mirror that has stopped. */
const MIRROR_TIMEOUT_MS = 300_000;

export interface Demo {
    readonly stack: RunningStack;
    readonly result: DemoResult;
}

/**
 * Deploys the stack in the lab, writes records to the source, waits until the log-end offsets of the
 * target equal those of the source, and checks that the target refuses a write.
 */
export async function runDemo(
    supervisor: Supervisor,
    progress: Progress,
    records: number,
): Promise<Demo> {
    progress.step(`Deploying the stack "${STACK}" on this machine, with Kafka ${KAFKA_VERSION}`);
    const stack = await runStack({
        folder: FOLDER,
        stack: STACK,
        supervisor,
        // The JMX exporters of the three Kafka nodes would add a tenth to the CPU time.
        metrics: "mirrorMaker",
        onStep: (text) => {
            progress.step(text);
        },
    });
    const source = clusterOfSite(stack, "source");
    const target = clusterOfSite(stack, "target");
    const topic = mirroredTopic(stack);
    const user = applicationUser(stack);
    const connections = {
        source: connectionAs(stack, source, user),
        target: connectionAs(stack, target, user),
    };
    const flow = await mirrorRecords({
        ...connections,
        user,
        topic,
        records,
        supervisor,
        progress,
    });
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
    readonly user: string;
    readonly topic: string;
    readonly records: number;
    readonly supervisor: Supervisor;
    readonly progress: Progress;
}

/** Writes records, waits until the target has all of them, and tries to write to the target. */
async function mirrorRecords({ source, target, user, topic, records, ...lab }: Flow) {
    const { supervisor, progress } = lab;
    const total = records.toLocaleString("en-US");
    const from = new KafkaClient(source);
    const to = new KafkaClient(target);
    const { signal } = supervisor;
    try {
        progress.step(`Writing ${total} records to ${topic} at the source, as ${user}`);
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
        progress.step(`The source has all ${total} records; waiting for the target`);
        const sourceOffsets = await from.logEndOffsets(topic);
        const targetOffsets = await waitForLogEndOffsets(to, topic, sourceOffsets, {
            timeoutMs: MIRROR_TIMEOUT_MS,
            signal,
            onProgress: (offsets) => {
                progress.activity(`${percent(sum(offsets), records)} mirrored to the target`);
            },
        });
        const mirroredSeconds = seconds();
        progress.step(`The target has all ${total} records`);
        progress.step(`Trying to write to the target as ${user}, which it must refuse`);
        const isFenced = await isRefusedToWrite(to, topic);
        return { sourceOffsets, targetOffsets, producedSeconds, mirroredSeconds, isFenced };
    } finally {
        await Promise.all([from.close(), to.close()]);
    }
}

/** Whether a cluster refuses a write for lack of rights. */
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

/** The first declared topic that the target gets under the same name. */
function mirroredTopic({ topics }: RunningStack): string {
    const scope = scopeOf(settingsOf(STACK));
    const topic = topics.find(
        (name) => scope.isMirroredTopic(name) && scope.toTopic(name) === name,
    );
    if (topic === undefined) {
        throw new Error(
            `Pulumi.${STACK}.yaml declares no topic (kafka-dr:topics) that is mirrored under its name; the demo needs one to write to.`,
        );
    }
    return topic;
}

/** The user of the demo's client: the first that the stack declares. */
function applicationUser({ outputs }: RunningStack): string {
    const [name] = outputs.userNames as readonly string[];
    if (name === undefined) {
        throw new Error(
            `Pulumi.${STACK}.yaml declares no user (kafka-dr:users); the demo needs one to write as.`,
        );
    }
    return name;
}

/** The cluster of a site, found by the stack's outputs, as an app stack finds it. */
function clusterOfSite({ clusters, outputs }: RunningStack, side: "source" | "target") {
    const id = `${String(outputs[`${side}Namespace`])}/${String(outputs[`${side}ClusterName`])}`;
    const cluster = clusters.get(id);
    if (cluster === undefined) {
        throw new Error(
            `The stack ${STACK} manages no Kafka ${id}; the demo needs it to manage both sites.`,
        );
    }
    return cluster;
}

/** The metrics URLs of the workers. */
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

/** Sum of the peak memory of all processes, in bytes; undefined when it cannot be read. */
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
