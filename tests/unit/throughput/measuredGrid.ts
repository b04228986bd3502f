import { readFileSync } from "node:fs";
import { join } from "node:path";
import { consumerOf, producerOf } from "../../../config/throughput/stackModel";
import type {
    ConsumerConfiguration,
    ProducerConfiguration,
} from "../../../config/throughput/workload";
import { type Configuration, CONFIGURATIONS, mirrorOf } from "../../../drill/bench/configurations";
import type { Cell as BenchCell } from "../../../drill/bench/result";
import { repositoryRoot } from "../../support/rawSettings";

/** One cell of the grid: a configuration, a round trip and the rates of its runs. */
export interface Cell {
    readonly name: string;
    /** Added by a proxy between MM2 and the target. */
    readonly roundTripMs: number;
    readonly producer: ProducerConfiguration;
    readonly consumer: ConsumerConfiguration;
    readonly exactlyOnce: boolean;
    readonly partitions: number;
    readonly tasks: number;
    readonly recordBytes: number;
    readonly tls: boolean;
    /** Records per second: the slowest run, the median, the fastest. */
    readonly runs: readonly number[];
}

/**
 * The series whose cells differ in what the model knows. Those of a far source are not among them:
 * with Kafka's defaults they took a second, in which a new worker is no measure.
 */
const SERIES = ["round-trip", "record-size", "partitions", "exactly-once"];

/** The cells of docs/throughput/results.json that the model predicts, as their second halves were. */
export function measuredGrid(): readonly Cell[] {
    const file = join(repositoryRoot, "docs", "throughput", "results.json");
    return cellsOf(readFileSync(file, "utf8"));
}

interface Entry {
    readonly cell: BenchCell;
    readonly secondHalfRecordsPerSecond: { min: number; median: number; max: number };
}

/** @throws {Error} for a file without cells, so that no other format passes as an empty grid */
function cellsOf(text: string): readonly Cell[] {
    const { mirror = [] } = JSON.parse(text) as { mirror?: readonly Entry[] };
    const cells = mirror
        .filter(({ cell }) => SERIES.includes(cell.series))
        .map(({ cell, secondHalfRecordsPerSecond: { min, median, max } }) => {
            const { series, configuration, roundTripMs, partitions, recordBytes, transport } = cell;
            const found = (CONFIGURATIONS as Record<string, Configuration>)[configuration];
            if (found === undefined) {
                throw new Error(`docs/throughput/results.json: no configuration ${configuration}`);
            }
            return {
                name: `${series}: ${configuration}, ${transport}, ${partitions} x ${recordBytes} B`,
                roundTripMs,
                producer: producerOf(mirrorOf(found)),
                consumer: consumerOf(mirrorOf(found)),
                exactlyOnce: found.exactlyOnce === "enabled",
                partitions,
                tasks: partitions,
                recordBytes,
                tls: transport === "tls",
                runs: [min, median, max],
            };
        });
    if (cells.length === 0) {
        throw new Error("docs/throughput/results.json has no cells: adapt its reader, cellsOf");
    }
    return cells;
}
