import { type Command, Option } from "commander";
import type { Direction } from "../../config/reversed";
import { CommandError } from "../shared/commandError";
import { addConnectionOptions, connectionOf, wholeNumber } from "../shared/connections";
import { type OperationName, OPERATIONS } from "../shared/mirror/mirrorOperations";
import type { openMirror } from "../shared/mirror/openMirror";
import type { CommandIo } from "../shared/output";
import type { settingsForCommand } from "../shared/settings";

export interface OperationOptions {
    readonly stack: string;
    readonly direction: Direction;
    readonly epoch: number;
    /** Seconds. */
    readonly timeout: number;
}

/** Adds `kafka-dr operation`: one operation of a mirror, which other commands run as a Job. */
export function registerOperation(program: Command, io: CommandIo): void {
    const command = program
        .command("operation", { hidden: true })
        .description("One operation of a mirror, as JSON; other commands run it in Kubernetes.")
        .argument("<name>", OPERATIONS.join(", "))
        .argument("<arguments>", "JSON array")
        .requiredOption("--stack <name>", "stack of this checkout")
        .addOption(
            new Option("--direction <direction>")
                .choices(["forward", "reverse"])
                .default("forward"),
        )
        .option("--epoch <number>", "epoch of the mirror", wholeNumber(1), 1);
    addConnectionOptions(command, ["source", "target"]).action(
        (name: string, text: string, options: OperationOptions) =>
            runOperation(name, text, options, io),
    );
}

/**
 * Writes `{"result": ...}`.
 * @throws {CommandError} `badInput` for an unknown operation or arguments that are no JSON array
 */
async function runOperation(
    name: string,
    text: string,
    options: OperationOptions,
    io: CommandIo,
): Promise<void> {
    if (!isOperation(name)) {
        throw new CommandError(
            "UnknownName",
            `there is no operation "${name}"`,
            `Use one of: ${OPERATIONS.join(", ")}.`,
        );
    }
    const args = parsedArguments(text);
    const { stack, direction, epoch, timeout } = options;
    // A Job gets the connections by the ends of its mirror: --source-* is the cluster at `from`.
    const from = connectionOf("source", { ...options }, io.env);
    const to = connectionOf("target", { ...options }, io.env);
    const loaded = load();
    const mirror = loaded.openMirror({
        settings: loaded.settingsForCommand(stack),
        stack,
        direction,
        epoch,
        connections:
            direction === "forward" ? { source: from, target: to } : { source: to, target: from },
        signal: io.signal,
        timeoutMs: timeout * 1000,
    });
    const call = mirror[name].bind(mirror) as (...values: unknown[]) => Promise<unknown>;
    const result = await call(...args);
    io.stdout.write(`${JSON.stringify({ result })}\n`);
}

/** Loaded late: --help does not wait for the client of Kafka. */
function load() {
    /* eslint-disable @typescript-eslint/no-require-imports -- import() is for ES modules */
    return {
        ...(require("../shared/mirror/openMirror") as { openMirror: typeof openMirror }),
        ...(require("../shared/settings") as { settingsForCommand: typeof settingsForCommand }),
    };
    /* eslint-enable @typescript-eslint/no-require-imports */
}

function isOperation(name: string): name is OperationName {
    return OPERATIONS.some((known) => known === name);
}

/** @throws {CommandError} `badInput` */
function parsedArguments(text: string): unknown[] {
    try {
        const parsed: unknown = JSON.parse(text);
        if (Array.isArray(parsed)) {
            return parsed;
        }
    } catch {
        // The error below covers this as well as JSON of another type.
    }
    throw new CommandError(
        "WrongOption",
        `the arguments ${text} are not a JSON array`,
        "Pass [] for none.",
    );
}
