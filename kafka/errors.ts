/** The first version of Kafka whose brokers know all requests that kafka-dr cannot do without. */
export const OLDEST_KAFKA = "2.8";

/** The versions of one request, both inclusive. */
export interface VersionRange {
    readonly min: number;
    readonly max: number;
}

/** A broker and this client have no version of a request in common. */
export class UnsupportedBrokerError extends Error {
    override readonly name = "UnsupportedBrokerError";
    readonly code = "UNSUPPORTED_BROKER";
    constructor(
        /** `broker 1 at my-host:9092`. */
        readonly broker: string,
        /** Kafka's name of the request, such as `Fetch`. */
        readonly request: string,
        readonly needs: VersionRange,
        /** Absent when the broker does not know the request. */
        readonly speaks?: VersionRange,
    ) {
        const isTooNew = speaks !== undefined && speaks.min > needs.max;
        const known =
            speaks === undefined
                ? `does not know ${request}`
                : isTooNew
                  ? `speaks ${request} from v${speaks.min} on`
                  : `speaks ${request} up to v${speaks.max}`;
        super(
            `${broker} ${known}, but kafka-dr needs v${needs.min} to v${needs.max}: ` +
                (isTooNew
                    ? "use a newer release of kafka-dr"
                    : `kafka-dr supports Kafka ${OLDEST_KAFKA} and later`),
        );
    }
}

/** A partition, or a whole topic, could not be looked at. */
export class PartitionUnknownError extends Error {
    override readonly name = "PartitionUnknownError";
    readonly code = "PARTITION_UNKNOWN";
    constructor(
        readonly topic: string,
        /** Undefined when nothing is known of the topic. */
        readonly partition: number | undefined,
        readonly reason: string,
    ) {
        super(
            `${topic}${partition === undefined ? "" : `:${partition}`} cannot be looked at: ${reason}`,
        );
    }
}

/** Where a reader stood in the log of a partition when it could not continue. */
export interface ReaderPosition {
    readonly topic: string;
    readonly partition: number;
    /** The next offset to read. */
    readonly offset: number;
    /** The offset after the last one to read. */
    readonly expectedEnd: number;
}

/** What a log has, as its leader last reported it. */
export interface LogState {
    readonly firstOffset: number;
    readonly lastStableOffset: number;
    readonly highWatermark: number;
}

/** A log cannot be read to the end that it had before. */
export abstract class LogReadError extends Error {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
    readonly expectedEnd: number;
    constructor(position: ReaderPosition, problem: string, options?: ErrorOptions) {
        super(`${position.topic}:${position.partition} ${problem}`, options);
        this.topic = position.topic;
        this.partition = position.partition;
        this.offset = position.offset;
        this.expectedEnd = position.expectedEnd;
    }
}

/** A log lost records at its end: an unclean leader election, or storage that was emptied. */
export class LogTruncatedError extends LogReadError {
    override readonly name = "LogTruncatedError";
    readonly code = "LOG_TRUNCATED";
    constructor(
        position: ReaderPosition,
        /** The offset at which the log now ends, or from which on it has other records. */
        readonly truncatedTo: number,
    ) {
        super(
            position,
            `was truncated: it had offsets up to ${position.expectedEnd} and is read up to ${position.offset}, but now ends, or has other records, at ${truncatedTo}`,
        );
    }
}

/** Retention, or a request, deleted the next record to read. */
export class RecordsDeletedError extends LogReadError {
    override readonly name = "RecordsDeletedError";
    readonly code = "RECORDS_DELETED";
    constructor(
        position: ReaderPosition,
        /** The first offset that the log still has. */
        readonly firstOffset: number,
    ) {
        super(
            position,
            `no longer has offset ${position.offset}, its first is ${firstOffset}: retention deleted the records before they were read; start again`,
        );
    }
}

/** A topic was deleted and created again while it was read. */
export class TopicRecreatedError extends LogReadError {
    override readonly name = "TopicRecreatedError";
    readonly code = "TOPIC_RECREATED";
    constructor(
        position: ReaderPosition,
        readonly expectedId: string,
        /** Undefined when the topic does not exist now. */
        readonly id: string | undefined,
    ) {
        super(
            position,
            id === undefined
                ? `was deleted while it was read (topic id ${expectedId})`
                : `was deleted and created again while it was read: its topic id was ${expectedId}, and is ${id}`,
        );
    }
}

/** Nothing more comes although the end is not reached. */
export class LogStalledError extends LogReadError {
    override readonly name = "LogStalledError";
    readonly code = "LOG_STALLED";
    constructor(
        position: ReaderPosition,
        readonly log: LogState,
        /** Milliseconds. */
        readonly waitedMs: number,
    ) {
        const { offset, expectedEnd } = position;
        const cause =
            log.highWatermark < expectedEnd
                ? `the log ends at ${log.highWatermark}: records were lost at its end, or its replicas have not caught up`
                : log.lastStableOffset < expectedEnd
                  ? `a transaction is open at ${log.lastStableOffset}`
                  : "the broker sends nothing, although the log ends later";
        super(
            position,
            `gave no record from offset ${offset} on for ${waitedMs / 1000} s, before the expected end ${expectedEnd}: ${cause}`,
        );
    }
}

/** Records that cannot be decoded: damaged, or of a format or codec that this client does not know. */
export class UndecodableRecordsError extends LogReadError {
    override readonly name = "UndecodableRecordsError";
    readonly code = "UNDECODABLE_RECORDS";
    constructor(position: ReaderPosition, cause: Error) {
        super(position, `cannot be read at offset ${position.offset}: ${cause.message}`, { cause });
    }
}

/**
 * Whether a broker refused a request because the client lacks a right. The client wraps the answers of
 * all brokers into one error, so this searches the causes and parts of the error.
 */
export function isAuthorizationFailure(error: unknown): boolean {
    return someError(error, ({ apiId }) => apiId?.endsWith("_AUTHORIZATION_FAILED") === true);
}

/** Whether a broker does not know the version of a request. */
export function isRefusedVersion(error: unknown): boolean {
    return someError(error, ({ apiId }) => apiId === "UNSUPPORTED_VERSION");
}

/** The innermost reason of a failed request, in one line, with Kafka's name of the error if it has one. */
export function innermostReason(error: unknown): string {
    if (error instanceof AggregateError && error.errors.length > 0) {
        return innermostReason(error.errors[0]);
    }
    if (error instanceof Error && error.cause !== undefined) {
        return innermostReason(error.cause);
    }
    const { apiId } = error as { apiId?: unknown };
    const text = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
    return typeof apiId === "string" ? `${apiId}: ${text}` : text;
}

/** Whether a condition holds for the error, one of its causes or one of its parts. */
function someError(error: unknown, condition: (error: { apiId?: string }) => boolean): boolean {
    if (!(error instanceof Error)) {
        return false;
    }
    const { apiId } = error as { apiId?: unknown };
    const parts: unknown[] = error instanceof AggregateError ? error.errors : [];
    return (
        (typeof apiId === "string" && condition({ apiId })) ||
        [error.cause, ...parts].some((inner) => someError(inner, condition))
    );
}
