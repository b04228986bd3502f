import type { z } from "zod";
import { type Problem, SettingsError } from "./problem";
import { withRecordLimits } from "./recordLimits";
import { rules } from "./rules";
import { type SectionName, sectionSchemas, type Settings } from "./settingsSchema";
import { parseShape, type ShapeResult, unknownKey } from "./shape";
import { existingSiteSchema, managedSiteSchema } from "./siteSchema";

const SECTIONS = Object.keys(sectionSchemas) as SectionName[];

export interface ParsedSettings {
    readonly settings: Settings;
    /** Settings that are allowed but probably unintended; reported without stopping. */
    readonly warnings: readonly Problem[];
}

/**
 * Turns the values of a stack's Pulumi config keys into settings.
 *
 * @param raw The value of each key of the project, without the `kafka-dr:` before its name.
 * @param stackFile The file that errors name, for example `Pulumi.dev.yaml`.
 * @throws {SettingsError} with every broken rule.
 */
export function parseSettings(
    raw: Readonly<Record<string, unknown>>,
    stackFile: string,
): ParsedSettings {
    const shapes = SECTIONS.map((name) => [name, parseSection(name, raw[name])] as const);
    const parsed = withRecordLimits(
        Object.fromEntries(shapes.map(([name, shape]) => [name, shape.value])) as Partial<Settings>,
    );
    const problems = [...unknownSections(raw), ...shapes.flatMap(([, shape]) => shape.problems)];
    const findings = rules
        .filter((rule) => rule.needs.every((name) => parsed[name] !== undefined))
        .flatMap((rule) =>
            rule.check(parsed as Settings).map((finding) => ({
                severity: rule.severity,
                problem: { rule: rule.id, ...finding },
            })),
        );
    const broken = [...problems, ...ofSeverity(findings, "error")];
    if (broken.length > 0) {
        throw new SettingsError(stackFile, withoutRepetition(broken));
    }
    return { settings: parsed as Settings, warnings: ofSeverity(findings, "warning") };
}

function parseSection(name: SectionName, raw: unknown): ShapeResult<unknown> {
    return parseShape(sectionSchema(name, raw), `kafka-dr:${name}`, raw);
}

/**
 * A site's fields depend on whether it is managed, so that errors refer to the right kind.
 */
function sectionSchema(name: SectionName, raw: unknown): z.ZodType {
    if (name !== "source" && name !== "target") {
        return sectionSchemas[name];
    }
    const existing =
        typeof raw === "object" && raw !== null && "managed" in raw && raw.managed === false;
    return existing ? existingSiteSchema : managedSiteSchema;
}

function unknownSections(raw: Readonly<Record<string, unknown>>): Problem[] {
    return Object.keys(raw)
        .filter((name) => !SECTIONS.some((known) => known === name))
        .map((name) => unknownKey(`kafka-dr:${name}`, raw[name], name, SECTIONS));
}

function ofSeverity(
    findings: readonly { severity: "error" | "warning"; problem: Problem }[],
    severity: "error" | "warning",
): Problem[] {
    return findings.filter((found) => found.severity === severity).map((found) => found.problem);
}

/** A rule that is checked for each site reports a problem of both only once. */
function withoutRepetition(problems: readonly Problem[]): Problem[] {
    const seen = new Set<string>();
    return problems.filter((problem) => {
        const identity = `${problem.rule} ${problem.key}`;
        return !seen.has(identity) && seen.add(identity);
    });
}
