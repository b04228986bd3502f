import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type PhasePosition, phases, recordedPosition, transitionProblem } from "../config/phase";
import type { Settings } from "../config/settingsSchema";
import { phaseRecordName } from "../strimzi/builders/names";
import { refusal } from "./refusal";

/**
 * The last deployed phase, in a ConfigMap next to MM2. All other resources of the pair depend on
 * it, so a change of phase that is not allowed is refused before anything is touched, also in a
 * preview. It is written first: a phase whose update failed counts as entered, because applications
 * may have used its access already.
 */
export function phaseRecord(
    name: string,
    { phase, mirror, target }: Pick<Settings, "phase" | "mirror" | "target">,
    options: pulumi.CustomResourceOptions,
): kubernetes.core.v1.ConfigMap {
    const wanted: PhasePosition = { phase, epoch: mirror.epoch };
    const check = new pulumi.ResourceHook(
        `${name}-is-allowed`,
        ({ oldInputs }) => {
            const data = (oldInputs as { data?: Record<string, unknown> } | undefined)?.data;
            const recorded = recordedPosition(data);
            if (data !== undefined && recorded === undefined) {
                throw refusal(
                    `Pulumi's state records the phase of the pair as ${JSON.stringify(data)}, which this version cannot read. Nothing was changed. Deploy with the version that wrote it.`,
                );
            }
            const problem = transitionProblem(recorded, wanted);
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
                epoch: String(mirror.epoch),
                activeSite: phases[phase].activeSite,
            },
        },
        { ...options, hooks: { beforeCreate: [check], beforeUpdate: [check] } },
    );
}
