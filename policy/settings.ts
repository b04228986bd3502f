import { z } from "zod";

/** The config of a rule is invalid: the pack refuses to run rather than guess. */
export class RuleSettingsError extends Error {
    constructor(rule: string, problems: readonly string[]) {
        super(
            `the config of rule "${rule}" is wrong: ${problems.join("; ")}. Correct it in the file given by --policy-pack-config.`,
        );
        this.name = "RuleSettingsError";
        // The SDK sends the stack trace instead of the message, and users have no use for it.
        this.stack = this.message;
    }
}

/** The settings of a rule that applies only to production. */
export const productionSettings = {
    production: z
        .boolean()
        .optional()
        .describe("Whether this stack is production. Without it, the stack's name decides."),
    productionStacks: z
        .string()
        .refine(isPattern, { error: "must be a regular expression" })
        .default("^prod")
        .describe("Regular expression: stacks with such a name are production."),
};

const scopeSchema = z.object(productionSettings);

/**
 * Whether the rule's config makes this stack a production one. A stack without a name counts as one:
 * an unnecessary check costs less than unprotected data.
 */
export function isProduction(config: unknown, stack: string | undefined): boolean {
    const { production, productionStacks } = scopeSchema.parse(config);
    return production ?? (stack === undefined || new RegExp(productionStacks).test(stack));
}

/**
 * Reads a rule's settings from its config and fills in defaults.
 *
 * The engine checks types but accepts unknown names: a misspelled setting would silently leave the
 * default in force.
 *
 * @throws RuleSettingsError when a name is unknown or a value does not fit.
 */
export function parseSettings<Schema extends z.ZodObject>(
    rule: string,
    schema: Schema,
    config: unknown,
): z.output<Schema> {
    const parsed = schema.safeParse(config);
    if (!parsed.success) {
        const names = Object.keys(schema.shape).map((name) => `"${name}"`);
        throw new RuleSettingsError(
            rule,
            parsed.error.issues.map((issue) => problemOf(issue, names)),
        );
    }
    return parsed.data;
}

function problemOf(issue: z.core.$ZodIssue, names: readonly string[]): string {
    if (issue.code === "unrecognized_keys") {
        const known = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
        return `${issue.keys.map((key) => `"${key}"`).join(", ")} is not a setting of this rule (${known})`;
    }
    return `"${issue.path.join(".")}": ${issue.message}`;
}

function isPattern(value: string): boolean {
    try {
        new RegExp(value);
        return true;
    } catch {
        return false;
    }
}
