/*
 * The measured figures of the throughput model. A new machine or Kafka version changes this file
 * alone. Unless a figure names another source, it comes from the grid in
 * docs/reference/throughput/report.md: Kafka 4.3.1, one broker on each side, 3 partitions, 3 tasks,
 * records of 100 bytes, 2 cores that brokers and MM2 share.
 */

/** CPU time of a record from end to end: source broker, MM2 and target broker together. */
export interface CpuCost {
    /** Microseconds for each record. */
    readonly microsPerRecord: number;
    /** Microseconds for each batch of the producer: request, append and response. */
    readonly microsPerBatch: number;
    /** Microseconds for each megabyte (10^6 bytes) of records: copies, checksums, encryption. */
    readonly microsPerMegabyte: number;
}

export interface Figures {
    readonly cpu: { readonly plaintext: CpuCost; readonly tls: CpuCost };
    /** Share of that CPU time which MM2's workers use; the brokers use the rest. */
    readonly workersShareOfCpu: number;
    /**
     * CPU time of a task's single thread, which polls, converts and sends: more CPUs do not help it.
     */
    readonly taskThread: { readonly plaintext: CpuCost; readonly tls: CpuCost };
    /** Milliseconds that a broker takes for a produce request, excluding the round trip. */
    readonly produceBaseMs: number;
    /** Additional microseconds for each record of the request, on client and broker together. */
    readonly produceMicrosPerRecord: number;
    /** Additional milliseconds for each megabyte (10^6 bytes) of the request. */
    readonly produceMsPerMegabyte: number;
    /** Milliseconds that a broker takes for a fetch request when the data is available. */
    readonly fetchBaseMs: number;
    /** Round trips to the target of a Connect transaction, from send to commit. */
    readonly transactionRoundTrips: number;
    /** Milliseconds of a transaction, excluding its round trips. */
    readonly transactionBaseMs: number;
    /** Bytes in flight in a connection whose socket buffers Linux sizes. */
    readonly autotunedWindowBytes: number;
    /** Share of a link's bandwidth that carries records; the rest is TCP, IP, TLS and requests. */
    readonly usableShareOfLink: number;
    /** Bytes of a record in a batch besides key, value and headers. */
    readonly recordOverheadBytes: number;
    /** Heap of a record that awaits its acknowledgement, besides the bytes of key and value. */
    readonly objectBytesPerRecord: number;
    /** Heap of a Connect worker without tasks: classes' data, REST server, internal topics. */
    readonly workerBaseBytes: number;
    /** Heap of a mirrored partition: MM2's metrics of it, and its offset syncs. */
    readonly partitionBytes: number;
    /** Share of the heap that may be in use before the garbage collector takes the CPU. */
    readonly usableShareOfHeap: number;
}

export const FIGURES: Figures = {
    cpu: {
        // 750,000 records/s with batches of 320 KiB, 235,000 with batches of 16 KiB, both with 5 in
        // flight and no delay: 2 cores give two equations for the first two figures. The third is
        // an assumption: larger records were measured over TLS alone.
        plaintext: { microsPerRecord: 2.0, microsPerBatch: 900, microsPerMegabyte: 3000 },
        // Warm workers with the profile wan: 602,000 records/s of 100 bytes without delay, 110,000
        // of 1,000 bytes and 18,500 of 10,000 at 10 ms. With batches of 128 KiB (lan) it is
        // 493,000, and with batches of 16 KiB and 5 in flight 213,000, with a JVM that collects
        // garbage for a quarter of the time. A worker that was just started is slower:
        // docs/reference/throughput.md.
        tls: { microsPerRecord: 2.4, microsPerBatch: 600, microsPerMegabyte: 10_000 },
    },
    // With the profile wan over TLS, MM2 used 37 to 42 of the 46 to 55 s of CPU for a gigabyte, and
    // brokers and proxy the rest. The figure is a little lower, because replicas cost brokers more.
    workersShareOfCpu: 0.75,
    // A task alone, with one partition over TLS at 10 ms and the profile wan: 540,000 records/s of
    // 100 bytes. Plaintext and the megabytes are assumptions: more CPUs than a task can use, or
    // larger records in one partition, were not measured.
    taskThread: {
        plaintext: { microsPerRecord: 1.1, microsPerBatch: 20, microsPerMegabyte: 2000 },
        tls: { microsPerRecord: 1.4, microsPerBatch: 20, microsPerMegabyte: 4000 },
    },
    // One request in flight, batches of 16 KiB: 201,000 (TLS) and 270,000 records/s (plaintext)
    // without delay, 34,200 and 36,300 at 10 ms, 8,270 at 50 ms, 4,270 at 100 ms.
    produceBaseMs: 1,
    // The same with batches of 320 KiB: 138,000 and 158,000 at 50 ms, 80,500 and 83,800 at 100 ms,
    // and over TLS at 10 ms 233,000 in three partitions, 167,000 in one, 53,100 of 1,000 bytes,
    // 6,490 of 10,000. Part of this time is waiting for a CPU, most of all at 10 ms with records of
    // 100 bytes.
    produceMicrosPerRecord: 5,
    produceMsPerMegabyte: 5,
    // An assumption. The grid's series source-distance shows that a fetch waits for the round trip.
    fetchBaseMs: 1,
    // Polls of 500 at 10 ms: 55,400 records/s with 3 tasks, so 27 ms for a transaction. That is less
    // than three round trips: records and their offsets travel together, then the commit.
    transactionRoundTrips: 2,
    transactionBaseMs: 7,
    // The largest send buffer that Linux allows by default (net.ipv4.tcp_wmem). The grid cannot
    // confirm it: a proxy adds the delay, so no TCP window limits the rate there.
    autotunedWindowBytes: 4 * 2 ** 20,
    usableShareOfLink: 0.94,
    // Record format v2: lengths, attributes and deltas of a small record.
    recordOverheadBytes: 10,
    // Counted from the classes of Connect and the clients 4.3.1: SourceRecord with the maps of its
    // partition (240 bytes) and offset (90), headers, ProducerRecord, callbacks, futures,
    // SubmittedRecord, the headers of two arrays.
    objectBytesPerRecord: 700,
    // An assumption: not measured.
    workerBaseBytes: 128 * 2 ** 20,
    // Counted from the classes of MM2 4.3.1: 64 offset syncs of about 140 bytes in the checkpoint
    // task's OffsetSyncStore, 12 values of metrics of about 300.
    partitionBytes: 12 * 2 ** 10,
    // G1 starts to collect the old generation at 45 % and needs room for what lives meanwhile.
    usableShareOfHeap: 0.7,
};
