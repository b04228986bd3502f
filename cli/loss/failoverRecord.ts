import { readFileSync } from "node:fs";
import { z } from "zod";
import type { MirroredOffset } from "../../strimzi/builders/startPositions";
import type { ClusterLook } from "../../kafka/logLook";
import { CommandError } from "../shared/commandError";
import type { RecoveryPoint } from "../shared/mirror/mirrorOperations";

const REMEDY = "Give the file that kafka-dr failover --unplanned --record wrote.";

const offset = z.number().int().nonnegative();
const lookSchema = z.object({
    clusterId: z.string(),
    topics: z.array(
        z.object({
            name: z.string(),
            id: z.string().optional(),
            unknown: z.string().optional(),
            partitions: z.array(
                z.union([
                    z.object({
                        known: z.object({
                            firstOffset: offset,
                            lastStableOffset: offset,
                            highWatermark: offset,
                            leaderEpoch: z.number().int(),
                        }),
                    }),
                    z.object({ unknown: z.string() }),
                ]),
            ),
        }),
    ),
});
/** Where the logs ended, as earlier versions recorded it: without identities. */
const endsSchema = z.array(z.object({ topic: z.string(), endOffsets: z.array(offset) }));
const mirroredSchema = z.array(
    z.object({ topic: z.string(), partition: offset, offset: z.number().int() }),
);
const recordSchema = z.object({
    from: z.object({ epoch: z.number().int().positive() }),
    recoveryPoint: z.union([
        z.object({
            at: z.string(),
            target: lookSchema,
            source: lookSchema.optional(),
            mirrored: mirroredSchema.optional(),
        }),
        z.object({
            at: z.string(),
            targetEnds: endsSchema,
            sourceEnds: endsSchema.optional(),
            mirrored: mirroredSchema.optional(),
        }),
    ]),
});

/**
 * The recovery point that an unplanned failover recorded, and the epoch of the mirror before it.
 * @throws {CommandError} `badInput`
 */
export function readRecord(file: string): { recoveryPoint: RecoveryPoint; epoch: number } {
    const raw = parsedRecord(file);
    if ("cut" in raw) {
        throw new CommandError(
            "WrongRecord",
            `the record "${file}" is from an earlier version: "cut" is now "recoveryPoint", "from.generation" is now "from.epoch"`,
            "Copy the file, rename the keys in the copy, and give the copy.",
        );
    }
    const { success, data } = recordSchema.safeParse(raw);
    if (!success) {
        throw new CommandError(
            "WrongRecord",
            `"${file}" is not the record of an unplanned failover`,
            REMEDY,
        );
    }
    const { recoveryPoint, from } = data;
    return { recoveryPoint: recoveryPointOf(recoveryPoint), epoch: from.epoch };
}

function recoveryPointOf(recorded: z.output<typeof recordSchema>["recoveryPoint"]): RecoveryPoint {
    const { at, mirrored } = recorded;
    const noted: { mirrored?: readonly MirroredOffset[] } =
        mirrored === undefined ? {} : { mirrored };
    if ("target" in recorded) {
        const { target, source } = recorded;
        return {
            at,
            target: look(target),
            ...noted,
            ...(source !== undefined && { source: look(source) }),
        };
    }
    const { targetEnds, sourceEnds } = recorded;
    return {
        at,
        target: withoutIdentity(targetEnds),
        ...noted,
        ...(sourceEnds !== undefined && { source: withoutIdentity(sourceEnds) }),
    };
}

function look({ clusterId, topics }: z.output<typeof lookSchema>): ClusterLook {
    return {
        clusterId,
        topics: topics.map(({ name, id, unknown, partitions }) => ({
            name,
            id,
            ...(unknown !== undefined && { unknown }),
            partitions,
        })),
    };
}

/** Ends without ids: whether the logs are still the same shows by their numbers and records alone. */
function withoutIdentity(ends: z.output<typeof endsSchema>): ClusterLook {
    return {
        clusterId: "",
        topics: ends.map(({ topic, endOffsets }) => ({
            name: topic,
            id: undefined,
            partitions: endOffsets.map((end) => ({
                known: {
                    firstOffset: 0,
                    lastStableOffset: end,
                    highWatermark: end,
                    leaderEpoch: -1,
                },
            })),
        })),
    };
}

/** @throws {CommandError} `badInput` */
function parsedRecord(file: string): object {
    try {
        const record: unknown = JSON.parse(readFileSync(file, "utf8"));
        return typeof record === "object" && record !== null ? record : {};
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new CommandError(
            "UnreadableFile",
            `the record "${file}" cannot be read: ${reason}`,
            REMEDY,
        );
    }
}
