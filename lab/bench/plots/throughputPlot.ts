import type { EChartsOption, LineSeriesOption, CustomSeriesOption } from "echarts";
import { rateOf, rates, type Runs } from "../cells";
import type { Summary } from "../statistics";
import {
    AXIS_STYLE,
    LOG_AXIS_STYLE,
    frame,
    inEachPanel,
    type PlotStyle,
    powersAround,
    renderSvg,
    transportPanels,
} from "./chart";

/** Horizontal distance between configurations at one round trip, and its maximum sum, in axis units. */
const BESIDE = 0.09;
const BESIDE_TOGETHER = 0.8;

/** Records per second by round trip, a panel for each transport. */
export function throughputPlot(
    runs: readonly Runs[],
    styles: ReadonlyMap<string, PlotStyle>,
): string {
    const { transports, names, roundTrips, place } = transportPanels(runs, styles);
    const beside = Math.min(BESIDE, BESIDE_TOGETHER / names.length);
    const series = transports.flatMap((transport, panel) =>
        names.flatMap((name, i) => {
            const style = styles.get(name);
            const points = runs.flatMap((own) => {
                const found = rateOf(own);
                const { cell } = own;
                return cell.transport !== transport ||
                    cell.configuration !== name ||
                    found === undefined
                    ? []
                    : [
                          {
                              x:
                                  roundTrips.indexOf(cell.roundTripMs) +
                                  (i - (names.length - 1) / 2) * beside,
                              found,
                          },
                      ];
            });
            if (style === undefined || points.length === 0) {
                return [];
            }
            const line: LineSeriesOption = {
                type: "line",
                name,
                xAxisIndex: panel,
                yAxisIndex: panel,
                symbol: style.symbol,
                symbolSize: 9,
                silent: true,
                itemStyle: { color: style.colour },
                lineStyle: { color: style.colour, width: 1.5 },
                data: points.map(({ x, found }) => [x, found.median]),
            };
            return [whiskers(points, panel, style.colour), line];
        }),
    );
    const scale = powersAround(runs.flatMap((own) => [...rates(own).values()]));
    const places = roundTrips.map((_unused, i) => i);
    const option: EChartsOption = {
        ...frame("Records per second by round trip: median, smallest to largest", place),
        xAxis: inEachPanel(place, {
            ...AXIS_STYLE,
            type: "value",
            name: "round trip added between MM2 and the target (ms)",
            nameGap: 30,
            min: -0.5,
            max: roundTrips.length - 0.5,
            axisLabel: {
                ...AXIS_STYLE.axisLabel,
                customValues: places,
                formatter: (place: number) => String(roundTrips[place] ?? ""),
            },
            axisTick: { ...AXIS_STYLE.axisTick, customValues: places },
            splitLine: { show: false },
        }),
        yAxis: inEachPanel(place, {
            ...LOG_AXIS_STYLE,
            ...scale,
            name: "records/s",
            nameGap: 62,
        }),
        series,
    };
    return renderSvg(option, place);
}

/** Half of the width of the end caps, in pixels. */
const CAP = 4;

/** A vertical line from the smallest to the largest value at each position. */
export function whiskers(
    points: readonly { readonly x: number; readonly found: Summary }[],
    panel: number,
    colour: string,
): CustomSeriesOption {
    return {
        type: "custom",
        xAxisIndex: panel,
        yAxisIndex: panel,
        silent: true,
        data: points.map(({ x, found }) => [x, found.min, found.max]),
        encode: { x: 0, y: [1, 2] },
        renderItem: (_params, api) => {
            const [x = 0, low = 0] = api.coord([api.value(0), api.value(1)]);
            const [, high = 0] = api.coord([api.value(0), api.value(2)]);
            const line = (x1: number, y1: number, x2: number, y2: number) => ({
                type: "line" as const,
                shape: { x1, y1, x2, y2 },
                style: { stroke: colour, lineWidth: 1.5 },
            });
            return {
                type: "group",
                children: [
                    line(x, low, x, high),
                    line(x - CAP, low, x + CAP, low),
                    line(x - CAP, high, x + CAP, high),
                ],
            };
        },
    };
}
