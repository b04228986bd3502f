/** Exit codes of every command, and what each of them means. */
export const EXIT_CODES = {
    ok: { code: 0, meaning: "all is as it must be" },
    unexpected: { code: 1, meaning: "an unexpected error" },
    badInput: { code: 2, meaning: "wrong input; nothing was touched" },
    checkFailed: { code: 3, meaning: "a check failed: the report says which" },
    unreachable: { code: 4, meaning: "a cluster cannot be reached" },
    interrupted: { code: 130, meaning: "interrupted" },
} as const;

export type Outcome = keyof typeof EXIT_CODES;

/** What ends a command. One message for a person: what is wrong, and what to do about it. */
export class CommandError extends Error {
    override readonly name = "CommandError";

    constructor(
        readonly outcome: Exclude<Outcome, "ok">,
        message: string,
        /** What to do, as a sentence; empty when the message says all. */
        readonly remedy = "",
        options?: ErrorOptions,
    ) {
        super(message, options);
    }

    get exitCode(): number {
        return EXIT_CODES[this.outcome].code;
    }
}

/** The exit codes as the end of a help text. */
export function exitCodeHelp(): string {
    const lines = Object.values(EXIT_CODES).map(
        ({ code, meaning }) => `  ${String(code).padEnd(5)}${meaning}`,
    );
    return ["Exit codes:", ...lines].join("\n");
}
