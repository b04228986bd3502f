import { readFileSync } from "node:fs";
import { CommandError, EXIT_CODES } from "../shared/commandError";
import { number, table, type CommandIo } from "../shared/output";
import { mirrorsOf } from "../shared/mirror/reach";
import { settingsForCommand } from "../shared/settings";
import { rangesText } from "../verify/failures";
import type { LossCommandOptions } from "../failover/command";
import type { Cut } from "./loss";

/**
 * `kafka-dr loss`.
 * @throws {CommandError} for a record that is none, or a source that is not there
 */
export async function runLoss(options: LossCommandOptions, io: CommandIo): Promise<void> {
    const { cut, generation } = readRecord(options.record);
    const settings = settingsForCommand(options.stack);
    const mirror = mirrorsOf(settings, options, io)("forward", generation);
    const reason = await mirror.unreachable("from");
    if (reason !== undefined) {
        throw new CommandError(
            "unreachable",
            `the source cannot be reached: ${reason}`,
            "What was lost is known when the source is back with the data that it had.",
        );
    }
    const partitions = await mirror.loss(cut);
    const lost = partitions.filter(({ records }) => records > 0);
    const records = lost.reduce((sum, partition) => sum + partition.records, 0);
    if (options.json === true) {
        io.stdout.write(
            `${JSON.stringify({ cutAt: cut.at, records, partitions: lost }, undefined, 2)}\n`,
        );
    } else if (records === 0) {
        io.stdout.write(`The target has every record that the source had before ${cut.at}.\n`);
    } else {
        const rows = lost.map((partition) => [
            `${partition.topic}:${partition.partition}`,
            number(partition.records),
            rangesText(partition),
        ]);
        io.stdout.write(
            `${number(records)} records of the source are not at the target:\n\n${table([["partition", "records", "offsets of the source"], ...rows]).join("\n")}\n`,
        );
    }
    io.exit((records === 0 ? EXIT_CODES.ok : EXIT_CODES.checkFailed).code);
}

/** @throws {CommandError} `badInput` */
function readRecord(file: string): { cut: Cut; generation: number } {
    try {
        const record = JSON.parse(readFileSync(file, "utf8")) as {
            readonly cut?: Cut;
            readonly from?: { readonly generation?: number };
        };
        if (record.cut !== undefined && record.from?.generation !== undefined) {
            return { cut: record.cut, generation: record.from.generation };
        }
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new CommandError(
            "badInput",
            `the record "${file}" cannot be read: ${reason}`,
            REMEDY,
        );
    }
    throw new CommandError("badInput", `"${file}" is no record of an unplanned failover`, REMEDY);
}

const REMEDY = "It is the file that kafka-dr failover --unplanned --record wrote.";
