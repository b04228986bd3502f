import { z } from "zod";
import type {
    Cell,
    FailureLine,
    JvmUsage,
    LatencyLine,
    MachineLine,
    MirrorLine,
    ProducerLine,
    ProxyLine,
    ResultLine,
} from "./result";

/** A schema for each field of an interface: a missing or additional field does not compile. */
type Fields<T> = { readonly [K in keyof T]-?: z.ZodType<T[K]> };

// Messages follow the name of the field and precede the wrong value.
const text = z.string({ error: "must be text" }).min(1, { error: "must not be empty" });
const wholeError = { error: "must be a whole number of at least 1" };
const whole = z.int(wholeError).min(1, wholeError);
const amountError = { error: "must be a number of at least 0" };
const amount = z.number(amountError).min(0, amountError);
const divisorError = { error: "must be a number above 0" };
/** A number by which others are divided. */
const divisor = z.number(divisorError).positive(divisorError);
const startedAt = z.iso.datetime({ offset: true, error: "must be a time in ISO 8601" });

function oneOf<const T extends readonly string[]>(values: T) {
    return z.enum(values, { error: `must be one of ${values.join(", ")}` });
}

const cell = z.strictObject({
    series: text,
    roundTripMs: amount,
    transport: oneOf(["tls", "plaintext"]),
    recordBytes: whole,
    payload: oneOf(["letters", "random", "text"]),
    partitions: whole,
    configuration: text,
} satisfies Fields<Cell>);

const usage = z.strictObject({
    cpuSeconds: amount,
    peakMemoryBytes: amount,
    gcPauseSeconds: amount,
} satisfies Fields<JvmUsage>);

const machine = z.strictObject({
    kind: z.literal("machine"),
    cpu: text,
    cores: whole,
    memoryBytes: divisor,
    kernel: text,
    node: text,
    java: text,
    kafka: text,
    heapMegabytes: z.strictObject({
        mirrorMaker: divisor,
        source: divisor,
        target: divisor,
    } satisfies Fields<MachineLine["heapMegabytes"]>),
    garbageCollector: text,
    commit: text,
    startedAt,
} satisfies Fields<MachineLine>);

const measurement = { cell, repetition: whole, startedAt };

const mirror = z.strictObject({
    kind: z.literal("mirror"),
    ...measurement,
    records: whole,
    seconds: divisor,
    secondHalfSeconds: divisor,
    megabytes: divisor,
    startSeconds: amount,
    measuredRoundTripMs: amount,
    batchSizeAvg: amount.nullable(),
    requestLatencyAvgMs: amount.nullable(),
    recordsLagMax: amount.nullable(),
    jvms: z.strictObject({
        mirrorMaker: usage,
        source: usage,
        target: usage,
    } satisfies Fields<MirrorLine["jvms"]>),
    proxyCpuSeconds: amount,
} satisfies Fields<MirrorLine>);

const latency = z.strictObject({
    kind: z.literal("latency"),
    ...measurement,
    loadPercent: divisor,
    maximumRecordsPerSecond: divisor,
    recordsPerSecond: divisor,
    seconds: divisor,
    p50Ms: amount,
    p99Ms: amount,
    maxMs: amount,
} satisfies Fields<LatencyLine>);

const producer = z.strictObject({
    kind: z.literal("producer"),
    ...measurement,
    records: whole,
    seconds: divisor,
} satisfies Fields<ProducerLine>);

const proxy = z.strictObject({
    kind: z.literal("proxy"),
    repetition: whole,
    startedAt,
    megabytesPerSecond: divisor,
} satisfies Fields<ProxyLine>);

const failure = z.strictObject({
    kind: z.literal("failure"),
    measurement: oneOf(["mirror", "latency", "producer"]),
    ...measurement,
    message: z.string({ error: "must be text" }),
} satisfies Fields<FailureLine>);

/** A line of a result file. */
export const resultLineSchema = z.discriminatedUnion(
    "kind",
    [machine, mirror, latency, producer, proxy, failure],
    { error: "must be one of machine, mirror, latency, producer, proxy, failure" },
) satisfies z.ZodType<ResultLine>;

type MustBeNever<T extends never> = T;
/** The inverse check: a type that allows values which the schema refuses does not compile. */
export type Refused = MustBeNever<Exclude<ResultLine, z.infer<typeof resultLineSchema>>>;
