/** A limit of the rate of a mirror. */
interface Limit {
    /** What it is, behind "limited by". */
    readonly what: string;
    /** What raises it in the configuration of a mirror. */
    readonly remedy: string;
    /** What is left to change where the configuration has nothing more to give. */
    readonly wall: string;
}

const BY_PARTITIONS =
    "more partitions, which carry more tasks and connections, or a shorter round trip";

/** What can bind the rate of a mirror. */
export const LIMITS = {
    "round-trip": {
        what: "the round trip to the target: a partition has so many batches on their way",
        remedy: "more requests in flight, a larger batch.size or more partitions",
        wall: BY_PARTITIONS,
    },
    "request-size": {
        what: "the size of a request: it has a batch of each of its partitions up to max.request.size",
        remedy: "a larger max.request.size, or more tasks, which have connections of their own",
        wall: BY_PARTITIONS,
    },
    "buffer-memory": {
        what: "buffer.memory: what is on its way to the target stays in it",
        remedy: "a larger buffer.memory, or more tasks",
        wall: BY_PARTITIONS,
    },
    "send-buffer": {
        what: "the TCP window to the target: a connection has so many bytes on their way",
        remedy: "send.buffer.bytes -1 with socket.receive.buffer.bytes -1 of the target's brokers, or more tasks",
        wall: BY_PARTITIONS,
    },
    "fetch-size": {
        what: "the round trip to the source: a broker is asked again when its answer is processed",
        remedy: "a larger max.partition.fetch.bytes, or more tasks",
        wall: BY_PARTITIONS,
    },
    "receive-buffer": {
        what: "the TCP window from the source: a connection has so many bytes on their way",
        remedy: "receive.buffer.bytes -1 with socket.send.buffer.bytes -1 of the source's brokers, or more tasks",
        wall: BY_PARTITIONS,
    },
    tasks: {
        what: "the tasks: each has one thread that polls, converts and sends",
        remedy: "a higher tasksMax, up to the number of partitions",
        wall: "more partitions, of which each can have a task",
    },
    transactions: {
        what: "transactions: with exactlyOnceSourceSupport a task commits each poll before the next",
        remedy: "a larger max.poll.records, or more tasks",
        wall: 'more partitions, or exactlyOnceSourceSupport "disabled"',
    },
    cpu: {
        what: "the CPUs of the workers",
        remedy: "more CPUs or workers; larger batches where they are small",
        wall: "more CPUs",
    },
    link: {
        what: "the bandwidth of the link to the source",
        remedy: "more bandwidth, or compression where records are produced",
        wall: "more bandwidth, or compression where records are produced",
    },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof LIMITS;
