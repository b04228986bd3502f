import type { MirrorOperations } from "../shared/mirror/types";

/** Every operation, for those that are told which one by name. */
export const OPERATIONS = [
    "unreachable",
    "connectors",
    "stop",
    "progress",
    "mirroredOffsets",
    "ends",
    "groups",
    "verify",
    "leftovers",
    "loss",
    "checkpointSeconds",
    "clusterIds",
] as const satisfies readonly (keyof MirrorOperations)[];

export type OperationName = (typeof OPERATIONS)[number];

export function isOperation(name: string): name is OperationName {
    return OPERATIONS.some((known) => known === name);
}
