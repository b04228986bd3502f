import { structuredPatch } from "diff";
import { stringify } from "yaml";
import type { PropertyChange } from "./propertyChanges";
import { CATEGORIES, nameOf, type Risk } from "./risk";
import { risks } from "./risks";
import type { ResourceChange, StackChanges } from "./stackChanges";

/**
 * GitHub refuses comments of more than 65536 characters; the limit leaves room for the text around.
 */
export const MAX_CHARACTERS = 64_000;

/** A value is cut to this many characters; a diff of lines to this many lines. */
const MAX_VALUE = 300;
const MAX_DIFF_LINES = 60;

const KINDS = ["replaced", "removed", "changed", "added"] as const;

/**
 * The effect of a change on the stacks, for its reviewer: the risks of all stacks, then each stack's
 * resources. Sections beyond the limit are left out from the end, and the last line reports that.
 *
 * @param stacks what changes, by the name of the stack
 * @param maxCharacters of the whole text
 */
export function renderMarkdown(
    stacks: ReadonlyMap<string, StackChanges>,
    maxCharacters = MAX_CHARACTERS,
): string {
    const blocks = ["## What this change does to the stacks", ...riskBlocks(stacks)];
    for (const [stack, changes] of stacks) {
        blocks.push(`### ${stack}: ${summary(changes)}`);
        for (const kind of KINDS) {
            const found = changes.resources.filter((change) => change.kind === kind);
            if (found.length > 0) {
                blocks.push(`#### ${kind[0]?.toUpperCase() ?? ""}${kind.slice(1)}`);
                blocks.push(...found.map(resourceBlock));
            }
        }
        if (changes.outputs.length > 0) {
            blocks.push(["#### Outputs", "", ...changes.outputs.map(propertyLines)].join("\n"));
        }
    }
    return fitted(blocks, maxCharacters);
}

function summary({ resources, outputs }: StackChanges): string {
    const counts = KINDS.map((kind) => {
        const count = resources.filter((change) => change.kind === kind).length;
        return count === 0 ? "" : `${count} ${kind}`;
    });
    const parts = [
        ...counts,
        outputs.length === 0 ? "" : `${outputs.length} output${outputs.length > 1 ? "s" : ""}`,
    ].filter((part) => part !== "");
    return parts.length === 0 ? "no change" : parts.join(", ");
}

function riskBlocks(stacks: ReadonlyMap<string, StackChanges>): string[] {
    const found = [...stacks].flatMap(([stack, changes]) =>
        risks(changes).map((risk) => ({ stack, risk })),
    );
    if (found.length === 0) {
        return [];
    }
    const byCategory = CATEGORIES.flatMap((category) => {
        const lines = found.filter(({ risk }) => risk.category === category);
        return lines.length === 0
            ? []
            : [
                  `**${category}**\n\n${lines.map(({ stack, risk }) => riskLine(stack, risk)).join("\n")}`,
              ];
    });
    return ["### Risks", ...byCategory];
}

function riskLine(stack: string, { resource, message }: Risk): string {
    return `- ${stack}: ${resource === undefined ? "" : `${code(resource)} `}${oneLine(message)}`;
}

function resourceBlock(change: ResourceChange): string {
    switch (change.kind) {
        case "added":
            return `${title(change.after)}\n\n${details("Definition", fenced("yaml", yaml(change.after.inputs ?? { read: change.after.read })))}`;
        case "removed":
            return title(change.before);
        default: {
            const before = nameOf(change.before);
            const after = nameOf(change.after);
            return [
                before === after ? title(change.after) : `**${code(before)} → ${code(after)}**`,
                "",
                ...change.reasons.map((reason) => `- replaced: ${oneLine(reason)}`),
                ...change.properties.map(propertyLines),
            ].join("\n");
        }
    }
}

function title(resource: Parameters<typeof nameOf>[0]): string {
    return `**${code(nameOf(resource))}**`;
}

function propertyLines({ path, before, after }: PropertyChange): string {
    const place = `- ${code(path)}`;
    if (
        typeof before === "string" &&
        typeof after === "string" &&
        `${before}${after}`.includes("\n")
    ) {
        return `${place}\n\n${indented(fenced("diff", cutLines(lineDiff(before, after))))}\n`;
    }
    if (before === undefined) {
        return `${place}: ${value(after)} added`;
    }
    return after === undefined
        ? `${place}: ${value(before)} removed`
        : `${place}: ${value(before)} → ${value(after)}`;
}

function value(of: unknown): string {
    const text = typeof of === "string" ? of : JSON.stringify(of);
    const line = oneLine(text === "" ? '""' : text);
    return code(line.length > MAX_VALUE ? `${line.slice(0, MAX_VALUE)}…` : line);
}

function cutLines(text: string): string {
    const lines = text.split("\n");
    return lines.length <= MAX_DIFF_LINES
        ? text
        : [...lines.slice(0, MAX_DIFF_LINES), `… ${lines.length - MAX_DIFF_LINES} lines more`].join(
              "\n",
          );
}

/** Text as inline code, so that none of it is rendered as Markdown. */
function code(text: string): string {
    const fence = "`".repeat(longestRun(text) + 1);
    const space = text.startsWith("`") || text.endsWith("`") ? " " : "";
    return `${fence}${space}${text}${space}${fence}`;
}

function fenced(language: string, text: string): string {
    const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
    return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

function longestRun(text: string): number {
    return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

function details(summaryText: string, content: string): string {
    return `<details><summary>${summaryText}</summary>\n\n${content}\n\n</details>`;
}

function indented(text: string): string {
    return text
        .split("\n")
        .map((line) => (line === "" ? line : `  ${line}`))
        .join("\n");
}

function yaml(object: unknown): string {
    return cutLines(stringify(object, { lineWidth: 0, blockQuote: "literal" }).trimEnd());
}

function oneLine(text: string): string {
    return text.replace(/\s*\n\s*/g, " ");
}

/** The blocks that fit, in order, and the number of those that do not. */
function fitted(blocks: readonly string[], maxCharacters: number): string {
    const whole = `${blocks.join("\n\n")}\n`;
    if (whole.length <= maxCharacters) {
        return whole;
    }
    const note = (left: number) =>
        `> Shortened: ${left} more ${left === 1 ? "section" : "sections"} did not fit. The diff of \`tests/golden/\` in this pull request has everything.`;
    const room = maxCharacters - note(blocks.length).length - 3;
    const shown: string[] = [];
    let length = 0;
    for (const block of blocks) {
        if (length + block.length + 2 > room) {
            break;
        }
        shown.push(block);
        length += block.length + 2;
    }
    return `${[...shown, note(blocks.length - shown.length)].join("\n\n")}\n`;
}

/**
 * The lines that differ between two texts, as a unified diff with three lines of context and without
 * file headers; empty when the texts are equal.
 */
export function lineDiff(before: string, after: string): string {
    // Both texts end alike, so that the package does not add "No newline at end of file".
    const { hunks } = structuredPatch("", "", `${before}\n`, `${after}\n`, "", "", { context: 3 });
    return hunks
        .flatMap(({ oldStart, newStart, lines }) => [`@@ -${oldStart} +${newStart} @@`, ...lines])
        .join("\n");
}
