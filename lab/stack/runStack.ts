import { type Program, runProgram } from "../../engine/program";
import { readStackFile } from "../../engine/stackFile";
import { program as ownProgram } from "../../program";
import { KAFKA_VERSION, kafkaClassPath } from "../classPath";
import type { LabContext } from "../context";
import { heapLimit } from "../process/memory";
import type { Supervisor } from "../process/supervisor";
import { LabBackend, type LabDeployment } from "./labBackend";
import { planLab } from "./plan";

/** Memory of the lab, in MiB, and what this process itself takes of it. */
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
    /** What to run with the stack's config; the program of this project by default. */
    readonly program?: Program;
    /** Called with each step that is done. */
    readonly onStep?: (text: string) => void;
}

/** A stack whose program ran, and what it made is running. */
export interface RunningStack extends LabDeployment {
    /** The stack's outputs. */
    readonly outputs: Readonly<Record<string, unknown>>;
    /** Topics that the stack declares, by their names in Kafka. */
    readonly topics: readonly string[];
}

/**
 * Runs a stack's program with this machine in place of Kubernetes. Done when its clusters and its
 * MirrorMaker 2 are Ready; they run until the supervisor stops.
 */
export async function runStack(options: RunStackOptions): Promise<RunningStack> {
    const { folder, stack, supervisor, program = ownProgram } = options;
    const plan = await planLab(program, folder, stack);
    const lab: LabContext = {
        supervisor,
        classPath: await kafkaClassPath(),
        heapLimitMegabytes: heapLimit(BUDGET_MEGABYTES - OWN_MEGABYTES, plan.jvms),
        ...(options.metrics && { metrics: options.metrics }),
    };
    const backend = new LabBackend(lab, KAFKA_VERSION, options.onStep);
    const { outputs } = await runProgram(program, {
        ...readStackFile(folder, stack),
        backend,
        signal: supervisor.signal,
    });
    return {
        outputs,
        clusters: backend.clusters,
        mirrorMakers: backend.mirrorMakers,
        users: backend.users,
        secret: backend.secret,
        applySecret: (secret) => {
            backend.applySecret(secret);
        },
        topics: plan.topics.map(({ metadata, spec }) => spec.topicName ?? metadata.name),
    };
}
