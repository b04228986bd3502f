import { Option, type Command } from "commander";
import { addConnectionOptions, wholeNumber } from "../shared/connections";
import type { CommandIo } from "../shared/output";
import type { Direction } from "../../config/reversed";
import { OPERATIONS } from "./operations";
import type { runOperation } from "./runOperation";

export interface OperationCommandOptions {
    readonly stack: string;
    readonly direction: Direction;
    readonly epoch: number;
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
        .option("--epoch <number>", "life of the mirror", wholeNumber(1), 1);
    addConnectionOptions(command, ["source", "target"]).action(
        async (name: string, text: string, options: OperationCommandOptions) => {
            // Whoever asks for help does not wait for a Kafka client to load.
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is for ES modules
            const loaded = require("./runOperation") as { runOperation: typeof runOperation };
            await loaded.runOperation(name, text, options, io);
        },
    );
}
