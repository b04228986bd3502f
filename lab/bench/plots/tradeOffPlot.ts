import type { EChartsOption, LineSeriesOption } from "echarts";
import { distinct, type Runs, summaryOf, TRANSPORT_NAMES, TRANSPORTS } from "../cells";
import {
    LOG_AXIS_STYLE,
    frame,
    inEachPanel,
    layout,
    type PlotStyle,
    namesOf,
    powersAround,
    renderSvg,
} from "./chart";

interface Point {
    readonly batch: number;
    readonly latency: number;
    readonly roundTripMs: number;
}

/** The point of a cell whose producer told both metrics; a logarithm needs them above 0. */
export function pointOf(runs: Runs): Point | undefined {
    const batch = summaryOf(runs, (line) => line.batchSizeAvg)?.median ?? 0;
    const latency = summaryOf(runs, (line) => line.requestLatencyAvgMs)?.median ?? 0;
    return batch > 0 && latency > 0
        ? { batch, latency, roundTripMs: runs.cell.roundTripMs }
        : undefined;
}

/** Size of batches against latency of requests, a panel for each transport. */
export function tradeOffPlot(runs: readonly Runs[], looks: ReadonlyMap<string, PlotStyle>): string {
    const drawn = runs.filter((own) => pointOf(own) !== undefined);
    const transports = TRANSPORTS.filter((transport) =>
        drawn.some(({ cell }) => cell.transport === transport),
    );
    const roundTrips = distinct(drawn.map(({ cell }) => cell.roundTripMs)).sort((a, b) => a - b);
    const place = layout(
        transports.map((transport) => TRANSPORT_NAMES[transport]),
        namesOf(drawn, looks),
    );
    const series = transports.flatMap((transport, panel) =>
        [...looks].flatMap(([name, look]): LineSeriesOption[] => {
            const points = drawn
                .filter(({ cell }) => cell.transport === transport && cell.configuration === name)
                .map(pointOf)
                .filter((point) => point !== undefined);
            return points.length === 0 ? [] : [lineOf(name, look, points, { panel, roundTrips })];
        }),
    );
    const points = drawn.map(pointOf).filter((point) => point !== undefined);
    const option: EChartsOption = {
        ...frame("Latency of requests by size of batches; larger marks: longer round trips", place),
        xAxis: inEachPanel(place, {
            ...LOG_AXIS_STYLE,
            ...powersAround(points.map(({ batch }) => batch)),
            name: "batch-size-avg (bytes)",
            nameGap: 30,
        }),
        yAxis: inEachPanel(place, {
            ...LOG_AXIS_STYLE,
            ...powersAround(points.map(({ latency }) => latency)),
            name: "request-latency-avg (ms)",
            nameGap: 50,
        }),
        series,
    };
    return renderSvg(option, place);
}

function lineOf(
    name: string,
    look: PlotStyle,
    points: readonly Point[],
    { panel, roundTrips }: { panel: number; roundTrips: readonly number[] },
): LineSeriesOption {
    return {
        type: "line",
        name,
        xAxisIndex: panel,
        yAxisIndex: panel,
        symbol: look.symbol,
        silent: true,
        // Configurations with batches of the same size lie upon each other.
        itemStyle: { color: look.colour, borderColor: "#ffffff", borderWidth: 1 },
        lineStyle: { color: look.colour, width: 1, opacity: 0.5 },
        data: points.map(({ batch, latency, roundTripMs }) => ({
            value: [batch, latency],
            symbolSize: 6 + 3 * roundTrips.indexOf(roundTripMs),
        })),
    };
}
