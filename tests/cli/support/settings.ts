import type { OperatedBed } from "../../cluster/apiServers/sharedApiServers";
import { type Namespaces, onBed } from "../../cluster/support/stacks";
import { type Change, changed, rawStack, type RawSettings } from "../../support/rawSettings";

/** The settings of a stack of the repository as it runs in the bed, with further changes. */
export function settingsOnBed(
    stack: "dev" | "prod",
    bed: OperatedBed,
    namespaces: Namespaces,
    ...changes: readonly Change[]
): RawSettings {
    return changed(rawStack(stack), ...onBed(stack, bed, namespaces), ...changes);
}
