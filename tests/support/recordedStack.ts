import { readStackFile, type StackFile } from "../../config/stackFile";
import {
    type ProgramResult,
    RecordingBackend,
    type RecordingOptions,
    type Registration,
    runProgram,
} from "../../engine";
import type { Phase } from "../../config/phase";
import { withIgnoredChanges } from "../../engine/backend";
import { program } from "../../program";
import certificates from "./caCertificates.json";
import { type Change, changed, rawStack, repositoryRoot } from "./rawSettings";

/** The certificates of the source's CA in the middle of a key replacement, base64 of PEM. */
export const CA_CERTIFICATES = {
    "ca-2026-01-01T00-00-00Z.crt": certificates.previous,
    "ca.crt": certificates.current,
};

/** The Secret as Strimzi keeps it. */
export const CA_SECRET = {
    metadata: { annotations: { "strimzi.io/ca-cert-generation": "3" } },
    data: { ...CA_CERTIFICATES, "ca.p12": "cDEy", "ca.password": "c2VjcmV0" },
};

/** The status that Strimzi reports for a cluster with the listeners of `prod`. */
const KAFKA_STATUS = {
    conditions: [{ type: "Ready", status: "True" }],
    listeners: [
        { name: "tls", bootstrapServers: "my-cluster-kafka-bootstrap.kafka.svc:9093" },
        { name: "external", bootstrapServers: "203.0.113.7:9094" },
    ],
};

const connector = (kind: string, tasks: readonly number[]) => ({
    name: `my-cluster->my-cluster-tgt.Mirror${kind}Connector`,
    type: "source",
    connector: { state: "RUNNING", worker_id: "worker:8083" },
    tasks: tasks.map((id) => ({ id, state: "RUNNING", worker_id: "worker:8083" })),
});

/** The status that Strimzi reports for MM2, not in alphabetical order. */
export const MIRROR_MAKER_STATUS = {
    url: "http://my-mm2-cluster-mirrormaker2-api.kafka.svc:8083",
    connectors: [connector("Source", [1, 0, 2]), connector("Checkpoint", [])],
};

/** A cluster on which every object is Ready. */
export const READY: RecordingOptions = {
    creates: [
        { type: "kubernetes:kafka.strimzi.io/v1:Kafka", outputs: { status: KAFKA_STATUS } },
        {
            type: "kubernetes:kafka.strimzi.io/v1:KafkaMirrorMaker2",
            outputs: { status: MIRROR_MAKER_STATUS },
        },
    ],
    reads: [{ type: "kubernetes:core/v1:Secret", outputs: CA_SECRET }],
};

export interface RecordOptions {
    readonly preview?: boolean;
    readonly changes?: readonly Change[];
    readonly backend?: RecordingOptions;
}

/** The stack's file with changes applied, as the engine reads it. */
export function stackFile(
    stack: "dev" | "prod" | "lab",
    changes: readonly Change[] = [],
): StackFile {
    const file = readStackFile(repositoryRoot, stack);
    if (changes.length === 0) {
        return file;
    }
    const raw = Object.entries(changed(rawStack(stack), ...changes));
    const others = Object.entries(file.config).filter(([key]) => !key.startsWith("kafka-dr:"));
    const own = raw.map(([key, value]) => [`kafka-dr:${key}`, JSON.stringify(value)] as const);
    return { ...file, config: Object.fromEntries([...others, ...own]) };
}

/** A phase of the pair and the epoch of its mirror. */
export type Step = readonly [phase: Phase, epoch: number];

/** Each phase as the pair reaches it from the one before; see config/phase.ts. */
export const CYCLE: readonly Step[] = [
    ["mirroring", 1],
    ["draining", 1],
    ["failed-over", 1],
    ["failing-back", 1],
    ["draining-back", 1],
    ["resuming", 2],
];

/** Runs the program for each step, each run on the deployment of the one before. */
export async function recordSteps(
    stack: "dev" | "prod" | "lab",
    steps: readonly Step[],
    { backend = READY, changes = [] }: RecordOptions = {},
): Promise<ProgramResult> {
    let deployed: ProgramResult | undefined;
    for (const [phase, epoch] of steps) {
        const before: ProgramResult | undefined = deployed;
        const result = await recordStack(stack, {
            backend: { ...backend, ...(before && { deployed: before }) },
            changes: [["phase", phase], ["mirror/epoch", epoch], ...changes],
        });
        deployed = { ...result, registrations: result.registrations.map(asKept(before)) };
    }
    if (deployed === undefined) {
        throw new Error("no step");
    }
    return deployed;
}

/** A registration as in Pulumi's state: ignored changes keep the values of the run before. */
function asKept(before: ProgramResult | undefined) {
    return (registration: Registration): Registration => {
        const { urn } = registration;
        const earlier = before?.registrations.find((found) => found.urn === urn);
        const state = before?.states.get(urn);
        return earlier === undefined || state === undefined
            ? registration
            : withIgnoredChanges(registration, { ...state, inputs: earlier.inputs });
    };
}

/** The steps of {@link CYCLE} up to a phase. */
export function stepsTo(phase: Phase): readonly Step[] {
    return CYCLE.slice(0, CYCLE.findIndex(([step]) => step === phase) + 1);
}

/** Runs the program of the repository over a recording backend. */
export async function recordStack(
    stack: "dev" | "prod" | "lab",
    { preview = false, changes, backend = READY }: RecordOptions = {},
): Promise<ProgramResult> {
    return runProgram(program, {
        ...stackFile(stack, changes),
        preview,
        backend: new RecordingBackend(backend),
    });
}
