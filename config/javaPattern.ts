/**
 * Topics and groups patterns as MirrorMaker 2 reads them: a Kafka list, split at commas, of Java
 * regular expressions, of which one must match the whole name. No npm package translates Java's
 * syntax, so this module does, as far as names of topics and groups need it.
 */

/** A Java regular expression that JavaScript cannot match. */
export class UntranslatablePatternError extends Error {
    override readonly name = "UntranslatablePatternError";
}

/** The expressions of a list. */
export function patternEntries(list: string): string[] {
    return list.split(",").map((entry) => entry.trim());
}

/**
 * Why MirrorMaker 2 would refuse a topics or groups pattern, or undefined when it accepts it.
 *
 * Each entry is checked alone: a comma inside a quantifier (`[0-9]{1,3}`) cuts the expression in
 * two, and MirrorMaker 2 reports that only in the worker's log.
 */
export function patternProblem(list: string): string | undefined {
    const entries = patternEntries(list);
    if (entries.includes("")) {
        return "an entry of this comma-separated list is empty";
    }
    for (const entry of entries) {
        const reason = syntaxProblem(entry);
        if (reason !== undefined) {
            const cut = entries.length > 1 ? " (Kafka splits the list at every comma)" : "";
            return `"${entry}" is not a Java regular expression: ${reason}${cut}`;
        }
    }
    return undefined;
}

function syntaxProblem(entry: string): string | undefined {
    try {
        const translated = translation(entry);
        new RegExp(translated.source, "u");
        // Node.js finds an expression too large only when it matches for the first time.
        wholeName(translated).test("");
        return undefined;
    } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return text.replace(/^Invalid regular expression: .*\/[iu]*: /, "");
    }
}

/**
 * Whether MirrorMaker 2 selects a name by a topics or groups pattern.
 *
 * @throws {UntranslatablePatternError} for features that JavaScript lacks: possessive quantifiers,
 * atomic groups, flags of a group, nested classes and their intersections
 */
export function patternMatcher(list: string): (name: string) => boolean {
    let ignoresCase = false;
    const expressions = patternEntries(list)
        .filter((entry) => entry !== "")
        .map((entry) => {
            const expression = toRegExp(entry, ignoresCase);
            ignoresCase ||= expression.ignoreCase;
            return expression;
        });
    return (name) => expressions.some((expression) => expression.test(name));
}

/**
 * @param ignoresCase MirrorMaker 2 joins the entries to one expression, so that `(?i)` at the
 * beginning of one holds for those behind it too.
 */
function toRegExp(entry: string, ignoresCase: boolean): RegExp {
    const translated = translation(entry);
    const { javaOnly } = translated;
    if (javaOnly !== undefined) {
        throw new UntranslatablePatternError(
            `only Java can match the expression "${entry}": it has ${javaOnly}`,
        );
    }
    return wholeName({
        ...translated,
        ignoresCase: ignoresCase || translated.ignoresCase,
    });
}

function wholeName({ source, ignoresCase }: Pick<Translation, "source" | "ignoresCase">): RegExp {
    return new RegExp(`^(?:${source})$`, ignoresCase ? "iu" : "u");
}

interface Translation {
    /**
     * Valid with the flag `u`, which makes JavaScript as strict as Java about stray braces and
     * unknown escapes, whenever the expression is valid in Java.
     */
    readonly source: string;
    readonly ignoresCase: boolean;
    /** The first feature that `source` only stands in for, so that it must not be matched. */
    readonly javaOnly: string | undefined;
}

const TOKEN = new RegExp(
    [
        String.raw`\\Q(?<quoted>.*?)(?:\\E|$)`,
        String.raw`\\(?<property>[pP](?:\{(?<long>[A-Za-z_=]+)\}|(?<short>[A-Z])))`,
        String.raw`\\(?<escape>.)`,
        String.raw`(?<flags>\(\?[a-zA-Z]*(?:-[a-zA-Z]+)?[:)])`,
        String.raw`(?<atomic>\(\?>)`,
        String.raw`(?<quantifier>[*+?]|\{\d+(?:,\d*)?\})(?<mode>[+?]?)`,
        String.raw`(?<open>\[\^?)(?<first>\]?)`,
        String.raw`(?<close>\])`,
        String.raw`(?<intersection>&&)`,
        ".",
    ].join("|"),
    "gsu",
);

/**
 * Contents of Java's classes, for the ASCII characters that names of topics and groups consist of.
 */
const PROPERTIES: Readonly<Record<string, string>> = {
    Lower: "a-z",
    Upper: "A-Z",
    Alpha: "a-zA-Z",
    Digit: "0-9",
    Alnum: "a-zA-Z0-9",
    Punct: "!-\\/:-@\\[-`\\{-~",
    XDigit: "0-9a-fA-F",
    ASCII: "\\x00-\\x7f",
    L: "a-zA-Z",
    Lu: "A-Z",
    Ll: "a-z",
    N: "0-9",
    Nd: "0-9",
    IsAlphabetic: "a-zA-Z",
    IsDigit: "0-9",
};

function translation(entry: string): Translation {
    const ignoresCase = entry.startsWith("(?i)");
    let javaOnly: string | undefined;
    let depth = 0; // of classes
    const standIn = (feature: string, source: string): string => {
        javaOnly ??= feature;
        return source;
    };
    const translated = ({ 0: text, groups = {} }: RegExpMatchArray): string => {
        const { quoted, property, long, short, escape, flags, atomic, quantifier, mode } = groups;
        const { open, first, close, intersection } = groups;
        if (quoted !== undefined) {
            return Array.from(quoted, literal).join("");
        }
        if (property !== undefined) {
            const name = long ?? short ?? "";
            const content = Object.hasOwn(PROPERTIES, name) ? PROPERTIES[name] : undefined;
            const negated = property.startsWith("P");
            if (content === undefined || (depth > 0 && negated)) {
                return standIn(`the class ${text}`, "\\d");
            }
            return depth > 0 ? content : `[${negated ? "^" : ""}${content}]`;
        }
        if (escape !== undefined) {
            return escaped(escape);
        }
        if (depth > 0) {
            if (open !== undefined) {
                depth += 1;
                return standIn("a class inside of a class", first === "]" ? literal("]") : "");
            }
            if (close !== undefined) {
                depth -= 1;
                return depth === 0 ? text : "";
            }
            return intersection === undefined ? text : standIn("an intersection of classes", text);
        }
        if (open !== undefined) {
            depth = 1;
            return `${open}${first === "]" ? literal("]") : ""}`;
        }
        if (atomic !== undefined) {
            return standIn("an atomic group", "(?:");
        }
        if (flags !== undefined && flags !== "(?:") {
            return standIn(`the flags ${flags}`, flags.endsWith(":") ? "(?:" : "");
        }
        if (mode === "+") {
            return standIn("a possessive quantifier", quantifier ?? "");
        }
        return text;
    };
    const escaped = (char: string): string => {
        if (/[AzZ]/.test(char)) {
            return ""; // The whole name is matched in any case.
        }
        if (/[GhHRXea]/.test(char)) {
            return standIn(`the escape \\${char}`, "\\d");
        }
        return /[A-Za-z0-9]/.test(char) ? `\\${char}` : literal(char);
    };
    const body = ignoresCase ? entry.slice("(?i)".length) : entry;
    const source = Array.from(body.matchAll(TOKEN), translated).join("");
    return { source, ignoresCase, javaOnly };
}

/** A character that stands for itself wherever it is. */
function literal(char: string): string {
    return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
