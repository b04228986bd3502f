import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { phases } from "../config/phase";
import type { Settings } from "../config/settingsSchema";
import { startPositionsName } from "../strimzi/builders/names";
import { startPositionsProblem } from "../strimzi/builders/startPositions";
import { refusal } from "./refusal";

/**
 * The ConfigMap with the offsets at which a later generation of the mirror begins. It is made empty;
 * `kafka-dr failback` fills it in, hands it to the operator and marks it as complete. Before that
 * the mirror must not run: it would copy everything again, from the first record on.
 *
 * @returns What MM2 depends on.
 */
export function startPositions(
    name: string,
    { phase, mirror, target }: Pick<Settings, "phase" | "mirror" | "target">,
    options: pulumi.CustomResourceOptions,
): pulumi.Input<pulumi.Resource>[] {
    if (mirror.generation === 1) {
        return [];
    }
    const objectName = startPositionsName(mirror);
    const positions = new kubernetes.core.v1.ConfigMap(
        `${name}-${mirror.generation}`,
        { metadata: { name: objectName, namespace: target.namespace }, data: {} },
        { ...options, ignoreChanges: ["data"] },
    );
    if (phases[phase].forward === "stopped") {
        return [positions];
    }
    // Read from the API server: what somebody else wrote into it is not in the stack's state.
    const id = positions.id.apply(() => `${target.namespace}/${objectName}`);
    const found = kubernetes.core.v1.ConfigMap.get(
        `${name}-${mirror.generation}-as-is`,
        id,
        options,
    );
    const checked = found.data.apply((data) => {
        const problem = startPositionsProblem(data, `${target.namespace}/${objectName}`);
        if (problem !== undefined) {
            throw refusal(problem);
        }
        return found;
    });
    return [positions, checked];
}
