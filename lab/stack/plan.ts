import { readStackFile } from "../../engine/stackFile";
import { runProgram } from "../../engine/program";
import { RecordingBackend } from "../../engine/recording";
import type { Registration } from "../../engine/backend";
import { program } from "../../program";
import { validateStrimziObject } from "../../strimzi/schema/validate";
import type { KafkaMirrorMaker2Object, KafkaNodePoolObject, KafkaTopicObject } from "../objects";

const STRIMZI = "kubernetes:kafka.strimzi.io/v1:";

/** What a run of the program would start, known before anything is started. */
export interface LabPlan {
    /** JVMs that run at the same time: Kafka nodes and Connect workers. */
    readonly jvms: number;
    readonly topics: readonly KafkaTopicObject[];
}

/**
 * Runs the program as a preview, so that wrong settings and invalid objects are refused before the
 * first process starts.
 *
 * @throws {Error} with every object that Strimzi's schemas refuse.
 */
export async function planLab(folder: string, stack: string): Promise<LabPlan> {
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
        throw new Error(`Strimzi's schemas refuse what the program makes:\n${problems.join("\n")}`);
    }
    const nodes = ofKind<KafkaNodePoolObject>(strimzi, "KafkaNodePool");
    const workers = ofKind<KafkaMirrorMaker2Object>(strimzi, "KafkaMirrorMaker2");
    return {
        jvms: [...nodes, ...workers].reduce((sum, { spec }) => sum + spec.replicas, 0),
        topics: ofKind<KafkaTopicObject>(strimzi, "KafkaTopic"),
    };
}

function ofKind<T>(registrations: readonly Registration[], kind: string): T[] {
    return registrations
        .filter(({ type }) => type === `${STRIMZI}${kind}`)
        .map(({ inputs }) => inputs as unknown as T);
}
