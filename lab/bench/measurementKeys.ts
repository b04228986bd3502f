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

/** The keys by which an interrupted grid finds what its result file already has. */

/** A line of a result file other than the machine. */
export type Measurement = Exclude<ResultLine, MachineLine>;

/** The fields that identify a measurement, before and after it was made. */
export type PlannedMeasurement =
    | Pick<MirrorLine | ProducerLine, "kind" | "cell" | "repetition">
    | Pick<FailureLine, "kind" | "measurement" | "cell" | "repetition">
    | Pick<LatencyLine, "kind" | "cell" | "repetition" | "loadPercent">
    | Pick<ProxyLine, "kind" | "repetition">;

/** A key that is equal for two cells exactly when all their fields are equal. */
export function cellKey(cell: Cell): string {
    // Quoted, because names may contain any text.
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

/** The key of one measurement; a file needs only one with each key. */
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
 * The keys of the completed measurements, which a resumed grid skips. Failures are not among them:
 * they are tried again.
 */
export function completed(lines: readonly ResultLine[]): Set<string> {
    return new Set(
        lines.flatMap((line) =>
            line.kind === "machine" || line.kind === "failure" ? [] : [measurementKey(line)],
        ),
    );
}
