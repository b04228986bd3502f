import type { EChartsOption, LineSeriesOption } from "echarts";
import { type Runs, summaryOf } from "../cells";
import {
    LOG_AXIS_STYLE,
    frame,
    inEachPanel,
    type PlotStyle,
    powersAround,
    renderSvg,
    transportPanels,
} from "./chart";

interface Point {
    readonly batch: number;
    readonly latency: number;
    readonly roundTripMs: number;
}

/** The point of a cell with both metrics; undefined unless both are positive, for the logarithmic axes. */
export function pointOf(runs: Runs): Point | undefined {
    const batch = summaryOf(runs, (line) => line.batchSizeAvg)?.median ?? 0;
    const latency = summaryOf(runs, (line) => line.requestLatencyAvgMs)?.median ?? 0;
    return batch > 0 && latency > 0
        ? { batch, latency, roundTripMs: runs.cell.roundTripMs }
        : undefined;
}

/** Request latency by batch size, a panel for each transport. */
export function tradeOffPlot(
    runs: readonly Runs[],
    styles: ReadonlyMap<string, PlotStyle>,
): string {
    const drawn = runs.filter((own) => pointOf(own) !== undefined);
    const { transports, roundTrips, place } = transportPanels(drawn, styles);
    const series = transports.flatMap((transport, panel) =>
        [...styles].flatMap(([name, style]): LineSeriesOption[] => {
            const points = drawn
                .filter(({ cell }) => cell.transport === transport && cell.configuration === name)
                .map(pointOf)
                .filter((point) => point !== undefined);
            return points.length === 0 ? [] : [lineOf(name, style, points, { panel, roundTrips })];
        }),
    );
    const points = drawn.map(pointOf).filter((point) => point !== undefined);
    const option: EChartsOption = {
        ...frame("Request latency by batch size; larger markers are longer round trips", place),
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
    style: PlotStyle,
    points: readonly Point[],
    { panel, roundTrips }: { panel: number; roundTrips: readonly number[] },
): LineSeriesOption {
    return {
        type: "line",
        name,
        xAxisIndex: panel,
        yAxisIndex: panel,
        symbol: style.symbol,
        silent: true,
        // Configurations with the same batch size overlap.
        itemStyle: { color: style.colour, borderColor: "#ffffff", borderWidth: 1 },
        lineStyle: { color: style.colour, width: 1, opacity: 0.5 },
        data: points.map(({ batch, latency, roundTripMs }) => ({
            value: [batch, latency],
            symbolSize: 6 + 3 * roundTrips.indexOf(roundTripMs),
        })),
    };
}
