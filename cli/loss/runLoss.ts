import { CommandError, EXIT_CODES } from "../shared/commandError";
import { mirrorsOf } from "../shared/mirror/openMirror";
import type { ReachOptions } from "../shared/mirror/reachOptions";
import { sitesInDirection } from "../shared/mirror/ends";
import { contradictionText } from "../shared/mirror/identity";
import type { Loss, PartitionLoss } from "../shared/mirror/mirrorOperations";
import { number, table, type CommandIo } from "../shared/output";
import { settingsForCommand } from "../shared/settings";
import { rangesText } from "../verify/failures";
import { readRecord } from "./failoverRecord";

/** The options of `kafka-dr loss`. */
export interface LossOptions extends ReachOptions {
    /** File that an unplanned failover wrote. */
    readonly record: string;
    readonly json?: boolean;
}

/**
 * `kafka-dr loss`. Exit code 3 when records were lost, 5 when none was found but not all can be known.
 * @throws {CommandError} for a file that is not such a record, or a source that does not answer
 */
export async function runLoss(options: LossOptions, io: CommandIo): Promise<void> {
    const { recoveryPoint, epoch } = readRecord(options.record);
    const settings = settingsForCommand(options.stack);
    const mirror = mirrorsOf(settings, options, io)("forward", epoch);
    const reason = await mirror.unreachable("from");
    if (reason !== undefined) {
        throw new CommandError(
            "ClusterUnreachable",
            `the source cannot be reached: ${reason}`,
            "The loss can be determined once the source is back with the data that it had.",
        );
    }
    const { partitions, unknown } = await mirror.loss(recoveryPoint);
    const lost = partitions.filter(({ records }) => records > 0);
    const records = sumOf(lost);
    io.stdout.write(
        options.json === true
            ? `${JSON.stringify({ recoveryPointAt: recoveryPoint.at, records, partitions: lost, unknown }, undefined, 2)}\n`
            : lossText(recoveryPoint.at, { partitions: lost, unknown }),
    );
    const unseen = unknown.length > 0 ? EXIT_CODES.unknown : EXIT_CODES.ok;
    io.exit((records > 0 ? EXIT_CODES.checkFailed : unseen).code);
}

function sumOf(lost: readonly PartitionLoss[]): number {
    return lost.reduce((sum, { records }) => sum + records, 0);
}

/** What was lost, and what cannot be known, as text. */
export function lossText(recoveryPointAt: string, { partitions, unknown }: Loss): string {
    if (unknown.length === 0 && partitions.length === 0) {
        return `The target has every record of the source up to the recovery point, ${recoveryPointAt}.\n`;
    }
    const rows = partitions.map((partition) => [
        `${partition.topic}:${partition.partition}`,
        number(partition.records),
        rangesText(partition),
    ]);
    const lost =
        partitions.length === 0
            ? []
            : [
                  `${number(sumOf(partitions))} records of the source are missing at the target:`,
                  "",
                  ...table([["partition", "records", "offsets of the source"], ...rows]),
              ];
    const notKnown =
        unknown.length === 0
            ? []
            : [
                  ...(partitions.length === 0 ? [] : [""]),
                  `${partitions.length === 0 ? "What" : "What else"} was lost at the recovery point, ${recoveryPointAt}, cannot be known:`,
                  "",
                  ...unknown.map(
                      (found) => `  ? ${contradictionText([found], sitesInDirection("forward"))}`,
                  ),
              ];
    return `${[...lost, ...notKnown].join("\n")}\n`;
}
