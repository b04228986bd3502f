import type {
    Cell,
    FailureLine,
    LatencyLine,
    MachineLine,
    MirrorLine,
    ProducerLine,
    ProxyLine,
    ResultLine,
} from "./result";

/** What a grid that was interrupted finds in its result file, and whether it may go on with it. */

/** Everything that was measured, without the machine. */
export type Measurement = Exclude<ResultLine, MachineLine>;

/** What names a measurement before it was made; its line names it as well. */
export type PlannedMeasurement =
    | Pick<MirrorLine | ProducerLine, "kind" | "cell" | "repetition">
    | Pick<FailureLine, "kind" | "measurement" | "cell" | "repetition">
    | Pick<LatencyLine, "kind" | "cell" | "repetition" | "loadPercent">
    | Pick<ProxyLine, "kind" | "repetition">;

/** Names a cell: equal for two cells exactly when all their fields are. */
export function cellKey(cell: Cell): string {
    // Names may contain anything, and must not run into each other.
    return [
        JSON.stringify(cell.series),
        `${cell.roundTripMs} ms`,
        cell.transport,
        `${cell.recordBytes} B`,
        cell.payload,
        `${cell.partitions} partitions`,
        JSON.stringify(cell.configuration),
    ].join(" ");
}

/** Names one measurement, of which a file needs no second one. */
export function measurementKey(planned: PlannedMeasurement): string {
    const number = `${planned.kind} ${planned.repetition}`;
    switch (planned.kind) {
        case "proxy":
            return number;
        case "latency":
            return `${number} at ${planned.loadPercent} %: ${cellKey(planned.cell)}`;
        case "failure":
            return `${number} of ${planned.measurement}: ${cellKey(planned.cell)}`;
        default:
            return `${number}: ${cellKey(planned.cell)}`;
    }
}

/**
 * The keys of what was measured already, which a grid that goes on leaves out. A failure is not
 * among them: it is tried again.
 */
export function completed(lines: readonly ResultLine[]): Set<string> {
    return new Set(
        lines.flatMap((line) =>
            line.kind === "machine" || line.kind === "failure" ? [] : [measurementKey(line)],
        ),
    );
}
