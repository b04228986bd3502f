import type { Looked } from "../../../kafka/askLeaders";
import type { ClusterView } from "../../../kafka/clusterView";
import type { ClusterLook } from "../../../kafka/logLook";
import type { OpenTransaction } from "../../../kafka/openTransactions";
import { CommandError } from "../commandError";
import { type UnknownPartition, unknownPartitions } from "./progress";

/** A partition whose last stable offset is behind its high watermark. */
export interface HeldPartition {
    readonly topic: string;
    readonly partition: number;
    readonly stableOffset: number;
    readonly endOffset: number;
    readonly transactions: Looked<readonly OpenTransaction[]>;
}

/** The transactions that are open at one cluster. */
export interface OpenTransactions {
    readonly partitions: readonly HeldPartition[];
    /** What could not be looked at. */
    readonly unknown: readonly UnknownPartition[];
}

/** Where a transaction began. */
export interface TransactionPlace {
    readonly topic: string;
    readonly partition: number;
    readonly startOffset: number;
}

/** The open transactions of the partitions that a look has seen. */
export async function transactionsIn(
    view: ClusterView,
    look: ClusterLook,
): Promise<OpenTransactions> {
    const held = look.topics.flatMap(({ name, partitions }) =>
        partitions.flatMap((log, partition) =>
            "known" in log && log.known.lastStableOffset < log.known.highWatermark
                ? [{ topic: name, partition, ...log.known }]
                : [],
        ),
    );
    const transactions = held.length === 0 ? [] : await view.openTransactions(held);
    return {
        partitions: held.map(({ topic, partition, lastStableOffset, highWatermark }, index) => ({
            topic,
            partition,
            stableOffset: lastStableOffset,
            endOffset: highWatermark,
            transactions: transactions[index] ?? { unknown: "not asked" },
        })),
        unknown: unknownPartitions(look),
    };
}

/**
 * Ends a hanging transaction with an abort. Looks again first: a transaction that its coordinator has
 * open is ended by its producer, or by its timeout.
 * @throws {CommandError} when it is not open, or does not hang, or the broker refuses
 */
export async function abortHanging(
    view: ClusterView,
    { topic, partition, startOffset }: TransactionPlace,
): Promise<void> {
    const where = `${topic}:${partition}`;
    const [looked] = await view.openTransactions([{ topic, partition }]);
    if (looked === undefined || "unknown" in looked) {
        throw new CommandError(
            "NotKnown",
            `the open transactions of ${where} are not known: ${looked?.unknown ?? "not asked"}`,
        );
    }
    const found = looked.known.find((open) => open.startOffset === startOffset);
    if (found === undefined) {
        const others = looked.known.map((open) => open.startOffset).join(", ") || "none";
        throw new CommandError(
            "UnknownName",
            `no transaction is open at offset ${startOffset} of ${where}`,
            `Open transactions begin at: ${others}.`,
        );
    }
    const { coordinator } = found;
    if ("unknown" in coordinator) {
        throw new CommandError(
            "NotKnown",
            `it is not known whether the transaction at offset ${startOffset} of ${where} hangs: ${coordinator.unknown}`,
        );
    }
    if (coordinator.known !== null) {
        const { transactionalId, state, startedAt, timeoutMs } = coordinator.known;
        throw new CommandError(
            "TransactionLives",
            `the transaction at offset ${startOffset} of ${where} does not hang: ${transactionalId} is ${state} at its coordinator`,
            `It ends with its producer, or at ${new Date(startedAt + timeoutMs).toISOString()} by transaction.timeout.ms.`,
        );
    }
    const aborted = await view.abortTransaction({ topic, partition, transaction: found });
    if ("unknown" in aborted) {
        const isDenied = aborted.unknown.includes("CLUSTER_AUTHORIZATION_FAILED");
        throw new CommandError(
            isDenied ? "MissingRight" : "Unexpected",
            `the transaction at offset ${startOffset} of ${where} was not aborted: ${aborted.unknown}`,
            isDenied
                ? "The user needs Alter on the cluster, ClusterAction before Kafka 3.8; the stack's own users for commands have neither. Name the brokers and such a user with --source-bootstrap, --target-bootstrap and the options for users."
                : "",
        );
    }
}
