/** The common style and layout of all plots, and the rendering of a chart as SVG. */
import * as echarts from "echarts";
import { number } from "../../../cli/shared/output";
import { compareConfigurations, distinct, TRANSPORT_NAMES, TRANSPORTS } from "../cells";
import type { Cell } from "../result";

export const FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif";
export const TEXT_COLOUR = "#222222";
const GRID_COLOUR = "#dddddd";

/** The colour and the marker of a configuration, the same in every plot. */
export interface PlotStyle {
    readonly colour: string;
    readonly symbol: string;
}

/** The colour-blind safe palette of Okabe and Ito, without yellow, which is invisible on white. */
const COLOURS = ["#000000", "#D55E00", "#009E73", "#0072B2", "#CC79A7", "#E69F00", "#56B4E9"];
/** One fewer than the colours, so that pairs of both repeat late. */
const SYMBOLS = [
    "circle",
    "rect",
    "triangle",
    "diamond",
    "path://M0,0H10L5,10Z", // a triangle upside down
    "path://M3,0H7V3H10V7H7V10H3V7H0V3H3Z", // a cross
];

/** A style for each configuration; those of every report come first, so their styles never change. */
export function plotStyles(configurations: readonly string[]): ReadonlyMap<string, PlotStyle> {
    const names = [...new Set(configurations)].sort(compareConfigurations);
    return new Map(
        names.map((name, i) => [
            name,
            {
                colour: COLOURS[i % COLOURS.length] ?? TEXT_COLOUR,
                symbol: SYMBOLS[i % SYMBOLS.length] ?? "circle",
            },
        ]),
    );
}

/** The configurations of these runs, in the order of their styles. */
export function namesOf(
    runs: readonly { readonly cell: Cell }[],
    styles: ReadonlyMap<string, PlotStyle>,
): string[] {
    const measured = new Set(runs.map(({ cell }) => cell.configuration));
    return [...styles.keys()].filter((name) => measured.has(name));
}

/** One of the charts that share a legend; positions in pixels. */
export interface Panel {
    readonly title: string;
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
}

const PANEL = { width: 400, height: 300, left: 85, gapX: 85, top: 70, gapY: 105 };
/** A single panel is wider, to make room for the title. */
const WIDTH_ALONE = 640;
const PANELS_PER_ROW = 2;

/** The size of a legend entry with a long name. */
const LEGEND = { width: 175, height: 26 };

/** The positions of the parts of a plot. */
export interface Layout {
    readonly panels: readonly Panel[];
    readonly width: number;
    readonly height: number;
    readonly legend: readonly {
        readonly name: string;
        readonly left: number;
        readonly top: number;
    }[];
}

/**
 * Arranges panels in rows of two, below a title and above a legend.
 * @param names the entries of the legend
 */
export function layout(titles: readonly string[], names: readonly string[]): Layout {
    const columns = Math.min(titles.length, PANELS_PER_ROW);
    const rows = Math.ceil(titles.length / PANELS_PER_ROW);
    const panelWidth = titles.length === 1 ? WIDTH_ALONE : PANEL.width;
    const panels = titles.map((title, i) => ({
        title,
        left: PANEL.left + (i % PANELS_PER_ROW) * (panelWidth + PANEL.gapX),
        top: PANEL.top + Math.floor(i / PANELS_PER_ROW) * (PANEL.height + PANEL.gapY),
        width: panelWidth,
        height: PANEL.height,
    }));
    const width = PANEL.left + columns * panelWidth + (columns - 1) * PANEL.gapX + 45;
    const bottom = PANEL.top + rows * PANEL.height + (rows - 1) * PANEL.gapY + 65;
    const perRow = Math.min(names.length, Math.floor(width / LEGEND.width));
    const legend = names.map((name, i) => ({
        name,
        left: (width - perRow * LEGEND.width) / 2 + (i % perRow) * LEGEND.width + 15,
        top: bottom + Math.floor(i / perRow) * LEGEND.height,
    }));
    const height = bottom + Math.ceil(names.length / perRow) * LEGEND.height + 5;
    return { panels, legend, width, height };
}

