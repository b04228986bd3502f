import { Command, CommanderError } from "commander";
import { version } from "../package.json";
import { EXIT_CODES, exitCodeHelp } from "./shared/commandError";
import { COMMANDS, type Register } from "./commands";
import { explainFailure } from "./shared/failure";
import type { CommandIo } from "./shared/output";

/** The program with its commands. It throws instead of exiting the process. */
export function program(io: CommandIo, commands: readonly Register[] = COMMANDS): Command {
    const root = new Command("kafka-dr")
        .description("Operate Kafka disaster recovery with MirrorMaker 2.")
        .version(version)
        .exitOverride()
        .configureOutput({
            writeOut: (text) => io.stdout.write(text),
            writeErr: (text) => io.stderr.write(text),
        })
        .configureHelp({ sortOptions: false })
        .showHelpAfterError("Run the command with --help for its options.")
        .addHelpText("after", `\n${exitCodeHelp()}\n\nDocumentation: docs/reference/commands.md`);
    for (const register of commands) {
        register(root, io);
    }
    return root;
}

/** Runs one command line, without the names of the interpreter and the script. */
export async function run(
    args: readonly string[],
    io: CommandIo,
    commands?: readonly Register[],
): Promise<number> {
    let exitCode: number = EXIT_CODES.ok.code;
    const own: CommandIo = {
        ...io,
        exit: (code) => {
            exitCode = code;
        },
    };
    try {
        await program(own, commands).parseAsync([...args], { from: "user" });
        return exitCode;
    } catch (error) {
        return failed(error, io, args.includes("--json"));
    }
}

/** @param asJson Print the error as one line of JSON. */
function failed(error: unknown, io: CommandIo, asJson: boolean): number {
    if (error instanceof CommanderError) {
        // Help on request succeeds; help printed because no command was given is an error.
        return error.exitCode === 0 ? EXIT_CODES.ok.code : EXIT_CODES.badInput.code;
    }
    if (io.signal.aborted) {
        io.stderr.write("kafka-dr: interrupted; nothing is left running\n");
        return EXIT_CODES.interrupted.code;
    }
    const explained = explainFailure(error);
    const { message, remedy, code, exitCode } = explained;
    io.stderr.write(
        asJson
            ? `${JSON.stringify({ error: explained })}\n`
            : `kafka-dr: ${sentence(message)}${remedy === "" ? "" : ` ${remedy}`} [${code}]\n`,
    );
    if (io.env.KAFKA_DR_DEBUG !== undefined && error instanceof Error) {
        io.stderr.write(`${error.stack ?? ""}\n`);
    }
    return exitCode;
}

/** Adds a full stop unless the text ends with punctuation, as lists of wrong settings do. */
function sentence(text: string): string {
    return /[.!?\]]$/.test(text) ? text : `${text}.`;
}

/** Runs `kafka-dr` with the arguments, streams and signals of this process. */
export async function main(): Promise<void> {
    const interrupted = new AbortController();
    const onSignal = () => {
        // A second signal ends the process at once.
        process.removeListener("SIGINT", onSignal);
        process.removeListener("SIGTERM", onSignal);
        interrupted.abort(new Error("interrupted"));
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
    // `kafka-dr verify | head` closes the pipe. What a command does must not end half-way for that.
    for (const stream of [process.stdout, process.stderr]) {
        stream.on("error", (error: NodeJS.ErrnoException) => {
            if (error.code !== "EPIPE") {
                throw error;
            }
        });
    }
    const code = await run(process.argv.slice(2), {
        stdout: process.stdout,
        stderr: process.stderr,
        env: process.env,
        signal: interrupted.signal,
        isInteractive: process.stdin.isTTY,
        exit: () => undefined,
    });
    // Otherwise clients of an unreachable cluster keep retrying for half a minute.
    process.stdout.write("", () => process.exit(code));
}
