import assert from "node:assert/strict";
import { FIGURES } from "../../../config/throughput/figures";
import { predict } from "../../../config/throughput/model";
import { median } from "../../../drill/bench/statistics";
import { type Cell, measuredGrid } from "./measuredGrid";
import { CONFIGURATION, WORKLOAD } from "./support";

/**
 * The prediction may be off by this factor, either way. Most cells are within 1.3. It is 1.9 times too
 * fast for twelve tasks on two CPUs, which costs more than the model knows, and 1.6 for the tutorial's
 * batches without delay over TLS, since they never fill; 2 for five requests of 16 KiB there, whose JVM
 * collects garbage for a quarter of the time. Two runs of one cell differ by up to 1.5, once
 * by 2.1.
 */
const TOLERANCE = 2.1;

/** Brokers and MM2 share them; the model's CPUs are those of MM2. */
const CORES = 2;

function predicted(cell: Cell) {
    const { roundTripMs, partitions, tasks, recordBytes, tls, exactlyOnce } = cell;
    return predict(
        {
            ...CONFIGURATION,
            tasks,
            cpus: CORES * FIGURES.workersShareOfCpu,
            exactlyOnce,
            // The connections end at the proxy on the same machine: no TCP window is short.
            producer: { ...cell.producer, sendBufferBytes: -1 },
            consumer: { ...cell.consumer, receiveBufferBytes: -1 },
            sourceSendBufferBytes: -1,
            targetReceiveBufferBytes: -1,
        },
        { ...WORKLOAD, partitions, recordBytes, tls, targetRoundTripMs: roundTripMs },
    );
}

describe("the model of throughput, against the measured grid", () => {
    const cells = measuredGrid();
    for (const cell of cells) {
        const measured = median(cell.runs);
        it(`${cell.name} at ${cell.roundTripMs} ms: ${Math.round(measured)} records/s`, () => {
            const { recordsPerSecond, limit } = predicted(cell);
            const factor = recordsPerSecond / measured;
            assert(
                factor <= TOLERANCE && factor >= 1 / TOLERANCE,
                `predicted ${Math.round(recordsPerSecond)}, limited by ${limit}: ${factor.toFixed(2)} times as fast`,
            );
        });
    }

    it("ranks the cells of one round trip as they were measured", () => {
        for (const one of cells) {
            for (const other of cells) {
                const comparable =
                    // That tasks beyond the CPUs cost is not in the model.
                    one.tasks === other.tasks &&
                    one.roundTripMs === other.roundTripMs &&
                    one.tls === other.tls &&
                    Math.min(...one.runs) > 1.5 * Math.max(...other.runs);
                if (comparable) {
                    const [faster, slower] = [predicted(one), predicted(other)];
                    assert(
                        faster.recordsPerSecond > slower.recordsPerSecond,
                        `${one.name} is not above ${other.name} at ${one.roundTripMs} ms`,
                    );
                }
            }
        }
    });
});
