import { join } from "node:path";
import { renderGolden } from "../../engine";
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
