import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { isPhase, type PhasePosition, phases, transitionProblem } from "../config/phase";
import type { Settings } from "../config/settingsSchema";
import { phaseRecordName } from "../strimzi/builders/names";
import { refusal } from "./refusal";

/**
 * The phase that was deployed last, as a ConfigMap next to MM2. Everything else of the pair depends
 * on it: a change of phase that is not allowed is refused, also in a preview, before anything was
 * touched. It is written first, so a phase that failed half-way counts as entered: what it allowed
 * may have been used already.
 */
export function phaseRecord(
    name: string,
    { phase, mirror, target }: Pick<Settings, "phase" | "mirror" | "target">,
    options: pulumi.CustomResourceOptions,
): kubernetes.core.v1.ConfigMap {
    const wanted: PhasePosition = { phase, generation: mirror.generation };
    const check = new pulumi.ResourceHook(
        `${name}-is-allowed`,
        ({ oldInputs }) => {
            const problem = transitionProblem(recorded(oldInputs), wanted);
            if (problem !== undefined) {
                throw refusal(`${problem} Nothing was changed.`);
            }
        },
        { onDryRun: true },
    );
    return new kubernetes.core.v1.ConfigMap(
        name,
        {
            metadata: { name: phaseRecordName(mirror), namespace: target.namespace },
            data: {
                phase,
                generation: String(mirror.generation),
                activeSite: phases[phase].activeSite,
            },
        },
        { ...options, hooks: { beforeCreate: [check], beforeUpdate: [check] } },
    );
}

/** What an earlier update recorded; undefined when there was none. */
function recorded(inputs: unknown): PhasePosition | undefined {
    const data = (inputs as { data?: Record<string, unknown> } | undefined)?.data;
    const generation = Number(data?.generation);
    return isPhase(data?.phase) && Number.isSafeInteger(generation)
        ? { phase: data.phase, generation }
        : undefined;
}
