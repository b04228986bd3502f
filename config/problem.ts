/** One thing that is wrong, or doubtful, in the settings of a stack. */
export interface Problem {
    /** Stable identifier of the rule, for example `in-flight-without-idempotence`. */
    readonly rule: string;
    /** The Pulumi config key with its path, for example `kafka-dr:mirror.tasksMax`. */
    readonly key: string;
    /** The value that breaks the rule; undefined where the key is missing. */
    readonly value?: unknown;
    /** What is allowed, and why or what to do. One or two sentences. */
    readonly message: string;
}

/** The longest piece of a value that an error repeats; the key says where the rest is. */
const SHOWN_VALUE_LENGTH = 120;

/**
 * All broken rules of a stack's settings, reported together.
 *
 * Its message is meant for the terminal: one entry per problem with the key, the value, what is
 * allowed and the rule's identifier.
 */
export class SettingsError extends Error {
    override readonly name = "SettingsError";

    constructor(
        readonly stackFile: string,
        readonly problems: readonly Problem[],
    ) {
        super(describe(stackFile, problems));
    }
}

function describe(stackFile: string, problems: readonly Problem[]): string {
    const count = problems.length === 1 ? "1 setting is" : `${problems.length} settings are`;
    return [`${stackFile}: ${count} wrong; nothing was changed.`, ...problems.map(line)].join("\n");
}

function line(problem: Problem): string {
    return `  ${formatProblem(problem)}`;
}

/** `key = value: message [rule]`, on one line whatever key, value and message contain. */
export function formatProblem(problem: Problem): string {
    const value = problem.value === undefined ? "" : ` = ${shorten(JSON.stringify(problem.value))}`;
    const message = shorten(problem.message, SHOWN_MESSAGE_LENGTH);
    return printable(`${shorten(problem.key)}${value}: ${message} [${problem.rule}]`);
}

/** The longest message of our own has some 300 characters; more come from a value in it. */
const SHOWN_MESSAGE_LENGTH = 600;

function shorten(text: string, length = SHOWN_VALUE_LENGTH): string {
    return text.length <= length ? text : `${text.slice(0, length)}…`;
}

/** Control characters and those that turn the direction of a line, written as escapes. */
function printable(text: string): string {
    return text.replace(
        /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
