import { readStackFile } from "../../config/stackFile";
import { type Program, runProgram } from "../../engine/program";
import { RecordingBackend } from "../../engine/recording";
import type { Registration } from "../../engine/backend";
import { validateStrimziObject } from "../../strimzi/schema/validate";
import { KAFKA_VERSION } from "../artifacts/artifacts";
import type {
    KafkaMirrorMaker2Object,
    KafkaNodePoolObject,
    KafkaObject,
    KafkaTopicObject,
} from "../objects";

const STRIMZI = "kubernetes:kafka.strimzi.io/v1:";

/** The parts of a stack that matter before it is started. */
export interface StackPreview {
    /** The number of JVMs: Kafka nodes and Connect workers. */
    readonly jvms: number;
    readonly topics: readonly KafkaTopicObject[];
}

/**
 * Runs the program as a preview, so that wrong settings and invalid objects fail before the first
 * process starts.
 *
 * @throws {Error} naming every object that Strimzi's schemas refuse or that asks for a Kafka version
 *     that the lab does not have
 */
export async function previewStack(
    program: Program,
    folder: string,
    stack: string,
): Promise<StackPreview> {
    const { registrations } = await runProgram(program, {
        ...readStackFile(folder, stack),
        preview: true,
        backend: new RecordingBackend(),
    });
    const strimzi = registrations.filter(({ type }) => type.startsWith(STRIMZI));
    const problems = strimzi.flatMap(({ name, inputs, unknownPaths }) =>
        unknownPaths.length > 0
            ? []
            : validateStrimziObject(inputs).map((problem) => `${name}: ${problem}`),
    );
    if (problems.length > 0) {
        throw new Error(`Strimzi's schemas refuse objects of the program:\n${problems.join("\n")}`);
    }
    refuseOtherVersions(stack, strimzi);
    const nodes = ofKind<KafkaNodePoolObject>(strimzi, "KafkaNodePool");
    const workers = ofKind<KafkaMirrorMaker2Object>(strimzi, "KafkaMirrorMaker2");
    return {
        jvms: [...nodes, ...workers].reduce((sum, { spec }) => sum + spec.replicas, 0),
        topics: ofKind<KafkaTopicObject>(strimzi, "KafkaTopic"),
    };
}

function refuseOtherVersions(stack: string, strimzi: readonly Registration[]): void {
    const asked = [
        ...ofKind<KafkaObject>(strimzi, "Kafka").map(({ kind, metadata, spec }) => ({
            object: `${kind} ${metadata.name}`,
            version: spec.kafka.version,
        })),
        ...ofKind<KafkaMirrorMaker2Object>(strimzi, "KafkaMirrorMaker2").map(
            ({ kind, metadata, spec }) => ({
                object: `${kind} ${metadata.name}`,
                version: spec.version,
            }),
        ),
    ].filter(({ version }) => version !== undefined && version !== KAFKA_VERSION);
    if (asked.length > 0) {
        const list = asked.map(({ object, version }) => `${object} asks for ${version}`).join(", ");
        throw new Error(
            `Pulumi.${stack}.yaml: kafkaVersion must be ${KAFKA_VERSION}, the only version that the ` +
                `lab runs: ${list}.`,
        );
    }
}

function ofKind<T>(registrations: readonly Registration[], kind: string): T[] {
    return registrations
        .filter(({ type }) => type === `${STRIMZI}${kind}`)
        .map(({ inputs }) => inputs as unknown as T);
}
