import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { phases } from "../config/phase";
import type { Settings } from "../config/settingsSchema";
import { startPositionsName } from "../strimzi/builders/names";
import { POSITIONS_COMPLETE_KEY, startPositionsProblem } from "../strimzi/builders/startPositions";
import { refusal } from "./refusal";

type Positioned = Pick<Settings, "phase" | "mirror" | "target">;

/**
 * The ConfigMap with the start offsets of a later epoch of the mirror. It is created without
 * offsets; `kafka-dr failback` adds them, makes the operator apply them and marks them as complete.
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
                // Never empty, because a preview treats missing data as unknown.
                data: { [POSITIONS_COMPLETE_KEY]: "false" },
            },
            { ...options, ignoreChanges: ["data"] },
        ),
    ];
}

/**
 * The same ConfigMap as read from the cluster, checked before a later epoch of the mirror runs:
 * without its start positions MM2 would copy everything again.
 *
 * The ConfigMap exists since the previous phase, so a preview can check it too. The check comes
 * before the new phase is recorded, because that phase cannot return to the previous one.
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
    // Read from the API server, because the stack's state does not contain the data that kafka-dr
    // wrote.
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
