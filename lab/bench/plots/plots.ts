import { type CellLine, runsOf, type Runs } from "../cells";
import { headline } from "../goals";
import type { ResultFile } from "../resultFile";
import { plotStyles } from "./chart";
import { latencyPlot } from "./latencyPlot";
import { throughputPlot } from "./throughputPlot";
import { pointOf, tradeOffPlot } from "./tradeOffPlot";

/** A picture beside the report. */
export interface Plot {
    /** Its file's name. */
    readonly name: string;
    /** A description of it, the alternative text. */
    readonly title: string;
    /** Draws it: an SVG document. */
    readonly svg: () => string;
}

/** The plots of the measured data. */
export function plotsOf({ measurements }: ResultFile): Plot[] {
    const mirrored = runsOf(measurements, "mirror").filter(
        ({ cell }) => cell.series === "round-trip",
    );
    const main = headline(mirrored);
    const byRoundTrip = main.length === 0 ? ofOneWorkload(mirrored) : main;
    const latencies = ofOneWorkload(runsOf(measurements, "latency"));
    const styles = plotStyles([...byRoundTrip, ...latencies].map(({ cell }) => cell.configuration));
    const traded = byRoundTrip.filter((runs) => pointOf(runs) !== undefined);
    const plots: readonly (Plot & { readonly isMeasured: boolean })[] = [
        {
            name: "throughput.svg",
            title: "Records per second by round trip and configuration",
            svg: () => throughputPlot(byRoundTrip, styles),
            isMeasured: byRoundTrip.length > 0,
        },
        {
            name: "batch-latency.svg",
            title: "Batch size and request latency, by configuration and round trip",
            svg: () => tradeOffPlot(traded, styles),
            isMeasured: traded.length > 0,
        },
        {
            name: "latency.svg",
            title: "Latency by load and configuration",
            svg: () => latencyPlot(latencies, styles),
            isMeasured: latencies.length > 0,
        },
    ];
    return plots
        .filter(({ isMeasured }) => isMeasured)
        .map(({ name, title, svg }) => ({ name, title, svg }));
}

/** The cells with the workload of the first one, because a line of a plot shows one workload. */
function ofOneWorkload<Line extends CellLine>(runs: readonly Runs<Line>[]): Runs<Line>[] {
    const [first] = runs;
    return runs.filter(
        ({ cell }) =>
            cell.series === first?.cell.series &&
            cell.recordBytes === first.cell.recordBytes &&
            cell.payload === first.cell.payload &&
            cell.partitions === first.cell.partitions,
    );
}
