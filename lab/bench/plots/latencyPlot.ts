import type { EChartsOption, LineSeriesOption } from "echarts";
import { distinct, type Runs, summaryOf, TRANSPORT_NAMES } from "../cells";
import type { Cell, LatencyLine } from "../result";
import { byLoad } from "../sections/latency";
import {
    AXIS_STYLE,
    LOG_AXIS_STYLE,
    frame,
    inEachPanel,
    layout,
    type PlotStyle,
    namesOf,
    powersAround,
    renderSvg,
} from "./chart";

const QUANTILES = [
    { value: (line: LatencyLine) => line.p50Ms, dash: "solid", isFilled: true },
    { value: (line: LatencyLine) => line.p99Ms, dash: "dashed", isFilled: false },
] as const;

/** Latency by load, a panel for each transport and round trip. */
export function latencyPlot(
    measured: readonly Runs<LatencyLine>[],
    styles: ReadonlyMap<string, PlotStyle>,
): string {
    const panelOf = ({ transport, roundTripMs }: Cell) =>
        `${TRANSPORT_NAMES[transport]}, ${roundTripMs} ms`;
    const titles = distinct(measured.map(({ cell }) => panelOf(cell)));
    const place = layout(titles, namesOf(measured, styles));
    const series = titles.flatMap((title, panel) =>
        measured
            .filter(({ cell }) => panelOf(cell) === title)
            .flatMap((runs) => {
                const style = styles.get(runs.cell.configuration);
                return style === undefined ? [] : linesOf(runs, style, panel);
            }),
    );
    const scale = powersAround(
        byLoad(measured).flatMap(({ runs }) =>
            QUANTILES.map(({ value }) => summaryOf(runs, value)?.median ?? 0),
        ),
    );
    const option: EChartsOption = {
        ...frame("Latency by load: p50 solid, p99 dashed", place),
        xAxis: inEachPanel(place, {
            ...AXIS_STYLE,
            type: "value",
            name: "load (% of the largest rate)",
            nameGap: 30,
            min: 0,
            max: 100,
        }),
        yAxis: inEachPanel(place, {
            ...LOG_AXIS_STYLE,
            ...scale,
            name: "latency (ms)",
            nameGap: 50,
        }),
        series,
    };
    return renderSvg(option, place);
}

function linesOf(runs: Runs<LatencyLine>, style: PlotStyle, panel: number): LineSeriesOption[] {
    return QUANTILES.map(({ value, dash, isFilled }) => ({
        type: "line",
        name: runs.cell.configuration,
        xAxisIndex: panel,
        yAxisIndex: panel,
        symbol: style.symbol,
        symbolSize: 9,
        silent: true,
        itemStyle: {
            color: isFilled ? style.colour : "#ffffff",
            borderColor: style.colour,
            borderWidth: 1.5,
        },
        lineStyle: { color: style.colour, width: 1.5, type: dash },
        data: byLoad([runs]).flatMap(({ loadPercent, runs: own }) => {
            const found = summaryOf(own, value);
            return found === undefined || found.median <= 0 ? [] : [[loadPercent, found.median]];
        }),
    }));
}
