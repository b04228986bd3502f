import { FIGURES } from "../../config/throughput/figures";
import { predict, type Prediction } from "../../config/throughput/model";
import { consumerOf, producerOf } from "../../config/throughput/stackModel";
import { configurationOf, mirrorOf } from "./configurations";
import { isFarSource } from "./grid";
import type { Cell } from "./result";

/**
 * The prediction of the throughput model for a cell with warm workers.
 * @param cores cores of the machine, which brokers and MM2 share; the model takes the share of MM2
 */
export function predictionOf(cell: Cell, cores: number): Prediction {
    const { partitions, recordBytes, roundTripMs, transport } = cell;
    const configuration = configurationOf(cell);
    const mirror = mirrorOf(configuration);
    return predict(
        {
            tasks: partitions,
            cpus: cores * FIGURES.workersShareOfCpu,
            exactlyOnce: configuration.exactlyOnce === "enabled",
            // Connections end at the proxy on the same machine, so TCP windows limit nothing.
            producer: { ...producerOf(mirror), sendBufferBytes: -1 },
            consumer: { ...consumerOf(mirror), receiveBufferBytes: -1 },
            sourceSendBufferBytes: -1,
            targetReceiveBufferBytes: -1,
        },
        {
            partitions,
            recordBytes,
            sourceRoundTripMs: isFarSource(cell) ? roundTripMs : 0,
            targetRoundTripMs: isFarSource(cell) ? 0 : roundTripMs,
            compressionRatio: 1,
            tls: transport === "tls",
            sourceBrokers: 1,
            targetBrokers: 1,
        },
    );
}

/**
 * Approximate rate of a run with a new worker, as a share of a warm worker's rate: the JIT takes the
 * rest of the CPU. The grid has 0.6 to 0.9.
 */
const NEW_WORKER_SHARE = 2 / 3;

/** The approximate rate of a run in records per second, which determines the size of its backlog. */
export function newWorkerRate(cell: Cell, cores: number): number {
    return NEW_WORKER_SHARE * predictionOf(cell, cores).recordsPerSecond;
}
