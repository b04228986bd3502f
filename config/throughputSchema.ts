import { z } from "zod";
import { integer } from "./fields";

/** A number above or from a least one on, with a message that says the unit. */
function number(least: "above 0" | "at least 0" | "at least 1", unit: string) {
    const error = `must be a number of ${least}${unit === "" ? "" : ` ${unit}`}`;
    const value = z.number({ error });
    return least === "above 0"
        ? value.positive({ error })
        : value.min(least === "at least 0" ? 0 : 1, { error });
}

/** What a stack needs of its mirror: the input of the model of throughput. */
export const throughputSchema = z
    .strictObject({
        recordsPerSecond: number("above 0", "records/s")
            .optional()
            .describe("Records per second at the busiest time. This or `megabytesPerSecond`."),
        megabytesPerSecond: number("above 0", "MB/s")
            .optional()
            .describe("The same in megabytes (10^6 bytes) of keys, values and headers."),
        recordBytes: integer(1, "byte").describe(
            "Bytes of key, value and headers of a record, uncompressed; the average.",
        ),
        partitions: integer(1, "partition").describe(
            "Partitions of all topics that are mirrored, those of other stacks too.",
        ),
        roundTripMs: number("at least 0", "ms")
            .default(0)
            .describe("Round trip between MM2, which runs next to the target, and the source."),
        targetRoundTripMs: number("at least 0", "ms")
            .default(0)
            .describe("Round trip between MM2 and the target's brokers, where they are elsewhere."),
        linkMbitPerSecond: number("above 0", "Mbit/s")
            .optional()
            .describe("What the mirror may take of the link to the source; no limit if absent."),
        compressionRatio: number("at least 1", "")
            .default(1)
            .describe("Uncompressed by compressed bytes of the records at the source."),
    })
    .superRefine(({ recordsPerSecond, megabytesPerSecond }, context) => {
        if ((recordsPerSecond === undefined) === (megabytesPerSecond === undefined)) {
            context.addIssue({
                code: "custom",
                message: "must have either recordsPerSecond or megabytesPerSecond",
                params: { rule: "throughput-rate" },
            });
        }
    });
