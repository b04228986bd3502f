/** Latency of records, and the mirror compared with a producer alone. */
import { distinct, rateOf, rateRatio, type Runs, summaryOf, TRANSPORT_NAMES } from "../cells";
import { code, markdownTable, middle, range, withRange } from "../format";
import { producerFor } from "../goals";
import type { LatencyLine, ProducerLine } from "../result";
import { cellColumns, commonFields } from "./throughput";

interface LoadRow {
    readonly runs: Runs<LatencyLine>;
    readonly loadPercent: number;
}

/** The runs grouped by load, smallest load first. */
export function byLoad(measured: readonly Runs<LatencyLine>[]): LoadRow[] {
    return measured.flatMap(({ cell, lines }) =>
        distinct(lines.map((line) => line.loadPercent))
            .sort((one, other) => one - other)
            .map((loadPercent) => ({
                runs: { cell, lines: lines.filter((line) => line.loadPercent === loadPercent) },
                loadPercent,
            })),
    );
}

/** Median and worst latencies, a row for each configuration and load. */
export function latencyTable(measured: readonly Runs<LatencyLine>[]): string {
    const cells = measured.map(({ cell }) => cell);
    const table = markdownTable(byLoad(measured), [
        ...cellColumns<LoadRow>(cells, ({ runs }) => runs.cell),
        { head: "load", cell: ({ loadPercent }) => `${loadPercent} %` },
        {
            head: "records/s",
            cell: ({ runs }) => middle(summaryOf(runs, (line) => line.recordsPerSecond)),
        },
        { head: "p50 ms", cell: ({ runs }) => withRange(summaryOf(runs, (line) => line.p50Ms)) },
        { head: "p99 ms", cell: ({ runs }) => withRange(summaryOf(runs, (line) => line.p99Ms)) },
        { head: "max ms", cell: ({ runs }) => withRange(summaryOf(runs, (line) => line.maxMs)) },
        { head: "runs", cell: ({ runs }) => String(runs.lines.length) },
    ]);
    return [commonFields(cells), table].filter((part) => part !== "").join("\n\n");
}

/** Compares each configuration of the mirror with the producer for the same records and network. */
export function producerTable(
    mirrored: readonly Runs[],
    produced: readonly Runs<ProducerLine>[],
): string | undefined {
    const rows = mirrored
        .filter(({ cell }) => cell.series === "round-trip")
        .flatMap((runs) => {
            const producer = producerFor(runs.cell, produced);
            return producer === undefined ? [] : [{ runs, producer }];
        });
    return rows.length === 0
        ? undefined
        : markdownTable(rows, [
              ...cellColumns<(typeof rows)[number]>(
                  rows.map(({ runs }) => runs.cell),
                  ({ runs }) => runs.cell,
              ),
              { head: "mirror, records/s", cell: ({ runs }) => middle(rateOf(runs)) },
              {
                  head: "ProducerPerformance with",
                  cell: ({ producer }) => code(producer.cell.configuration),
                  isText: true,
              },
              { head: "records/s", cell: ({ producer }) => middle(rateOf(producer)) },
              { head: "min–max", cell: ({ producer }) => range(rateOf(producer)) },
              {
                  head: "mirror / producer",
                  cell: ({ runs, producer }) => withRange(rateRatio(runs, producer)),
              },
          ]);
}

/** The measurements of the producer, for a file without comparable runs of the mirror. */
export function producersAlone(produced: readonly Runs<ProducerLine>[]): string {
    return produced
        .map(
            (runs) =>
                `- ${code(runs.cell.configuration)}, ${TRANSPORT_NAMES[runs.cell.transport]}, ${runs.cell.roundTripMs} ms: ${withRange(rateOf(runs), " records/s")}`,
        )
        .join("\n");
}
