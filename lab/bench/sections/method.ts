import { number } from "../../../cli/shared/output";
import { distinct, type Runs, TRANSPORT_NAMES } from "../cells";
import { cellKey, type Measurement } from "../measurementKeys";
import { type Configuration, CONFIGURATIONS, mirrorSettings } from "../configurations";
import { code, digits, percent, markdownTable, middle, range, withRange } from "../format";
import type { Cell, FailureLine, MachineLine, ProxyLine } from "../result";
import { summary } from "../statistics";

/** The machine, the method, the configurations and the failures of a benchmark. */

/** The machine and the software, a line for each fact. */
export function machineList(machine: MachineLine): string {
    const { heapMegabytes: heap } = machine;
    const isClean = !machine.commit.endsWith("+");
    return [
        `- ${machine.cpu}, ${machine.cores} cores, ${digits(machine.memoryBytes / 2 ** 30)} GiB of memory, kernel ${machine.kernel}`,
        `- Kafka ${machine.kafka} and its MirrorMaker 2 on Java ${machine.java}, ${machine.garbageCollector}; heaps: MM2 ${number(heap.mirrorMaker)} MiB, source ${number(heap.source)} MiB, target ${number(heap.target)} MiB`,
        `- proxy: Node.js ${machine.node}`,
        `- commit ${code(machine.commit.replace(/\+$/, ""))}${isClean ? "" : ", with uncommitted changes"}, started ${machine.startedAt}`,
    ].join("\n");
}

/** How to read the numbers. */
export const METHOD = [
    "All processes share one machine: a source broker, a target broker, a Connect worker with MM2, and a TCP proxy between MM2 and the target. The proxy delays all traffic by half of the round trip in each direction; for a distant source it is between the source and MM2. A backlog is written while MM2 has 0 replicas. Then MM2 starts, and the time counts from the first mirrored record until the log-end offsets of both sides are equal. Finally every record of both logs is compared: value, headers, timestamp, partition and position.",
    "The brokers use the garbage collector above, and so does MM2 unless its profile sets one.",
    "Absolute numbers apply to machines like this one. **Ratios** transfer better, but only within one run of the grid: the configurations take turns, so repetition 1 of one is compared with repetition 1 of another, minutes apart. Every ratio and every rate is the median over all repetitions, followed by the smallest and the largest value. If the ranges of two rates overlap, their difference may be noise.",
].join("\n\n");

/** The measured round trips and the start times of MM2, a row for each added round trip. */
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

/** The maximum rate of the proxy, and how close the mirror came to it. */
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
            : ` The fastest run of the mirror passed ${digits(most)} MB/s of values through it, ${percent(most / ceiling.median)} of that rate.`;
    return `Without delay, between a sender and a receiver in threads of their own, the proxy carries ${withRange(ceiling, " MB/s")}.${nearest}`;
}

/** The prefix of a failed measurement; the mirror, the usual kind, has none. */
const MEASUREMENT_NAMES = { mirror: "", latency: "latency of ", producer: "ProducerPerformance, " };

/** The failed measurements, and whether a later attempt succeeded. */
export function failureList(measurements: readonly Measurement[]): string {
    const failures = measurements.filter((line) => line.kind === "failure");
    return failures
        .map((failure) => {
            const later = succeededLater(failure, measurements)
                ? " A later attempt succeeded."
                : "";
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

/**
 * The settings of the measured configurations, a row for each; undefined when the grid knows none of
 * their names.
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

/** The settings that are not empty, in the form of a stack file. */
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
