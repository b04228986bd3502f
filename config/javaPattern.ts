/**
 * Why MirrorMaker 2 would refuse a topics or groups pattern, or undefined when it takes it.
 *
 * MirrorMaker 2 reads the setting as a Kafka list, split at commas, and joins the entries with `|`
 * into one Java regular expression. Each entry is therefore judged alone: a comma inside a
 * quantifier (`[0-9]{1,3}`) cuts the expression in two, which only shows in the worker's log.
 */
export function patternProblem(pattern: string): string | undefined {
    const entries = pattern.split(",").map((entry) => entry.trim());
    if (entries.some((entry) => entry === "")) {
        return "an entry of this comma-separated list is empty";
    }
    for (const entry of entries) {
        const reason = compileProblem(entry);
        if (reason !== undefined) {
            const cut = entries.length > 1 ? " (Kafka splits the list at every comma)" : "";
            return `"${entry}" is not a Java regular expression: ${reason}${cut}`;
        }
    }
    return undefined;
}

function compileProblem(entry: string): string | undefined {
    try {
        // The u flag makes JavaScript as strict as Java about stray braces and unknown escapes.
        new RegExp(toEcmaScript(entry), "u");
        return undefined;
    } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return text.replace(/^Invalid regular expression: .*\/u?: /, "");
    }
}

/**
 * The same expression with what only Java knows replaced by something equivalent in syntax, so
 * that JavaScript's parser can judge the rest. The result is compiled, never matched.
 */
function toEcmaScript(entry: string): string {
    return entry
        .replace(/\\Q(?:(?!\\E).)*(?:\\E|$)/gs, "x") // quoted text
        .replace(/\\(?:[pP]\{[A-Za-z_=]+\}|[pP][A-Z])/g, "\\d") // POSIX and Unicode classes
        .replace(/\\[AzZGhHRXea]/g, "\\d") // anchors and escapes of Java alone
        .replace(/\\([^A-Za-z0-9])/g, (_, char: string) => codePointEscape(char)) // \- \_ \. …
        .replace(/^\(\?[idmsuxU]+\)/, "") // leading flags such as (?i)
        .replace(/\(\?[idmsuxU]*(?:-[idmsuxU]+)?:/g, "(?:") // flags of a group
        .replace(/\(\?>/g, "(?:") // atomic group
        .replace(/([*+?}])\+/g, "$1"); // possessive quantifier
}

function codePointEscape(char: string): string {
    return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
