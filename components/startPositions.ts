import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { phases } from "../config/phase";
import type { Settings } from "../config/settingsSchema";
import { startPositionsName } from "../strimzi/builders/names";
import { POSITIONS_COMPLETE_KEY, startPositionsProblem } from "../strimzi/builders/startPositions";
import { refusal } from "./refusal";

type Positioned = Pick<Settings, "phase" | "mirror" | "target">;

/**
 * The ConfigMap with the offsets at which a later epoch of the mirror begins. It is made without
 * any; `kafka-dr failback` fills it in, hands it to the operator and marks it as complete.
 *
 * @returns What MM2 depends on.
 */
export function startPositions(
    name: string,
    { mirror, target }: Positioned,
    options: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
    if (mirror.epoch === 1) {
        return [];
    }
    return [
        new kubernetes.core.v1.ConfigMap(
            `${name}-${mirror.epoch}`,
            {
                metadata: { name: startPositionsName(mirror), namespace: target.namespace },
                // Never empty: a preview takes data that is not there for data that is not known.
                data: { [POSITIONS_COMPLETE_KEY]: "false" },
            },
            { ...options, ignoreChanges: ["data"] },
        ),
    ];
}

/**
 * The same ConfigMap as it is now, where a later epoch of the mirror shall run. Without
 * its positions it must not: it would copy everything again, from the first record on.
 *
 * The ConfigMap is there since the phase before, so this is checked in a preview as well, and before
 * the new phase is recorded, which would not let the pair go back.
 *
 * @returns What the phase depends on.
 * @throws {Error} (on use) when the ConfigMap is not complete.
 */
export function verifiedStartPositions(
    name: string,
    { phase, mirror, target }: Positioned,
    options: pulumi.CustomResourceOptions,
): pulumi.Output<pulumi.Resource>[] {
    if (mirror.epoch === 1 || phases[phase].forward === "stopped") {
        return [];
    }
    const id = `${target.namespace}/${startPositionsName(mirror)}`;
    // Read from the API server: what somebody else wrote into it is not in the stack's state.
    const found = kubernetes.core.v1.ConfigMap.get(`${name}-${mirror.epoch}-as-is`, id, options);
    return [
        found.data.apply((data) => {
            const problem = startPositionsProblem(data, id);
            if (problem !== undefined) {
                throw refusal(problem);
            }
            return found;
        }),
    ];
}
