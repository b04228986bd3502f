import { readFileSync } from "node:fs";
import { CommandError, EXIT_CODES } from "../shared/commandError";
import { mirrorsOf } from "../shared/mirror/openMirror";
import type { ReachOptions } from "../shared/mirror/reachOptions";
import type { PartitionLoss, RecoveryPoint } from "../shared/mirror/mirrorOperations";
import { number, table, type CommandIo } from "../shared/output";
import { settingsForCommand } from "../shared/settings";
import { rangesText } from "../verify/failures";

/** The options of `kafka-dr loss`. */
export interface LossOptions extends ReachOptions {
    /** File that an unplanned failover wrote. */
    readonly record: string;
    readonly json?: boolean;
}

/**
 * `kafka-dr loss`. Exit code 3 when records were lost.
 * @throws {CommandError} for a file that is not such a record, or a source that does not answer
 */
export async function runLoss(options: LossOptions, io: CommandIo): Promise<void> {
    const { recoveryPoint, epoch } = readRecord(options.record);
    const settings = settingsForCommand(options.stack);
    const mirror = mirrorsOf(settings, options, io)("forward", epoch);
    const reason = await mirror.unreachable("from");
    if (reason !== undefined) {
        throw new CommandError(
            "unreachable",
            `the source cannot be reached: ${reason}`,
            "The loss can be determined once the source is back with the data that it had.",
        );
    }
    const lost = (await mirror.loss(recoveryPoint)).filter(({ records }) => records > 0);
    const records = sumOf(lost);
    io.stdout.write(
        options.json === true
            ? `${JSON.stringify({ recoveryPointAt: recoveryPoint.at, records, partitions: lost }, undefined, 2)}\n`
            : lossText(recoveryPoint.at, lost),
    );
    io.exit((records === 0 ? EXIT_CODES.ok : EXIT_CODES.checkFailed).code);
}

function sumOf(lost: readonly PartitionLoss[]): number {
    return lost.reduce((sum, { records }) => sum + records, 0);
}

/** The lost records as text. @param lost Partitions that lost at least one record. */
export function lossText(recoveryPointAt: string, lost: readonly PartitionLoss[]): string {
    if (lost.length === 0) {
        return `The target has every record of the source up to the recovery point, ${recoveryPointAt}.\n`;
    }
    const rows = lost.map((partition) => [
        `${partition.topic}:${partition.partition}`,
        number(partition.records),
        rangesText(partition),
    ]);
    return `${number(sumOf(lost))} records of the source are missing at the target:\n\n${table([["partition", "records", "offsets of the source"], ...rows]).join("\n")}\n`;
}

const REMEDY = "Give the file that kafka-dr failover --unplanned --record wrote.";

/** @throws {CommandError} `badInput` */
function readRecord(file: string): { recoveryPoint: RecoveryPoint; epoch: number } {
    const record = parsedRecord(file);
    if (record.cut !== undefined) {
        throw new CommandError(
            "badInput",
            `the record "${file}" is from an earlier version: "cut" is now "recoveryPoint", "from.generation" is now "from.epoch"`,
            "Copy the file, rename the keys in the copy, and give the copy.",
        );
    }
    const epoch = record.from?.epoch;
    if (record.recoveryPoint === undefined || epoch === undefined) {
        throw new CommandError(
            "badInput",
            `"${file}" is not the record of an unplanned failover`,
            REMEDY,
        );
    }
    return { recoveryPoint: record.recoveryPoint, epoch };
}

interface FailoverRecord {
    readonly recoveryPoint?: RecoveryPoint;
    /** The name of `recoveryPoint` in earlier versions. */
    readonly cut?: unknown;
    readonly from?: { readonly epoch?: number };
}

/** @throws {CommandError} `badInput` */
function parsedRecord(file: string): FailoverRecord {
    try {
        const record: unknown = JSON.parse(readFileSync(file, "utf8"));
        return typeof record === "object" && record !== null ? record : {};
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new CommandError(
            "badInput",
            `the record "${file}" cannot be read: ${reason}`,
            REMEDY,
        );
    }
}
