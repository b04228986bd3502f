import { CommandError } from "../shared/commandError";
import { connectionOf } from "../shared/connections";
import type { CommandIo } from "../shared/output";
import { settingsForCommand } from "../shared/settings";
import { openMirror } from "../shared/mirror/openMirror";
import type { OperationCommandOptions } from "./operationCommand";
import { isOperation, OPERATIONS } from "./operations";

/**
 * `kafka-dr operation`: writes `{"result": ...}`.
 * @throws {CommandError} `badInput` for an unknown operation or arguments that are no JSON array
 */
export async function runOperation(
    name: string,
    text: string,
    options: OperationCommandOptions,
    io: CommandIo,
): Promise<void> {
    if (!isOperation(name)) {
        throw new CommandError(
            "badInput",
            `there is no operation "${name}"`,
            `There are: ${OPERATIONS.join(", ")}.`,
        );
    }
    const { direction, epoch, timeout } = options;
    // A Job is given its connections as those of the mirror: the one it copies from is the source.
    const [source, target] =
        direction === "forward" ? (["source", "target"] as const) : (["target", "source"] as const);
    const mirror = openMirror({
        settings: settingsForCommand(options.stack),
        direction,
        epoch,
        connections: {
            source: connectionOf(source, { ...options }, io.env),
            target: connectionOf(target, { ...options }, io.env),
        },
        signal: io.signal,
        timeoutMs: timeout * 1000,
    });
    const call = mirror[name].bind(mirror) as (...args: unknown[]) => Promise<unknown>;
    const result = await call(...parsedArguments(text));
    io.stdout.write(`${JSON.stringify({ result })}\n`);
}

function parsedArguments(text: string): unknown[] {
    try {
        const parsed: unknown = JSON.parse(text);
        if (Array.isArray(parsed)) {
            return parsed;
        }
    } catch {
        // The same as for another kind of JSON.
    }
    throw new CommandError(
        "badInput",
        `the arguments ${text} are no JSON array`,
        "Give [] for none.",
    );
}
