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

/** Memory of the lab by default, in MiB. */
const BUDGET_MEGABYTES = 4096;
/** The part of it for this Node.js process. */
const OWN_MEGABYTES = 400;

export interface RunStackOptions {
    /** Folder with Pulumi.yaml and the stack files. */
    readonly folder: string;
    /** Name of the stack, for example `lab`. */
    readonly stack: string;
    readonly supervisor: Supervisor;
    /** See `LabContext.metrics`. */
    readonly metrics?: LabContext["metrics"];
    /** See `LabContext.advertise`. */
    readonly advertise?: LabContext["advertise"];
    /** See `LabContext.brokerClassPath`. */
    readonly brokerClassPath?: LabContext["brokerClassPath"];
    /** See `LabContext.garbageCollector`. */
    readonly garbageCollector?: LabContext["garbageCollector"];
    /** See `LabContext.shortLived`. */
    readonly shortLived?: boolean;
    /** See `LabContext.vmOptions`. */
    readonly vmOptions?: LabContext["vmOptions"];
    /** Memory for all processes together, in MiB; 4096 by default. */
    readonly memoryMegabytes?: number;
    /** The Pulumi program; this project's by default. */
    readonly program?: Program;
    /** Called with a line of text at each step. */
    readonly onStep?: (text: string) => void;
}

/** A stack that is deployed and running. */
export interface RunningStack extends LabDeployment {
    /** The stack's outputs after its first run. */
    readonly outputs: StackOutputs;
    /** Topics that the stack declares, by their names in Kafka. */
    readonly topics: readonly string[];
    /**
     * Changes the stack's config in memory, on top of earlier changes, and updates the running stack:
     * `pulumi config set`, then `pulumi up`. Returns the outputs. After a failure the config stays
     * changed, and so do the resources that were updated before it.
     */
    readonly update: (changes?: ConfigChanges) => Promise<StackOutputs>;
    /** `pulumi preview` with these changes: neither the config nor the stack changes. */
    readonly preview: (changes?: ConfigChanges) => Promise<ProgramResult>;
}

/** Plain values, secrets included. */
export type StackOutputs = Readonly<Record<string, unknown>>;

/**
 * The entry to the lab: deploys a stack with this machine in place of Kubernetes, without the Pulumi
 * CLI. Returns when its clusters and its MirrorMaker 2 are Ready; they run until the supervisor stops.
 *
 * The route from the program to a process:
 *
 * 1. `runProgram` (engine/) runs the Pulumi program; each resource that it registers goes to a backend.
 * 2. `LabBackend` stands for the API server: it stores the Kubernetes objects.
 * 3. `LabOperators` stands for Strimzi's operators: it turns each Strimzi object into processes.
 *    - a Kafka: `startKafkaCluster` (lab/kafka/kafkaCluster.ts), then `startBroker`
 *      (lab/kafka/startBroker.ts) for each node;
 *    - a KafkaMirrorMaker2: `LabMirrorMaker` (lab/connect/mirrorMaker.ts), then `startWorker`;
 *    - a KafkaUser: `LabUserOperator` (lab/users/); a KafkaTopic: `applyTopic` (lab/kafka/topics.ts).
 * 4. `Supervisor.spawn` (lab/process/) starts each JVM and ends it with the lab.
 */
export async function runStack(options: RunStackOptions): Promise<RunningStack> {
    const { folder, stack, supervisor, program = ownProgram } = options;
    const { memoryMegabytes = BUDGET_MEGABYTES } = options;
    const found = await previewStack(program, folder, stack);
    const lab: LabContext = {
        supervisor,
        classPath: await kafkaClassPath(),
        heapLimitMegabytes: heapLimit(memoryMegabytes - OWN_MEGABYTES, found.jvms),
        ...(options.metrics && { metrics: options.metrics }),
        ...(options.advertise && { advertise: options.advertise }),
        ...(options.brokerClassPath && { brokerClassPath: options.brokerClassPath }),
        ...(options.garbageCollector && { garbageCollector: options.garbageCollector }),
        ...(options.shortLived && { shortLived: true }),
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
        topics: found.topics.map(({ metadata, spec }) => spec.topicName ?? metadata.name),
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

/** The listener for clients by default: the first that the cluster declares. */
export function clientListener(cluster: LabKafkaCluster): string {
    const [first] = cluster.status.listeners ?? [];
    if (first?.name === undefined) {
        throw new Error(`Kafka ${cluster.name} reports no listener`);
    }
    return first.name;
}

/**
 * The connection of a user of the stack to a cluster, with the credentials of its KafkaUser.
 * @param listener the cluster's first listener by default
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

/** Returns a value that must exist. @throws if it is undefined; the message names what does not run */
export function running<T>(value: T | undefined, what: string): T {
    if (value === undefined) {
        throw new Error(`not running in the lab: ${what}`);
    }
    return value;
}
