/** Exit codes of every command, with their meaning. */
export const EXIT_CODES = {
    ok: { code: 0, meaning: "success" },
    unexpected: { code: 1, meaning: "an unexpected error" },
    badInput: { code: 2, meaning: "wrong input; nothing was changed" },
    checkFailed: { code: 3, meaning: "a check failed; the report names it" },
    unreachable: { code: 4, meaning: "a cluster is unreachable" },
    unknown: {
        code: 5,
        meaning: "something could not be looked at; the report names it, with the reason",
    },
    interrupted: { code: 130, meaning: "interrupted" },
} as const;

export type Outcome = keyof typeof EXIT_CODES;

/** An error that ends a command, with a message for the user: what is wrong, and what to do. */
export class CommandError extends Error {
    override readonly name = "CommandError";

    constructor(
        readonly outcome: Exclude<Outcome, "ok">,
        message: string,
        /** What to do, as a sentence; empty when the message includes it. */
        readonly remedy = "",
        options?: ErrorOptions,
    ) {
        super(message, options);
    }

    get exitCode(): number {
        return EXIT_CODES[this.outcome].code;
    }
}

/** The exit codes, for the end of a help text. */
export function exitCodeHelp(): string {
    const lines = Object.values(EXIT_CODES).map(
        ({ code, meaning }) => `  ${String(code).padEnd(5)}${meaning}`,
    );
    return ["Exit codes:", ...lines].join("\n");
}
