/** Generates the tables and commands of docs/reference/mirror-rights.md from the builders. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseSettings } from "../config/parseSettings";
import type { Settings, SiteName } from "../config/settingsSchema";
import { MISSING_RIGHTS, type MissingRight } from "../tests/support/missingRights";
import { aclsOf, mirrorRights } from "../strimzi/builders/mirrorRights";
import { rightSubject } from "../strimzi/builders/rightSubject";

const root = join(__dirname, "..");
/** The stack whose settings the examples change. */
const STACK_FILE = "Pulumi.dev.yaml";
const SITES = ["source", "target"] as const;

/**
 * The document with its generated parts, each between `<!-- begin <name> -->` and
 * `<!-- end <name> -->`.
 * @throws if the markers of a part are missing
 */
export function mirrorRightsMarkdown(current: string): string {
    const parts: Record<string, readonly string[]> = {
        "rights at the source": rightsTable("source"),
        "rights at the target": rightsTable("target"),
        "commands for names": commands("orders, payments", "billing"),
        "commands for beginnings": commands("orders-.*", "billing-.*"),
        "commands for everything": commands(".*", ".*"),
    };
    return Object.entries(parts).reduce((text, [name, lines]) => {
        const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
        const from = text.indexOf(begin);
        const to = text.indexOf(end);
        if (from < 0 || to < from) {
            throw new Error(
                `docs/reference/mirror-rights.md must have "${begin}" and, after it, "${end}"`,
            );
        }
        const body = ["", "", ...lines, "", ""].join("\n");
        return `${text.slice(0, from + begin.length)}${body}${text.slice(to)}`;
    }, current);
}

function settingsWith(mirror: Readonly<Record<string, unknown>>): Settings {
    const { config } = parse(readFileSync(join(root, STACK_FILE), "utf8")) as {
        config: Record<string, unknown>;
    };
    const own = Object.entries(config).filter(([key]) => key.startsWith("kafka-dr:"));
    const raw = Object.fromEntries(
        own.map(([key, value]) => [key.slice("kafka-dr:".length), value]),
    );
    const given = raw.mirror as Record<string, unknown> | undefined;
    return parseSettings({ ...raw, mirror: { ...given, ...mirror } }, STACK_FILE).settings;
}

function rightsTable(site: SiteName): string[] {
    return [
        "| Right | Purpose | When | Without it | Connect's REST API | Log of the worker |",
        "| --- | --- | --- | --- | --- | --- |",
        ...MISSING_RIGHTS.filter((right) => right.site === site).map(tableRow),
    ];
}

function tableRow(right: MissingRight): string {
    const { operation, on, neededWith, effect, state, log } = right;
    const conditions = Object.entries(neededWith).map(
        ([name, values]) => `\`${name}: ${(values as readonly unknown[]).join("` or `")}\``,
    );
    const cells = [
        `${operation} on the ${on}`,
        purposeOf(right),
        conditions.join(", ") || "always",
        effect,
        state,
        `\`${log}\``,
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** The purpose that `mirrorRights` gives for a right. */
function purposeOf({ site, operation, on, neededWith }: MissingRight): string {
    const needed = Object.entries(neededWith).map(([name, values]) => [
        name,
        (values as readonly unknown[])[0],
    ]);
    const settings = settingsWith({
        topicsPattern: "orders",
        groupsPattern: "billing",
        ...(Object.fromEntries(needed) as object),
    });
    const found = mirrorRights(settings)[site].find(
        (right) => right.operation === operation && rightSubject(settings, right) === on,
    );
    if (found === undefined) {
        throw new Error(`mirrorRights has no ${operation} on the ${on} at the ${site}`);
    }
    return found.purpose;
}

/** Commands that grant MM2's users their rights in clusters that the stack does not manage. */
function commands(topicsPattern: string, groupsPattern: string): string[] {
    const rights = mirrorRights(settingsWith({ topicsPattern, groupsPattern }));
    return [
        "```sh",
        ...SITES.flatMap((site) => [
            `# at the ${site}`,
            ...aclsOf(rights[site]).map(({ resource, operations }) => {
                const { type, name, patternType } = resource;
                const flag = type === "transactionalId" ? "transactional-id" : type;
                return [
                    "grant",
                    ...operations.map((operation) => `--operation ${operation}`),
                    `--${flag}${name === undefined ? "" : ` '${name}'`}`,
                    ...(patternType === "prefix" ? ["--resource-pattern-type prefixed"] : []),
                ].join(" ");
            }),
        ]),
        "```",
    ];
}
