import { FIGURES } from "../../config/throughput/figures";
import { predict, type Prediction } from "../../config/throughput/model";
import { consumerOf, producerOf } from "../../config/throughput/stackModel";
import { configurationOf, mirrorOf } from "./configurations";
import { isFarSource } from "./grid";
import type { Cell } from "./result";

/**
 * What the model of throughput expects of a cell, when the workers are warm.
 * @param cores of the machine, which brokers and MM2 share; the model's CPUs are those of MM2
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
            // The connections end at the proxy on the same machine: no TCP window is short.
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
 * About the share of a warm worker's rate that a run has which begins with a new one: the JIT takes the
 * rest of the CPU. In the grid 0.6 to 0.9.
 */
const NEW_WORKER_SHARE = 2 / 3;

/** About how many records a second a run mirrors, to give it a backlog of the right size. */
export function newWorkerRate(cell: Cell, cores: number): number {
    return NEW_WORKER_SHARE * predictionOf(cell, cores).recordsPerSecond;
}
