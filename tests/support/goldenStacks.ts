import { join } from "node:path";
import { settingsOf } from "../../cli/shared/settings";
import { type RecordingOptions, renderGolden } from "../../engine";
import { deployerPermissions } from "../../rbac/deployerPermissions";
import { manifest } from "../../rbac/manifest";
import { parseSettings } from "../../config/parseSettings";
import { PROFILE_NAMES, type ProfileName } from "../../config/throughput/profiles";
import { kafkaMirrorMaker2 } from "../../strimzi/builders/mirrorMaker2";
import { changed, rawStack, repositoryRoot } from "./rawSettings";
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

/** The resources of a deployed stack, as its golden file must show them. */
export async function goldenText(stack: GoldenStack): Promise<string> {
    return renderGolden(await recordStack(stack));
}

/** The effect of each change of phase on a stack, as its golden file must show it. */
export const PHASES_FILE = join(repositoryRoot, "tests", "golden", "phases.md");

const LAST: Step = ["mirroring", 2];

/** The changes of a whole cycle of `prod`, in Markdown as a pull request shows them. */
export async function phasesText(): Promise<string> {
    const blocks: string[] = [];
    let before: Golden | undefined;
    const steps = [...CYCLE, LAST];
    for (const [index, [phase, epoch]] of steps.entries()) {
        const result = await recordSteps("prod", steps.slice(0, index + 1), {
            backend: WITH_POSITIONS,
        });
        const after = parseGolden(renderGolden(result));
        if (before !== undefined) {
            const changes = renderMarkdown(new Map([["prod", stackChanges(before, after)]]));
            blocks.push(`# To ${phase}, epoch ${epoch}`, changes.trim());
        }
        before = after;
    }
    return `${blocks.join("\n\n")}\n`;
}

/** Where the start positions of the second epoch were written. */
const WITH_POSITIONS: RecordingOptions = {
    ...READY,
    reads: [
        { name: "kafka-dr-start-positions-2-as-is", outputs: { data: { complete: "true" } } },
        ...(READY.reads ?? []),
    ],
};

/** The settings of each profile, as its golden file must show them. */
export const PROFILES_FILE = join(repositoryRoot, "tests", "golden", "profiles.md");

/** The configuration of both connectors and the workers by profile, as far as it differs from `kafka`. */
export function profilesText(): string {
    const parts = (profile: ProfileName) => {
        const { spec } = kafkaMirrorMaker2(
            parseSettings(changed(rawStack("dev"), ["mirror/profile", profile]), "Pulumi.dev.yaml")
                .settings,
            { source: UNUSED_CONNECTION, target: UNUSED_CONNECTION },
        ) as unknown as { spec: ProfiledSpec };
        return {
            MirrorSourceConnector: spec.mirrors[0].sourceConnector.config,
            MirrorCheckpointConnector: spec.mirrors[0].checkpointConnector.config,
            workers: spec.target.config,
            "JVM (-XX)": spec.jvmOptions?.["-XX"] ?? {},
        };
    };
    const base = parts("kafka");
    const blocks = PROFILE_NAMES.map((profile) => {
        const own = parts(profile);
        const tables = Object.entries(own).flatMap(([part, config]) => {
            const before = base[part as keyof typeof base];
            const lines = [...new Set([...Object.keys(before), ...Object.keys(config)])]
                .filter((name) => before[name] !== config[name])
                .map((name) => `- \`${name}\`: ${String(config[name])}`);
            return ["", `${part}:${lines.length === 0 ? " nothing" : ""}`, "", ...lines];
        });
        return [`## ${profile}`, ...tables].join("\n").trimEnd();
    });
    const head =
        "# What each profile sets\n\nIn the stack `dev`, besides what the profile `kafka` has. `npm run golden` writes this file.";
    return `${[head, ...blocks].join("\n\n").replace(/\n{3,}/g, "\n\n")}\n`;
}

interface ProfiledSpec {
    readonly jvmOptions?: { readonly "-XX"?: Readonly<Record<string, unknown>> };
    readonly target: { readonly config: Readonly<Record<string, unknown>> };
    readonly mirrors: readonly [
        Record<
            "sourceConnector" | "checkpointConnector",
            { readonly config: Readonly<Record<string, unknown>> }
        >,
    ];
}

const UNUSED_CONNECTION = { bootstrapServers: "kafka:9092", tls: false };

export function rolesFile(stack: GoldenStack): string {
    return join(repositoryRoot, "tests", "golden", "rbac", `${stack}.yaml`);
}

/** The roles of the identity that deploys a stack, as its golden file must show them. */
export function rolesText(stack: GoldenStack): string {
    const subject = { kind: "Group", name: "kafka-dr-deployers" } as const;
    return deployerPermissions(settingsOf(stack))
        .map((cluster) => manifest(stack, cluster, subject))
        .join("---\n");
}
