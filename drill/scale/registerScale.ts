import { type Command, InvalidArgumentError } from "commander";
import type { CommandIo } from "../kubernetes/io";
import { settingsOf } from "../settings";
import { scale, type Scaled } from "./scale";

interface ScaleOptions {
    readonly stack: string;
    readonly json?: boolean;
}

/** Adds `kafka-dr scale`: MM2 to another number of workers, 0 among them, and back. */
export function registerScale(program: Command, io: CommandIo): void {
    program
        .command("scale")
        .description(
            "Set the number of MirrorMaker 2's workers at once, and wait until they are there; without a number go back to kafka-dr:mirror.replicas. 0 stops the mirror.",
        )
        .argument("[replicas]", "workers; the configured number if absent", replicasOf)
        .requiredOption("--stack <name>", "stack whose MirrorMaker 2 it is")
        .option("--json", "print one JSON document")
        .addHelpText(
            "after",
            "\nExamples:\n  kafka-dr scale 0 --stack prod\n  kafka-dr scale --stack prod\n",
        )
        .action(async (replicas: number | undefined, { stack, json = false }: ScaleOptions) => {
            const scaled = await scale(settingsOf(stack), replicas, io);
            io.stdout.write(json ? `${JSON.stringify(scaled, null, 2)}\n` : scaledText(scaled));
        });
}

/** What was done, and whether the stack's settings say the same. */
export function scaledText({ mirrorMaker, replicas, configured }: Scaled): string {
    const done =
        replicas === 0
            ? `MirrorMaker 2 ${mirrorMaker} has no workers: nothing is mirrored.\n`
            : `MirrorMaker 2 ${mirrorMaker} has ${replicas} ${replicas === 1 ? "worker" : "workers"}.\n`;
    return replicas === configured
        ? `${done}That is the configured number.\n`
        : `${done}This is drift: kafka-dr:mirror.replicas is ${configured}. A plain preview does not see it; an update that changes the resource, or one with --refresh, takes it back.\n` +
              `To keep it, the reviewed way: pulumi config set --path 'kafka-dr:mirror.replicas' ${replicas}, then make up.\n`;
}

function replicasOf(text: string): number {
    if (!/^\d{1,3}$/.test(text)) {
        throw new InvalidArgumentError("must be a whole number of workers, 0 to stop the mirror");
    }
    return Number(text);
}
