import { phases } from "../../config/phase";
import type { SiteName } from "../../config/settingsSchema";
import type { OpenTransaction } from "../../kafka/openTransactions";
import { CommandError, EXIT_CODES } from "../shared/commandError";
import { confirm } from "../shared/confirm";
import { deployedPosition } from "../shared/kubernetes/deployedPosition";
import { targetCluster } from "../shared/kubernetes/targetCluster";
import { sitesInDirection } from "../shared/mirror/ends";
import { mirrorsOf } from "../shared/mirror/openMirror";
import { unknownText } from "../shared/mirror/progress";
import type { ReachOptions } from "../shared/mirror/reachOptions";
import type { OpenTransactions, TransactionPlace } from "../shared/mirror/transactions";
import { type CommandIo, duration, number } from "../shared/output";
import { settingsForCommand } from "../shared/settings";

/** The options of `kafka-dr transactions`. */
export interface TransactionsOptions extends ReachOptions {
    readonly site: SiteName;
    readonly abort?: boolean;
    readonly topic?: string;
    readonly partition?: number;
    readonly startOffset?: number;
    readonly yes?: boolean;
    readonly json?: boolean;
}

/**
 * `kafka-dr transactions`. Exit code 3 when transactions are open, 5 when not all could be looked at.
 * @throws {CommandError} for an abort without a place or a confirmation, or of a transaction that lives
 */
export async function runTransactions(options: TransactionsOptions, io: CommandIo): Promise<void> {
    const place = placeOf(options);
    const settings = settingsForCommand(options.stack);
    const { phase, epoch } = await deployedPosition(targetCluster(settings), settings);
    const direction = phases[phase].reverse === "running" ? "reverse" : "forward";
    const end = sitesInDirection(direction).from === options.site ? "from" : "to";
    const mirror = mirrorsOf(settings, options, io)(direction, epoch);
    if (place !== undefined) {
        const where = `${place.topic}:${place.partition} from offset ${place.startOffset} on`;
        const question = `Abort the transaction in ${where}, so that its records are gone for consumers with read_committed?`;
        if (options.yes !== true && !(await confirm(question, io))) {
            throw new CommandError(
                "WrongOption",
                "the abort is not confirmed",
                "Answer yes on a terminal, or pass --yes.",
            );
        }
        await mirror.abortTransaction(end, place);
        io.stdout.write(
            options.json === true
                ? `${JSON.stringify({ aborted: place }, undefined, 2)}\n`
                : `Aborted the transaction in ${where}.\n`,
        );
        return;
    }
    const open = await mirror.transactions(end);
    io.stdout.write(
        options.json === true
            ? `${JSON.stringify(open, undefined, 2)}\n`
            : transactionsText(open, options.site, Date.now()),
    );
    const isKnown =
        open.unknown.length === 0 &&
        open.partitions.every(({ transactions }) => "known" in transactions);
    const found = open.partitions.length > 0 ? EXIT_CODES.checkFailed : EXIT_CODES.ok;
    io.exit((isKnown ? found : EXIT_CODES.unknown).code);
}

/** @throws {CommandError} for an abort without a place, or a place without --abort */
function placeOf({ abort, topic, partition, startOffset }: TransactionsOptions) {
    const place = [topic, partition, startOffset];
    if (abort !== true && place.every((part) => part === undefined)) {
        return undefined;
    }
    if (
        abort !== true ||
        topic === undefined ||
        partition === undefined ||
        startOffset === undefined
    ) {
        throw new CommandError(
            "WrongOption",
            "--abort, --topic, --partition and --start-offset belong together",
            "kafka-dr transactions without them lists the open transactions with these values.",
        );
    }
    return { topic, partition, startOffset } satisfies TransactionPlace;
}

/** The open transactions as text. @param now milliseconds since 1970 */
export function transactionsText(
    { partitions, unknown }: OpenTransactions,
    site: SiteName,
    now: number,
): string {
    const lines = partitions.flatMap(
        ({ topic, partition, stableOffset, endOffset, transactions }) => [
            `${topic}:${partition}: ${number(endOffset - stableOffset)} offsets from ${stableOffset} on wait behind a transaction`,
            ...("known" in transactions
                ? transactions.known.map((open) => `  ${transactionText(open, now)}`)
                : [`  not known which: ${transactions.unknown}`]),
        ],
    );
    const unseen = unknown.length === 0 ? [] : [`Not known: ${unknownText(unknown)}`];
    const none = [`No transaction is open in the mirrored topics of the ${site}.`];
    const text = [...lines, ...unseen];
    return `${(text.length === 0 ? none : text).join("\n")}\n`;
}

function transactionText(
    { producerId, startOffset, lastTimestamp, coordinator }: OpenTransaction,
    now: number,
): string {
    const producer = `producer ${producerId} from offset ${startOffset} on`;
    const age = duration(Math.max(0, (now - lastTimestamp) / 1000));
    if ("unknown" in coordinator) {
        return `${producer}: not known whether it hangs (${coordinator.unknown})`;
    }
    if (coordinator.known === null) {
        return `${producer}: hangs, its last record is ${age} old; no coordinator will end it, --abort does`;
    }
    const { transactionalId, state, startedAt, timeoutMs } = coordinator.known;
    return `${producer}: ${transactionalId} is ${state} since ${new Date(startedAt).toISOString()}; its coordinator aborts it at ${new Date(startedAt + timeoutMs).toISOString()}`;
}
