/** A limit of the rate of a mirror. */
interface Limit {
    /** Description of the limit, to follow "limited by". */
    readonly what: string;
    /** Change of the mirror's configuration that raises the limit. */
    readonly remedy: string;
    /** Change outside the mirror's configuration that raises it further. */
    readonly wall: string;
}

const BY_PARTITIONS =
    "more partitions, which allow more tasks and connections, or a shorter round trip";

/** Everything that can limit the rate of a mirror. */
export const LIMITS = {
    "round-trip": {
        what: "the round trip to the target: each partition has a limited number of batches in flight",
        remedy: "more requests in flight, a larger batch.size or more partitions",
        wall: BY_PARTITIONS,
    },
    "request-size": {
        what: "the request size: a request holds one batch of each of its partitions, up to max.request.size",
        remedy: "a larger max.request.size, or more tasks, each with its own connections",
        wall: BY_PARTITIONS,
    },
    "buffer-memory": {
        what: "buffer.memory: it holds everything in flight to the target",
        remedy: "a larger buffer.memory, or more tasks",
        wall: BY_PARTITIONS,
    },
    "send-buffer": {
        what: "the TCP window to the target: each connection has a limited number of bytes in flight",
        remedy: "send.buffer.bytes -1 with socket.receive.buffer.bytes -1 of the target's brokers, or more tasks",
        wall: BY_PARTITIONS,
    },
    "fetch-size": {
        what: "the round trip to the source: the consumer fetches again after it has processed the last response",
        remedy: "a larger max.partition.fetch.bytes, or more tasks",
        wall: BY_PARTITIONS,
    },
    "receive-buffer": {
        what: "the TCP window from the source: each connection has a limited number of bytes in flight",
        remedy: "receive.buffer.bytes -1 with socket.send.buffer.bytes -1 of the source's brokers, or more tasks",
        wall: BY_PARTITIONS,
    },
    tasks: {
        what: "the tasks: each has one thread that polls, converts and sends",
        remedy: "a higher tasksMax, up to the number of partitions",
        wall: "more partitions, because each can have its own task",
    },
    transactions: {
        what: "transactions: with exactlyOnceSourceSupport a task commits each poll before the next",
        remedy: "a larger max.poll.records, or more tasks",
        wall: 'more partitions, or exactlyOnceSourceSupport "disabled"',
    },
    cpu: {
        what: "the CPUs of the workers",
        remedy: "more CPUs or workers; larger batches if they are small",
        wall: "more CPUs",
    },
    link: {
        what: "the bandwidth of the link to the source",
        remedy: "more bandwidth, or compression by the applications' producers",
        wall: "more bandwidth, or compression by the applications' producers",
    },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof LIMITS;
