/** A Java regular expression that has no exact counterpart here. */
export class UntranslatablePatternError extends Error {
    override readonly name = "UntranslatablePatternError";
}

/** Classes of Java alone, for the ASCII characters that names of topics and groups consist of. */
const POSIX_CLASSES: Readonly<Record<string, string>> = {
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

/**
 * What MirrorMaker 2 makes of a topics or groups pattern: a list, split at commas, of Java regular
 * expressions, of which one must match the whole name.
 *
 * @throws {UntranslatablePatternError} for what JavaScript cannot do: possessive quantifiers, atomic
 * groups, flags of a group, intersections of classes
 */
export function patternMatcher(list: string): (name: string) => boolean {
    const expressions = list
        .split(",")
        .map((entry) => entry.trim())
        .filter((entry) => entry !== "")
        .map(toExpression);
    return (name) => expressions.some((expression) => expression.test(name));
}

function toExpression(entry: string): RegExp {
    const flags = /^\(\?([a-zA-Z]+)\)/.exec(entry);
    if (flags !== null && flags[1] !== "i") {
        throw untranslatable(entry, `the flags ${flags[0]}`);
    }
    const body = flags === null ? entry : entry.slice(flags[0].length);
    return new RegExp(`^(?:${translated(entry, body)})$`, flags === null ? "" : "i");
}

function translated(entry: string, body: string): string {
    const exotic = (
        [
            [/\(\?>/, "an atomic group"],
            [/\(\?[a-zA-Z-]*[a-zA-Z]:|\(\?[a-zA-Z]+\)/, "flags inside of it"],
            [/[^\\][*+?}]\+/, "a possessive quantifier"],
            [/&&/, "an intersection of classes"],
            [/\\[GhHRXNk]/, "an escape of Java alone"],
        ] as const
    ).find(([pattern]) => pattern.test(withoutQuotes(body)));
    if (exotic !== undefined) {
        throw untranslatable(entry, exotic[1]);
    }
    return body
        .replace(/\\Q((?:(?!\\E).)*)(?:\\E|$)/gs, (_all, text: string) => quoted(text))
        .replace(/\\[AzZ]/g, "") // the whole name is matched in any case
        .replace(/\\p(?:\{(\w+)\}|(\w))/g, (_all, long?: string, short?: string) => {
            const name = long ?? short ?? "";
            const found = POSIX_CLASSES[name];
            if (found === undefined || /\[[^\]]*\\p/.test(body)) {
                throw untranslatable(entry, `the class \\p{${name}}`);
            }
            return `[${found}]`;
        });
}

function withoutQuotes(body: string): string {
    return body.replace(/\\Q(?:(?!\\E).)*(?:\\E|$)|\\p\{\w+\}/gs, "x");
}

function quoted(text: string): string {
    return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function untranslatable(entry: string, what: string): UntranslatablePatternError {
    return new UntranslatablePatternError(
        `only Java can match the expression "${entry}": it has ${what}`,
    );
}
