import type { CustomSeriesOption } from "echarts";
import type { Summary } from "../statistics";

/** Half of the width of the bars at both ends, in pixels. */
const CAP = 4;

/** A vertical line from the smallest to the largest value at each place. */
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
