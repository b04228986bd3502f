import { Command, CommanderError } from "commander";
import { version } from "../package.json";
import { EXIT_CODES, exitCodeHelp } from "./shared/commandError";
import { COMMANDS, type Register } from "./commands";
import { explainFailure } from "./shared/failure";
import type { CommandIo } from "./shared/output";

/** The program with its commands; ends by an exception instead of ending the process. */
export function program(io: CommandIo, commands: readonly Register[] = COMMANDS): Command {
    const root = new Command("kafka-dr")
        .description("Disaster recovery of Kafka with MirrorMaker 2: commands for operators.")
        .version(version)
        .exitOverride()
        .configureOutput({
            writeOut: (text) => io.stdout.write(text),
            writeErr: (text) => io.stderr.write(text),
        })
        .configureHelp({ sortOptions: false })
        .showHelpAfterError("Run it with --help to see what it takes.")
        .addHelpText("after", `\n${exitCodeHelp()}\n\nAll about them: docs/reference/commands.md`);
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
        return failed(error, io);
    }
}

function failed(error: unknown, io: CommandIo): number {
    if (error instanceof CommanderError) {
        // Help that was asked for is no error; help instead of a command is.
        return error.exitCode === 0 ? EXIT_CODES.ok.code : EXIT_CODES.badInput.code;
    }
    if (io.signal.aborted) {
        io.stderr.write("kafka-dr: interrupted; nothing is left running\n");
        return EXIT_CODES.interrupted.code;
    }
    const { message, remedy, exitCode } = explainFailure(error);
    io.stderr.write(`kafka-dr: ${sentence(message)}${remedy === "" ? "" : ` ${remedy}`}\n`);
    if (io.env.KAFKA_DR_DEBUG !== undefined && error instanceof Error) {
        io.stderr.write(`${error.stack ?? ""}\n`);
    }
    return exitCode;
}

/** With an end; messages of several lines, such as wrong settings, have their own. */
function sentence(text: string): string {
    return /[.!?\]]$/.test(text) ? text : `${text}.`;
}

/** The process of its own: arguments, streams and signals of this one. */
export async function main(): Promise<void> {
    const interrupted = new AbortController();
    const onSignal = () => {
        // A second one ends the process at once.
        process.removeListener("SIGINT", onSignal);
        process.removeListener("SIGTERM", onSignal);
        interrupted.abort(new Error("interrupted"));
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
    const code = await run(process.argv.slice(2), {
        stdout: process.stdout,
        stderr: process.stderr,
        env: process.env,
        signal: interrupted.signal,
        isInteractive: process.stdin.isTTY,
        exit: () => undefined,
    });
    // Clients of a cluster that is gone would go on trying for half a minute.
    process.stdout.write("", () => process.exit(code));
}
