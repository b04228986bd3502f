/** Exit codes of the operators' commands, as far as this folder and its neighbours use them. */
export const EXIT = {
    ok: 0,
    error: 1,
    badInput: 2,
    unreachable: 4,
    interrupted: 130,
} as const;

/** Why a command ends, for people: what and where in the message, what to do in the remedy. */
export class CommandError extends Error {
    override readonly name = "CommandError";

    constructor(
        message: string,
        readonly remedy: string,
        readonly exitCode: number = EXIT.error,
        options?: ErrorOptions,
    ) {
        super(message, options);
    }
}
