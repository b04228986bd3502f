import { type Program, type ProgramResult, runProgram } from "../../engine/program";
import { readStackFile } from "../../config/stackFile";
import { program as ownProgram } from "../../program";
import { KAFKA_VERSION, kafkaClassPath } from "../classPath";
import type { LabContext } from "../context";
import { heapLimit } from "../process/memory";
import type { Supervisor } from "../process/supervisor";
import { LabBackend, type LabDeployment } from "./labBackend";
import { planLab } from "./plan";
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
    const plan = await planLab(program, folder, stack);
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
