import { patternEntries } from "../../config/javaPattern";
import { type MirrorNaming, nameAtTarget } from "../../config/mirroredTopics";

/** A name or a prefix of names in a Kafka ACL. `*` stands for every name. */
export interface ResourcePattern {
    readonly name: string;
    readonly patternType: "literal" | "prefix";
}

/** Every topic, or every group. */
export const EVERY_NAME: ResourcePattern = { name: "*", patternType: "literal" };

/** Characters that mean themselves in a Java regular expression and in a topic's name. */
const PLAIN = /^[A-Za-z0-9_-]$/;

/**
 * The narrowest ACL resources that cover a list of Java regular expressions: a literal name if the
 * expression is one, a prefix if it starts with literal text, and every name otherwise. They may
 * cover more than the expressions but never less: MM2 does not mirror a topic that it may not
 * describe, and does not report it.
 *
 * @param pattern `topicsPattern` or `groupsPattern`: expressions separated by commas.
 */
export function aclResources(pattern: string): ResourcePattern[] {
    const found = patternEntries(pattern).flatMap(alternatives).map(resourceOf);
    const kept = found.filter(
        (one, index) =>
            !found.some(
                (other, position) =>
                    position !== index &&
                    covers(other, one) &&
                    (!covers(one, other) || position < index),
            ),
    );
    return kept.sort((one, other) => compare(one.name, other.name));
}

/**
 * The same resources under the names that topics have at the target. A prefix may stand for names that
 * MM2 keeps and for those that it renames even under the policy `identity`.
 */
export function resourcesAtTarget(
    resources: readonly ResourcePattern[],
    naming: MirrorNaming,
): readonly ResourcePattern[] {
    const prefix = `${naming.sourceAlias}${naming.replicationPolicySeparator}`;
    return resources.flatMap((resource): ResourcePattern[] => {
        const { name, patternType } = resource;
        const keepsNames = naming.replicationPolicy === "identity";
        if (name === EVERY_NAME.name) {
            return keepsNames ? [resource] : [{ name: prefix, patternType: "prefix" }];
        }
        return patternType === "literal"
            ? [{ name: nameAtTarget(naming)(name), patternType }]
            : [...(keepsNames ? [resource] : []), { name: `${prefix}${name}`, patternType }];
    });
}

/** `orders|payments` as its parts; an expression with groups or classes stays whole. */
function alternatives(expression: string): string[] {
    return /[()[\]{}]|\\Q/.test(expression) ? [expression] : expression.split("|");
}

function resourceOf(expression: string): ResourcePattern {
    const name = literalStart(expression);
    if (name.text === "") {
        return EVERY_NAME;
    }
    return { name: name.text, patternType: name.isWhole ? "literal" : "prefix" };
}

/** What every name that matches must begin with, and whether that is the whole name. */
function literalStart(expression: string): { text: string; isWhole: boolean } {
    if (hasAlternatives(expression)) {
        return { text: "", isWhole: false }; // they may begin with anything
    }
    let text = "";
    let at = 0;
    while (at < expression.length) {
        const escaped = expression[at] === "\\";
        const char = expression[at + (escaped ? 1 : 0)] ?? "";
        // Of the escapes only those of a character that is not a letter or digit mean the
        // character.
        const isPlain = escaped ? char === "." || char === "-" || char === "_" : PLAIN.test(char);
        const next = at + (escaped ? 2 : 1);
        if (!isPlain || /^[*?+{]/.test(expression.slice(next))) {
            return { text, isWhole: false };
        }
        text += char;
        at = next;
    }
    return { text, isWhole: true };
}

/** Whether there is a `|` outside of groups and classes, or anything that cannot be taken apart. */
function hasAlternatives(expression: string): boolean {
    let rest = expression.replace(/\\./g, "").replace(/\[[^\]]*\]/g, "");
    for (let before = ""; before !== rest;) {
        before = rest;
        rest = rest.replace(/\([^()]*\)/g, "");
    }
    return /[|()[\]]/.test(rest) || (expression.includes("\\Q") && expression.includes("|"));
}

/** Whether the one covers all that the other does. */
export function covers(one: ResourcePattern, other: ResourcePattern): boolean {
    if (one.name === "*") {
        return true;
    }
    return one.patternType === "prefix"
        ? other.name.startsWith(one.name)
        : other.patternType === "literal" && other.name === one.name;
}

function compare(one: string, other: string): number {
    return one < other ? -1 : Number(one > other);
}
