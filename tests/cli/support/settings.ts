import type { OperatedApiServers } from "../../cluster/apiServers/sharedApiServers";
import { type Namespaces, onApiServers } from "../../cluster/support/stacks";
import { type Change, changed, rawStack, type RawSettings } from "../../support/rawSettings";

/** The settings of a stack of the repository on the API servers, with further changes. */
export function settingsOnApiServers(
    stack: "dev" | "prod",
    apiServers: OperatedApiServers,
    namespaces: Namespaces,
    ...changes: readonly Change[]
): RawSettings {
    return changed(rawStack(stack), ...onApiServers(stack, apiServers, namespaces), ...changes);
}
