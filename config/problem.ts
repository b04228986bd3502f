/** An error or a warning about the settings of a stack. */
export interface Problem {
    /** Stable identifier of the rule, for example `in-flight-without-idempotence`. */
    readonly rule: string;
    /** The Pulumi config key with its path, for example `kafka-dr:mirror.tasksMax`. */
    readonly key: string;
    /** The value that breaks the rule; undefined if the key is missing. */
    readonly value?: unknown;
    /** What is allowed, and the reason or the remedy. One or two sentences. */
    readonly message: string;
}

/** Maximum length of a value in an error; the key identifies the rest. */
const SHOWN_VALUE_LENGTH = 120;

/**
 * All broken rules of a stack's settings, reported together.
 *
 * Its message has one line per problem with key, value, what is allowed and the rule's identifier.
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

/** `key = value: message [rule]`, on one line regardless of the contents. */
export function formatProblem(problem: Problem): string {
    const value = problem.value === undefined ? "" : ` = ${shorten(JSON.stringify(problem.value))}`;
    const message = shorten(problem.message, SHOWN_MESSAGE_LENGTH);
    return printable(`${shorten(problem.key)}${value}: ${message} [${problem.rule}]`);
}

/** Our longest message has about 300 characters; longer ones contain a long value. */
const SHOWN_MESSAGE_LENGTH = 600;

function shorten(text: string, length = SHOWN_VALUE_LENGTH): string {
    return text.length <= length ? text : `${text.slice(0, length)}…`;
}

/** Escapes control characters and those that change the direction of text. */
function printable(text: string): string {
    return text.replace(
        /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
