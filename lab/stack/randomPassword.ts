import { randomInt } from "node:crypto";

const CLASSES = {
    lower: "abcdefghijklmnopqrstuvwxyz",
    upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    numeric: "0123456789",
    special: "!@#$%&*()-_=+[]{}<>:?",
} as const;

type CharacterClass = keyof typeof CLASSES;

/**
 * Generates a password as `random.RandomPassword` does from its inputs: `length` characters of the
 * classes `lower`, `upper`, `numeric` and `special`, with at least `min<Class>` of each. All classes are
 * on by default; `overrideSpecial` replaces the special characters.
 * @throws when all classes are off, or the minimums exceed the length
 */
export function randomPassword(inputs: Readonly<Record<string, unknown>>): string {
    const length = Number(inputs.length);
    if (!Number.isSafeInteger(length) || length < 1) {
        throw new Error(
            `RandomPassword: length must be a whole number of at least 1, not ${String(inputs.length)}`,
        );
    }
    const used = (Object.keys(CLASSES) as CharacterClass[])
        .filter((name) => inputs[name] !== false)
        .map((name) => ({ alphabet: alphabetOf(name, inputs), least: leastOf(name, inputs) }));
    const everything = used.map(({ alphabet }) => alphabet).join("");
    if (everything === "") {
        throw new Error("RandomPassword: one of lower, upper, numeric and special must be true");
    }
    const required = used.flatMap(({ alphabet, least }) =>
        Array.from({ length: least }, () => pick(alphabet)),
    );
    if (required.length > length) {
        throw new Error(
            `RandomPassword: length ${length} is below the ${required.length} characters that ` +
                "minLower, minUpper, minNumeric and minSpecial ask for",
        );
    }
    const rest = Array.from({ length: length - required.length }, () => pick(everything));
    return shuffle([...required, ...rest]).join("");
}

function alphabetOf(name: CharacterClass, { overrideSpecial }: Readonly<Record<string, unknown>>) {
    return name === "special" && typeof overrideSpecial === "string" && overrideSpecial !== ""
        ? overrideSpecial
        : CLASSES[name];
}

function leastOf(name: CharacterClass, inputs: Readonly<Record<string, unknown>>): number {
    const least = inputs[`min${name.charAt(0).toUpperCase()}${name.slice(1)}`];
    return typeof least === "number" ? least : 0;
}

function pick(alphabet: string): string {
    return alphabet.charAt(randomInt(alphabet.length));
}

/** The same characters in a uniformly random order. */
function shuffle(characters: readonly string[]): string[] {
    const left = [...characters];
    return characters.flatMap(() => left.splice(randomInt(left.length), 1));
}
