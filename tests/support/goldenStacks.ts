import { join } from "node:path";
import { settingsOf } from "../../drill/settings";
import { type RecordingOptions, renderGolden } from "../../engine";
import { deployerPermissions } from "../../rbac/deployerPermissions";
import { manifest } from "../../rbac/manifest";
import { repositoryRoot } from "./rawSettings";
import { type Golden, parseGolden } from "../../scripts/review/golden";
import { renderMarkdown } from "../../scripts/review/markdown";
import { stackChanges } from "../../scripts/review/stackChanges";
import { CYCLE, READY, recordStack, recordSteps, type Step } from "./recordedStack";

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

/** What each change of phase does to a stack, as its golden file must show it. */
export const PHASES_FILE = join(repositoryRoot, "tests", "golden", "phases.md");

const LAST: Step = ["mirroring", 2];

/** The changes of a whole cycle of `prod`, in Markdown as a pull request shows them. */
export async function phasesText(): Promise<string> {
    const blocks: string[] = [];
    let before: Golden | undefined;
    const steps = [...CYCLE, LAST];
    for (const [index, [phase, generation]] of steps.entries()) {
        const result = await recordSteps("prod", steps.slice(0, index + 1), {
            backend: WITH_POSITIONS,
        });
        const after = parseGolden(renderGolden(result));
        if (before !== undefined) {
            const changes = renderMarkdown(new Map([["prod", stackChanges(before, after)]]));
            blocks.push(`# To ${phase}, generation ${generation}`, changes.trim());
        }
        before = after;
    }
    return `${blocks.join("\n\n")}\n`;
}

/** Where the start positions of the second generation were written. */
const WITH_POSITIONS: RecordingOptions = {
    ...READY,
    reads: [
        { name: "kafka-dr-start-positions-2-as-is", outputs: { data: { complete: "true" } } },
        ...(READY.reads ?? []),
    ],
};

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
