import assert from "node:assert/strict";
import { parseSettings } from "../../../config/parseSettings";
import type { ManagedSite, Settings } from "../../../config/settingsSchema";
import { type Change, changed, rawStack } from "../../support/rawSettings";

/** The settings of one of this project's stacks, with changes. */
export function settingsOf(stack: "dev" | "prod", ...changes: readonly Change[]): Settings {
    return parseSettings(changed(rawStack(stack), ...changes), "file").settings;
}

/** A site that this stack deploys. */
export function managed(
    stack: "dev" | "prod",
    side: "source" | "target",
    ...changes: Change[]
): ManagedSite {
    const site = settingsOf(stack, ...changes)[side];
    assert(site.managed);
    return site;
}

/** A target that needs no User Operator. */
export const withoutUsers: Change[] = [
    ["users", []],
    ["security", { allowInsecureListeners: true }],
    ["target/authorization", "none"],
    ["target/listeners", [{ name: "tls", port: 9093, authentication: "none" }]],
];
