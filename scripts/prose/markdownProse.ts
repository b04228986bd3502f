import { TextlintKernel, type TextlintKernelRule } from "@textlint/kernel";
import { PHRASES } from "./phrases";

/** A place in a text that should be written differently. */
export interface ProseFinding {
    /** From 1. */
    readonly line: number;
    /** From 1. */
    readonly column: number;
    readonly message: string;
}

/** The parts of Google's developer documentation style guide that raise no false alarms here. */
const GOOGLE_RULES = [
    "articles",
    "clause-order",
    "contractions",
    "plurals-parentheses",
    "possessives",
    "sentence-spacing",
] as const;

/** The packages are CommonJS that was compiled from ES modules, without types. */
function load(name: string): TextlintKernelRule["rule"] {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
    const module = require(name) as { default?: TextlintKernelRule["rule"] };
    return module.default ?? (module as unknown as TextlintKernelRule["rule"]);
}

const RULES: readonly TextlintKernelRule[] = [
    ...GOOGLE_RULES.map((name) => ({
        ruleId: `google/${name}`,
        rule: load(`@textlint-rule/textlint-rule-google-${name}`),
        options: true,
    })),
    {
        ruleId: "write-good",
        rule: load("textlint-rule-write-good"),
        // Reference pages need the passive voice, "only" and "some", and these plain words.
        options: {
            passive: false,
            adverb: false,
            weasel: false,
            whitelist: ["therefore", "minimum", "all of", "it is", "It is", "it was", "It was"],
        },
    },
    {
        ruleId: "terminology",
        rule: load("textlint-rule-terminology"),
        // README is the name of a file here.
        options: { defaultTerms: true, exclude: ["readme(s)?"] },
    },
    {
        ruleId: "phrases",
        rule: load("@textlint-rule/textlint-rule-pattern"),
        options: {
            patterns: PHRASES.map(({ pattern, instead }) => ({
                pattern: `/${pattern.replaceAll(" ", String.raw`\s+`)}/i`,
                message: `write ${instead}`,
            })),
        },
    },
];

const kernel = new TextlintKernel();
const markdown = load("@textlint/textlint-plugin-markdown") as never;

/** What the rules find in a Markdown text; code in it is not checked. */
export async function lintMarkdown(text: string): Promise<ProseFinding[]> {
    const { messages } = await kernel.lintText(text, {
        ext: ".md",
        plugins: [{ pluginId: "markdown", plugin: markdown }],
        rules: [...RULES],
    });
    return messages.map(({ loc, message, ruleId }) => {
        const { line, column } = loc.start;
        const [first = ""] = message.split("\n");
        const words = text.split("\n")[line - 1]?.slice(column - 1, column + 39) ?? "";
        return { line, column, message: `"${words}": ${first} [${ruleId}]` };
    });
}
