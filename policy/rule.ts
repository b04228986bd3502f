import { z } from "zod";
import type { Resource } from "./resource";
import { isProduction, parseSettings, productionSettings } from "./settings";
import type { Violation } from "./violation";

/** The description of a rule for people and for the engine. */
export interface RuleDescription {
    /** Kebab-case and stable: configs and exceptions name it. */
    readonly id: string;
    /** What must hold and why, in one or two sentences. */
    readonly summary: string;
    /** What to do about a violation, in general. */
    readonly remedy: string;
    /** The default of a config: `mandatory` stops an update, `advisory` warns. */
    readonly level: "mandatory" | "advisory";
    readonly severity: "low" | "medium" | "high" | "critical";
    /** `production`: it applies to stacks that count as production, see {@link isProduction}. */
    readonly scope: "every stack" | "production";
}

type Check<Subject> = (subject: Subject, config: unknown) => Violation[];

/**
 * A rule with its check of one resource or of all resources of a stack. A check takes the rule's
 * config as the engine passes it, and throws a `RuleSettingsError` when it is invalid.
 */
export type Rule = RuleDescription & {
    readonly settings: z.ZodObject;
} & (
        | { readonly looksAt: "resource"; readonly check: Check<Resource> }
        | { readonly looksAt: "stack"; readonly check: Check<readonly Resource[]> }
    );

interface Definition<Shape extends z.ZodRawShape, Subject> extends RuleDescription {
    /** Settings of this rule, besides those of its scope. Each is optional or has a default. */
    readonly settings?: Shape;
    readonly check: (
        subject: Subject,
        settings: z.output<z.ZodObject<Shape>>,
    ) => readonly Violation[];
}

/** A rule that checks each resource on its own, before it is created or changed. */
export function resourceRule<Shape extends z.ZodRawShape>(
    definition: Definition<Shape, Resource>,
): Rule {
    return { ...completed(definition), looksAt: "resource" };
}

/** A rule that needs to see several resources; it runs when all of them are known. */
export function stackRule<Shape extends z.ZodRawShape>(
    definition: Definition<Shape, readonly Resource[]>,
): Rule {
    return { ...completed(definition), looksAt: "stack" };
}

function completed<Shape extends z.ZodRawShape, Subject>({
    settings: own,
    check,
    ...description
}: Definition<Shape, Subject>) {
    const settings = z.strictObject({
        ...own,
        ...(description.scope === "production" && productionSettings),
    });
    return {
        ...description,
        settings,
        check: (subject: Subject, config: unknown): Violation[] => {
            const parsed = parseSettings(description.id, settings, config);
            // The schema has all of Shape; the additional settings of the scope do no harm.
            return [...check(subject, parsed as z.output<z.ZodObject<Shape>>)];
        },
    };
}

/** Whether a rule applies to a stack. Throws a `RuleSettingsError` when its config is invalid. */
export function applies(rule: Rule, config: unknown, stack: string | undefined): boolean {
    const settings = parseSettings(rule.id, rule.settings, config);
    return rule.scope === "every stack" || isProduction(settings, stack);
}

/** Every violation that a rule finds in a stack. */
export function violationsOf(
    rule: Rule,
    resources: readonly Resource[],
    stack: string | undefined,
    config: unknown = {},
): Violation[] {
    if (!applies(rule, config, stack)) {
        return [];
    }
    return rule.looksAt === "stack"
        ? rule.check(resources, config)
        : resources.flatMap((resource) => rule.check(resource, config));
}
