import { join } from "node:path";
import { settingsOf } from "../../drill/settings";
import { renderGolden } from "../../engine";
import { deployerPermissions } from "../../rbac/deployerPermissions";
import { manifest } from "../../rbac/manifest";
import { repositoryRoot } from "./rawSettings";
import { recordStack } from "./recordedStack";

/** The stacks whose resources are kept as golden files. */
export const GOLDEN_STACKS = ["dev", "prod"] as const;

export type GoldenStack = (typeof GOLDEN_STACKS)[number];

export function goldenFile(stack: GoldenStack): string {
    return join(repositoryRoot, "tests", "golden", `${stack}.yaml`);
}

/** The resources of a stack that is up, as the golden file must show them. */
export async function goldenText(stack: GoldenStack): Promise<string> {
    return renderGolden(await recordStack(stack));
}

export function rolesFile(stack: GoldenStack): string {
    return join(repositoryRoot, "tests", "golden", "rbac", `${stack}.yaml`);
}

/** The roles of whoever deploys a stack, as the golden file must show them. */
export function rolesText(stack: GoldenStack): string {
    const subject = { kind: "Group", name: "kafka-dr-deployers" } as const;
    return deployerPermissions(settingsOf(stack))
        .map((cluster) => manifest(stack, cluster, subject))
        .join("---\n");
}