/** A panel for each transport of these runs, with their configurations in the legend. */
export function transportPanels(
    runs: readonly { readonly cell: Cell }[],
    styles: ReadonlyMap<string, PlotStyle>,
) {
    const transports = TRANSPORTS.filter((transport) =>
        runs.some(({ cell }) => cell.transport === transport),
    );
    const names = namesOf(runs, styles);
    const titles = transports.map((transport) => TRANSPORT_NAMES[transport]);
    const roundTrips = distinct(runs.map(({ cell }) => cell.roundTripMs)).sort((a, b) => a - b);
    return { transports, names, roundTrips, place: layout(titles, names) };
}

export const AXIS_STYLE = {
    nameLocation: "middle",
    nameTextStyle: { fontFamily: FONT, fontSize: 13, color: TEXT_COLOUR },
    axisLine: { show: true, onZero: false, lineStyle: { color: TEXT_COLOUR } },
    axisTick: { show: true, lineStyle: { color: TEXT_COLOUR } },
    axisLabel: { fontFamily: FONT, fontSize: 12, color: TEXT_COLOUR },
    splitLine: { show: true, lineStyle: { color: GRID_COLOUR } },
} as const;

/** A logarithmic axis with ticks at the multiples of powers of ten. */
export const LOG_AXIS_STYLE = {
    ...AXIS_STYLE,
    type: "log",
    minorTick: { show: true, splitNumber: 9, lineStyle: { color: TEXT_COLOUR } },
    axisLabel: { ...AXIS_STYLE.axisLabel, formatter: number },
} as const;

/** One axis for each panel of a plot. */
export function inEachPanel<Axis extends object>(
    { panels }: Layout,
    axis: Axis,
): (Axis & { gridIndex: number })[] {
    return panels.map((_unused, gridIndex) => ({ ...axis, gridIndex }));
}

/** The powers of ten around all positive values: the shared scale of the panels of a plot. */
export function powersAround(values: readonly number[]): { min: number; max: number } {
    const powers = values.filter((value) => value > 0).map(Math.log10);
    const least = Math.floor(Math.min(...powers));
    const most = Math.ceil(Math.max(...powers));
    return { min: 10 ** least, max: 10 ** Math.max(most, least + 1) };
}

/** The title, panel titles, grids and legend of a plot. */
export function frame(title: string, { panels, legend }: Layout): echarts.EChartsOption {
    return {
        animation: false,
        // Pages that show the file may be light or dark.
        backgroundColor: "#ffffff",
        textStyle: { fontFamily: FONT, color: TEXT_COLOUR },
        title: [
            {
                text: title,
                left: 15,
                top: 10,
                textStyle: { fontFamily: FONT, fontSize: 16, color: TEXT_COLOUR },
            },
            ...panels.map((panel) => ({
                text: panel.title,
                left: panel.left + panel.width / 2,
                top: panel.top - 28,
                textAlign: "center" as const,
                textStyle: { fontFamily: FONT, fontSize: 14, color: TEXT_COLOUR },
            })),
        ],
        grid: panels.map(({ left, top, width, height }) => ({ left, top, width, height })),
        // One legend per entry, because the width of a name depends on the viewer's fonts.
        legend: legend.map(({ name, left, top }) => ({
            data: [name],
            left,
            top,
            padding: 0,
            itemWidth: 30,
            selectedMode: false,
            textStyle: { fontFamily: FONT, fontSize: 13, color: TEXT_COLOUR },
        })),
    };
}

/**
 * Renders a chart without a browser. The same options give the same bytes: ids that echarts counts per
 * process, and attributes that only its browser script uses, are removed.
 */
export function renderSvg(option: echarts.EChartsOption, { width, height }: Layout): string {
    const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
    try {
        chart.setOption(option);
        const svg = chart
            .renderToSVGString()
            .replace(/<style >.*?<\/style>\n?/s, "")
            .replace(/ (?:class|ecmeta_\w+)="[^"]*"/g, "")
            .replace(/\bzr\d+-/g, "zr-");
        return `${svg}\n`;
    } finally {
        chart.dispose();
    }
}
