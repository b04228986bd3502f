import type { LogRecord } from "../../../kafka/recordBatches";

/** Why Kafka Connect stopped a connector or a task. */
export interface TaskFailure {
    /** The first line of Connect's stack trace. */
    readonly trace: string;
    /** The innermost cause, such as `RecordTooLargeException: The message is ...`; one line. */
    readonly reason: string;
}

/** The failure that a stack trace of Kafka Connect tells; undefined without one. */
export function taskFailureOf(trace: string | undefined): TaskFailure | undefined {
    const lines = trace?.split("\n") ?? [];
    const [first = ""] = lines;
    const causes = lines.flatMap((line) => /^Caused by: (.*)/.exec(line)?.[1] ?? []);
    return first === ""
        ? undefined
        : { trace: first, reason: withoutPackage(causes.at(-1) ?? first) };
}

/** `org.apache.kafka.common.errors.X: text` without the package. */
function withoutPackage(exception: string): string {
    return exception.replace(/^(?:[a-z_][\w$]*\.)+(?=[A-Z])/, "");
}

/** What the producer or a broker of the cluster at `to` refused a record for. */
export type Refusal =
    /** The producer: it takes this size, before compression, for too large. */
    | { readonly kind: "size"; readonly bytes: number }
    /** A broker: this timestamp is too far in the future or in the past. */
    | { readonly kind: "timestamp"; readonly timestamp: bigint }
    /** A broker: a record of the batch is beyond a limit of the topic; the text does not tell which. */
    | { readonly kind: "topic-limit" };

/**
 * The refusal that a reason tells; undefined for every other reason. The texts are those of
 * KafkaProducer and of the brokers' LogValidator (4.3.1), and they name neither topic nor offset.
 */
export function refusalOf(reason: string): Refusal | undefined {
    const size = /^RecordTooLargeException: The message is (\d+) bytes when serialized/.exec(
        reason,
    );
    if (size?.[1] !== undefined) {
        return { kind: "size", bytes: Number(size[1]) };
    }
    const time = /^InvalidTimestampException: Timestamp (-?\d+) of message/.exec(reason);
    if (time?.[1] !== undefined) {
        return { kind: "timestamp", timestamp: BigInt(time[1]) };
    }
    return /^(RecordTooLarge|InvalidTimestamp|InvalidRecord)Exception\b/.test(reason)
        ? { kind: "topic-limit" }
        : undefined;
}

/** Limits of a topic at `to`, in bytes and milliseconds; absent where there is none. */
export interface TopicLimits {
    readonly messageBytes?: number;
    readonly futureMs?: number;
    readonly pastMs?: number;
}

/** Whether a record is one that was refused. @param now milliseconds since 1970 */
export function isRefused(
    refusal: Refusal,
    record: LogRecord,
    timestamp: bigint,
    { messageBytes = Infinity, futureMs = Infinity, pastMs = Infinity }: TopicLimits,
    now: number,
): boolean {
    switch (refusal.kind) {
        case "size":
            return estimatedBytes(record) >= refusal.bytes;
        case "timestamp":
            return timestamp === refusal.timestamp;
        case "topic-limit": {
            const age = now - Number(timestamp);
            return estimatedBytes(record) > messageBytes || age > pastMs || -age > futureMs;
        }
    }
}

/** Bytes of a batch before its first record, and the most that the fields of a record take. */
const BATCH_OVERHEAD = 61;
const RECORD_OVERHEAD = 21;

/** The size of a record before compression, as KafkaProducer estimates it in advance. */
export function estimatedBytes({ key, value, headers }: LogRecord): number {
    const own = [key, value].reduce((sum, part) => sum + prefixed(part?.length), 0);
    const ofHeaders = headers.reduce(
        (sum, [name, content]) => sum + prefixed(name?.length) + prefixed(content?.length),
        varintBytes(headers.length),
    );
    return BATCH_OVERHEAD + RECORD_OVERHEAD + own + ofHeaders;
}

/** A length and as many bytes; a null has the length -1. */
function prefixed(length = -1): number {
    return varintBytes(length) + Math.max(0, length);
}

/** Bytes of a number in zigzag encoding, seven bits in each byte. */
function varintBytes(value: number): number {
    const zigzag = value < 0 ? -2 * value - 1 : 2 * value;
    return Math.max(1, Math.ceil(Math.log2(zigzag + 1) / 7));
}
