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

/** `key = value: message [rule]`, on one line whatever the value contains. */
export function formatProblem(problem: Problem): string {
    const value = problem.value === undefined ? "" : ` = ${showValue(problem.value)}`;
    return `${problem.key}${value}: ${problem.message} [${problem.rule}]`;
}

/** JSON keeps line breaks and control characters of a hostile value from reaching the terminal. */
function showValue(value: unknown): string {
    const text = JSON.stringify(value);
    return text.length <= SHOWN_VALUE_LENGTH ? text : `${text.slice(0, SHOWN_VALUE_LENGTH)}…`;
}
