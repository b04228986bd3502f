import { readStackFile } from "../../config/stackFile";
import { type Program, type ProgramResult, runProgram } from "../../engine/program";
import type { KafkaConnection } from "../../kafka/connection";
import { program as ownProgram } from "../../program";
import { KAFKA_VERSION, kafkaClassPath } from "../artifacts/artifacts";
import type { LabMirrorMaker } from "../connect/mirrorMaker";
import type { LabContext } from "../context";
import type { LabKafkaCluster } from "../kafka/kafkaCluster";
import { heapLimit } from "../process/jvm";
import type { Supervisor } from "../process/supervisor";
import { LabBackend, type LabDeployment } from "./labBackend";
import { previewStack } from "./previewStack";
import { changedConfig, type ConfigChanges } from "./stackConfig";

/** Memory of the lab by default, in MiB, and what this process itself takes of it. */
const BUDGET_MEGABYTES = 4096;
const OWN_MEGABYTES = 400;

export interface RunStackOptions {
    /** Folder with Pulumi.yaml and the stack files. */
    readonly folder: string;
    /** Name of the stack, for example `lab`. */
    readonly stack: string;
    readonly supervisor: Supervisor;
    /** Whose metrics run; see `LabContext.metrics`. */
    readonly metrics?: LabContext["metrics"];
    /** What brokers tell clients instead of their own ports; see `LabContext.advertise`. */
    readonly advertise?: LabContext["advertise"];
    /** See `LabContext.garbageCollector`. */
    readonly garbageCollector?: LabContext["garbageCollector"];
    /** See `LabContext.vmOptions`. */
    readonly vmOptions?: LabContext["vmOptions"];
    /** Memory in MiB that all processes together may take; 4096 by default. */
    readonly memoryMegabytes?: number;
    /** What to run with the stack's config; the program of this project by default. */
    readonly program?: Program;
    /** Called with each step that is done. */
    readonly onStep?: (text: string) => void;
}

/** A stack whose program ran, and what it made is running. */
export interface RunningStack extends LabDeployment {
    /** The stack's outputs after its first run. */
    readonly outputs: StackOutputs;
    /** Topics that the stack declares, by their names in Kafka. */
    readonly topics: readonly string[];
    /**
     * Changes the stack's config in memory, on top of earlier changes, and runs the program again over
     * what runs: `pulumi config set`, then `pulumi up`. Returns the outputs. After a failure the
     * config is the changed one, and what was done stays.
     */
    readonly update: (changes?: ConfigChanges) => Promise<StackOutputs>;
    /** What `pulumi preview` would do with these changes; nothing is kept or done. */
    readonly preview: (changes?: ConfigChanges) => Promise<ProgramResult>;
}

/** Plain values, secrets included. */
export type StackOutputs = Readonly<Record<string, unknown>>;

/**
 * Runs a stack's program with this machine in place of Kubernetes. Done when its clusters and its
 * MirrorMaker 2 are Ready; they run until the supervisor stops.
 */
export async function runStack(options: RunStackOptions): Promise<RunningStack> {
    const { folder, stack, supervisor, program = ownProgram } = options;
    const { memoryMegabytes = BUDGET_MEGABYTES } = options;
    const plan = await previewStack(program, folder, stack);
    const lab: LabContext = {
        supervisor,
        classPath: await kafkaClassPath(),
        heapLimitMegabytes: heapLimit(memoryMegabytes - OWN_MEGABYTES, plan.jvms),
        ...(options.metrics && { metrics: options.metrics }),
        ...(options.advertise && { advertise: options.advertise }),
        ...(options.garbageCollector && { garbageCollector: options.garbageCollector }),
        ...(options.vmOptions && { vmOptions: options.vmOptions }),
    };
    const backend = new LabBackend(lab, KAFKA_VERSION, options.onStep);
    let file = readStackFile(folder, stack);
    const run = async (preview: boolean, config = file): Promise<ProgramResult> =>
        runProgram(program, { ...config, backend, preview, signal: supervisor.signal });
    const up = async (): Promise<StackOutputs> => {
        const result = await run(false);
        await backend.deleteStale(result);
        return result.outputs;
    };
    return {
        outputs: await up(),
        clusters: backend.clusters,
        mirrorMakers: backend.mirrorMakers,
        users: backend.users,
        secret: backend.secret,
        applySecret: backend.applySecret,
        configMap: backend.configMap,
        applyConfigMap: backend.applyConfigMap,
        unreachable: backend.unreachable,
        reachable: backend.reachable,
        reconcile: backend.reconcile,
        topics: plan.topics.map(({ metadata, spec }) => spec.topicName ?? metadata.name),
        update: async (changes = {}) => {
            file = changedConfig(file, changes);
            return up();
        },
        preview: async (changes = {}) => run(true, changedConfig(file, changes)),
    };
}

/** The name of a Kubernetes object of a known kind. */
interface ObjectName {
    readonly namespace: string;
    readonly name: string;
}

/** @throws when the stack runs no such Kafka */
export function clusterOf(
    { clusters }: Pick<RunningStack, "clusters">,
    { namespace, name }: ObjectName,
): LabKafkaCluster {
    return running(clusters.get(`${namespace}/${name}`), `Kafka ${namespace}/${name}`);
}

/** @throws when the stack runs no such KafkaMirrorMaker2 */
export function mirrorMakerOf(
    { mirrorMakers }: Pick<RunningStack, "mirrorMakers">,
    { namespace, name }: ObjectName,
): LabMirrorMaker {
    const id = `${namespace}/${name}`;
    return running(mirrorMakers.get(id), `KafkaMirrorMaker2 ${id}`);
}

/** The listener to tell people of: the first that the cluster declares. */
export function clientListener(cluster: LabKafkaCluster): string {
    const [first] = cluster.status.listeners ?? [];
    if (first?.name === undefined) {
        throw new Error(`Kafka ${cluster.name} reports no listener`);
    }
    return first.name;
}

/**
 * How a user of the stack reaches a cluster, with the Secret of its KafkaUser.
 * @param listener the first of the cluster's that clients may use by default
 */
export function connectionAs(
    { users }: Pick<RunningStack, "users">,
    cluster: LabKafkaCluster,
    user: string,
    listener = clientListener(cluster),
): KafkaConnection {
    const operator = users.get(`${cluster.namespace}/${cluster.name}`);
    return cluster.connection(listener, operator?.credentials(user));
}

/** @throws saying what does not run, where it is undefined */
export function running<T>(value: T | undefined, what: string): T {
    if (value === undefined) {
        throw new Error(`the lab does not run ${what}`);
    }
    return value;
}
