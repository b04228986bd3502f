import { Option, type Command } from "commander";
import { CommandError } from "../cli/commandError";
import { addConnectionOptions, connectionOf, wholeNumber } from "../cli/connections";
import type { CommandIo } from "../cli/output";
import type { Direction } from "../failover/deployment";
import { settingsForCommand } from "../settings";
import { openMirror } from "./openMirror";
import { isOperation, OPERATIONS } from "./operations";

interface OperationOptions {
    readonly stack: string;
    readonly direction: Direction;
    readonly generation: number;
    readonly timeout: number;
}

/** Adds `kafka-dr operation`: one operation of a mirror, for other commands that have a Job do it. */
export function registerOperation(program: Command, io: CommandIo): void {
    const command = program
        .command("operation", { hidden: true })
        .description("One operation of a mirror, as JSON; other commands run it inside Kubernetes.")
        .argument("<name>", OPERATIONS.join(", "))
        .argument("<arguments>", "JSON array")
        .requiredOption("--stack <name>", "stack of this checkout")
        .addOption(
            new Option("--direction <direction>")
                .choices(["forward", "reverse"])
                .default("forward"),
        )
        .option("--generation <number>", "life of the mirror", wholeNumber(1), 1);
    addConnectionOptions(command, ["source", "target"]).action(
        async (name: string, text: string, options: OperationOptions) => {
            if (!isOperation(name)) {
                throw new CommandError("badInput", `there is no operation "${name}"`);
            }
            const { direction, generation, timeout } = options;
            // A Job is given its connections as those of the mirror: the one it copies from is the source.
            const [source, target] =
                direction === "forward"
                    ? (["source", "target"] as const)
                    : (["target", "source"] as const);
            const mirror = openMirror({
                settings: settingsForCommand(options.stack),
                direction,
                generation,
                connections: {
                    source: connectionOf(source, { ...options }, io.env),
                    target: connectionOf(target, { ...options }, io.env),
                },
                signal: io.signal,
                timeoutMs: timeout * 1000,
            });
            const call = mirror[name].bind(mirror) as (...args: unknown[]) => Promise<unknown>;
            const result = await call(...(JSON.parse(text) as unknown[]));
            io.stdout.write(`${JSON.stringify({ result })}\n`);
        },
    );
}
