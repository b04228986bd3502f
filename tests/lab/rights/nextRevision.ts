import type { ObjectMeta } from "../../../strimzi/generated/types/ObjectMeta";
import { readStackFile } from "../../../config/stackFile";
import { RecordingBackend, runProgram } from "../../../engine";
import type { KafkaMirrorMaker2Object, KafkaUserObject, SecretObject } from "../../../lab/objects";
import { program } from "../../../program";
import { STRIMZI } from "../../support/registrations";
import { labStackFolder } from "../support/stackFolder";
import type { RightsLab } from "./rightsLab";

/** The objects of the stack's program for one revision of MM2's credentials. */
export interface Revision {
    readonly passwords: readonly SecretObject[];
    readonly users: readonly KafkaUserObject[];
    readonly mirrorMaker: KafkaMirrorMaker2Object;
}

/** Runs the stack's program over a record of the lab's clusters. */
export async function recordRevision(
    lab: RightsLab,
    settings: Readonly<Record<string, unknown>>,
    revision: number,
): Promise<Revision> {
    const { folder, remove } = labStackFolder({
        ...settings,
        "mirror.credentialsRevision": revision,
    });
    const { source, target } = lab.sites;
    const kafka = (name: string, status: unknown) => ({
        type: `${STRIMZI}Kafka`,
        name,
        outputs: { status },
    });
    try {
        const { registrations } = await runProgram(program, {
            ...readStackFile(folder, "lab"),
            backend: new RecordingBackend({
                creates: [
                    kafka("kafka-dr-source-kafka", source.cluster.status),
                    kafka("kafka-dr-target-kafka", target.cluster.status),
                ],
                reads: [
                    {
                        type: "kubernetes:core/v1:Secret",
                        outputs: { ...source.cluster.caCertSecret },
                    },
                ],
            }),
        });
        const of = <T>(type: string) =>
            registrations
                .filter((registration) => registration.type === type)
                .map(({ inputs }) => inputs as unknown as T);
        // The users of the operators' commands change as well; this test does not use them.
        const isOfMirror = ({ metadata }: { readonly metadata: ObjectMeta }) =>
            !metadata.name.includes("-commands-");
        const [mirrorMaker] = of<KafkaMirrorMaker2Object>(`${STRIMZI}KafkaMirrorMaker2`);
        return {
            passwords: of<SecretObject>("kubernetes:core/v1:Secret").filter(
                (secret) => isOfMirror(secret) && secret.metadata.name.endsWith("-password"),
            ),
            users: of<KafkaUserObject>(`${STRIMZI}KafkaUser`).filter(isOfMirror),
            mirrorMaker: mirrorMaker!,
        };
    } finally {
        remove();
    }
}
