import { number } from "../../../cli/shared/output";
import { distinct, type Runs, TRANSPORT_NAMES } from "../cells";
import { cellKey, type Measurement } from "../measurementKeys";
import { type Configuration, CONFIGURATIONS, mirrorSettings } from "../configurations";
import { code, digits, percent, markdownTable, middle, range, withRange } from "../format";
import type { Cell, FailureLine, MachineLine, ProxyLine } from "../result";
import { summary } from "../statistics";

/** On what was measured, how, and what went wrong. */

/** The machine and the software, a line for each fact. */
export function machineList(machine: MachineLine): string {
    const { heapMegabytes: heap } = machine;
    const isClean = !machine.commit.endsWith("+");
    return [
        `- ${machine.cpu}, ${machine.cores} cores, ${digits(machine.memoryBytes / 2 ** 30)} GiB of memory, kernel ${machine.kernel}`,
        `- Kafka ${machine.kafka} and its MirrorMaker 2 on Java ${machine.java}, ${machine.garbageCollector}; heaps: MM2 ${number(heap.mirrorMaker)} MiB, source ${number(heap.source)} MiB, target ${number(heap.target)} MiB`,
        `- proxy: Node.js ${machine.node}`,
        `- commit ${code(machine.commit.replace(/\+$/, ""))}${isClean ? "" : ", with changes that are not committed"}, begun ${machine.startedAt}`,
    ].join("\n");
}

/** How to read the numbers. */
export const METHOD = [
    "All processes share that machine: one broker as source, one as target, one Connect worker with MM2, and a TCP proxy between MM2 and the target that delays what passes, half of the round trip each way (for a far source it is between the source and MM2). A backlog is written with MM2 at 0 replicas; then it starts, and the time runs from the first mirrored record until the log-end offsets of both sides are equal. Then every record of both logs is compared: value, headers, timestamp, partition and place.",
    "The garbage collector above is that of the brokers, and of MM2 where its profile names none.",
    "Absolute numbers are worth as much as this machine is like yours. **Ratios** are worth more, and only within one run of the grid: configurations take turns, so repetition 1 of one is compared with repetition 1 of the other, minutes apart. A ratio is the median of those of all repetitions, with the smallest and the largest behind it; so is every rate. Two rates whose ranges overlap may differ by noise alone.",
].join("\n\n");

/** What the round trips were in fact, and how long MM2 took to begin; a row for each round trip. */
export function roundTripTable(mirrored: readonly Runs[]): string {
    const lines = mirrored.flatMap(({ lines }) => lines);
    const asked = distinct(lines.map(({ cell }) => cell.roundTripMs)).sort((a, b) => a - b);
    const at = (roundTripMs: number, value: (line: (typeof lines)[number]) => number) =>
        summary(lines.filter(({ cell }) => cell.roundTripMs === roundTripMs).map(value));
    return markdownTable(asked, [
        { head: "added round trip", cell: (roundTripMs) => `${roundTripMs} ms` },
        {
            head: "measured",
            cell: (roundTripMs) =>
                `${middle(at(roundTripMs, (line) => line.measuredRoundTripMs))} ms`,
        },
        {
            head: "min–max",
            cell: (roundTripMs) => range(at(roundTripMs, (line) => line.measuredRoundTripMs)),
        },
        {
            head: "REST API ready to first record",
            cell: (roundTripMs) =>
                withRange(
                    at(roundTripMs, (line) => line.startSeconds),
                    " s",
                ),
        },
    ]);
}

/** The proxy's own ceiling, and how near to it the mirror came. */
export function proxyCeiling(
    mirrored: readonly Runs[],
    proxy: readonly ProxyLine[],
): string | undefined {
    const ceiling = summary(proxy.map(({ megabytesPerSecond }) => megabytesPerSecond));
    const most = summary(
        mirrored.flatMap(({ lines }) => lines.map((line) => line.megabytes / line.seconds)),
    )?.max;
    if (ceiling === undefined) {
        return undefined;
    }
    const nearest =
        most === undefined
            ? ""
            : ` The fastest run of the mirror passed ${digits(most)} MB/s of values through it, ${percent(most / ceiling.median)} of that.`;
    return `The proxy by itself, without delay and between two other processes, passes ${withRange(ceiling, " MB/s")}.${nearest}`;
}

/** In front of a cell whose measurement failed; most are of the mirror. */
const MEASUREMENT_NAMES = { mirror: "", latency: "latency of ", producer: "ProducerPerformance, " };

/** What failed, with what became of it. */
export function failureList(measurements: readonly Measurement[]): string {
    const failures = measurements.filter((line) => line.kind === "failure");
    return failures
        .map((failure) => {
            const later = succeededLater(failure, measurements) ? " Measured later." : "";
            return `- ${MEASUREMENT_NAMES[failure.measurement]}${describe(failure.cell)}, repetition ${failure.repetition}: ${code(failure.message)}.${later}`;
        })
        .join("\n");
}

function succeededLater(failure: FailureLine, measurements: readonly Measurement[]): boolean {
    return measurements.some(
        (line) =>
            line.kind === failure.measurement &&
            line.repetition === failure.repetition &&
            cellKey(line.cell) === cellKey(failure.cell) &&
            Date.parse(line.startedAt) > Date.parse(failure.startedAt),
    );
}

function describe(cell: Cell): string {
    return `${cell.series}: ${code(cell.configuration)}, ${TRANSPORT_NAMES[cell.transport]}, ${cell.roundTripMs} ms, ${cell.partitions} partitions, ${cell.recordBytes}-byte ${cell.payload}`;
}

/** What the names of configurations stand for. */

/**
 * The settings of the configurations that were measured, a row for each; undefined when there are
 * none whose name the grid knows.
 */
export function configurationTable(measured: readonly Cell[]): string | undefined {
    const names = distinct(measured.map(({ configuration }) => configuration));
    const known = Object.entries<Configuration>(CONFIGURATIONS).filter(([name]) =>
        names.includes(name),
    );
    return known.length === 0
        ? undefined
        : markdownTable(known, [
              { head: "configuration", cell: ([name]) => code(name), isText: true },
              {
                  head: "settings",
                  cell: ([, configuration]) => settingsText(configuration),
                  isText: true,
              },
          ]);
}

/** The settings that are not empty, as a stack's file has them. */
function settingsText(configuration: Configuration): string {
    return Object.entries(mirrorSettings(configuration))
        .flatMap(([key, value = {}]) => {
            const text = typeof value === "string" ? value : flowMapping(value);
            return text === undefined ? [] : [code(`${key.replace(/^kafka-dr:/, "")}: ${text}`)];
        })
        .join(", ");
}

function flowMapping(
    values: Readonly<Record<string, string | number | boolean>>,
): string | undefined {
    const pairs = Object.entries(values).map(([name, value]) => `${name}: ${value}`);
    return pairs.length === 0 ? undefined : `{ ${pairs.join(", ")} }`;
}
