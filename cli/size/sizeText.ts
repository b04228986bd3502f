import { stringify } from "yaml";
import { type LimitName, LIMITS } from "../../config/throughput/limits";
import { heapText, memoryText } from "../../config/throughput/memory";
import type { Prediction } from "../../config/throughput/model";
import type { ProfileName } from "../../config/throughput/profiles";
import type { Size } from "../../config/throughput/size";
import type { SizedSettings } from "../../config/throughput/sizedSettings";
import type { Workload } from "../../config/throughput/workload";
import { table } from "../shared/output";

/** The output of `kafka-dr size --json`. */
export interface SizeReport {
    /** The wanted records per second. */
    readonly recordsPerSecond: number;
    readonly workload: Workload;
    /** What the stack of `--stack` carries with its settings. */
    readonly stack?: {
        readonly name: string;
        readonly prediction: Prediction;
        readonly reaches: boolean;
    };
    readonly size: Size;
    readonly settings: SizedSettings;
    /** What each profile carries with the tasks and CPUs of `size`, in records per second. */
    readonly profiles: Readonly<Record<ProfileName, number>>;
    /** What limits the rate, and what to change when the wanted rate is not reachable. */
    readonly limit: { readonly name: LimitName; readonly what: string; readonly change?: string };
}

/** The report for a terminal. */
export function sizeText(report: SizeReport): string {
    const { size, settings } = report;
    const sections = [
        [wantedRate(report)],
        stackLines(report),
        reachability(report),
        indented(
            table([
                ["workers", String(size.workers)],
                ["tasks", String(size.configuration.tasks)],
                ["CPUs of each worker", String(Number(size.cpusPerWorker.toFixed(3)))],
                ["heap of each worker", settings.mirror.jvmHeap],
                ["memory limit of each worker", memoryText(size.memoryBytes)],
                ...heapRows(report),
            ]),
        ),
        ["Rate that each limit allows:", ...indented(table(boundRows(report)))],
        [
            "Rate of each profile with these tasks and CPUs:",
            ...indented(
                table(
                    Object.entries(report.profiles).map(([name, rate]) => [
                        name,
                        `${rounded(rate)} records/s`,
                    ]),
                ),
            ),
        ],
        [`For Pulumi.${report.stack?.name ?? "<stack>"}.yaml:`, "", ...fragment(report)],
    ];
    return `${sections
        .filter((lines) => lines.length > 0)
        .map((lines) => lines.join("\n"))
        .join("\n\n")}\n`;
}

function wantedRate({ recordsPerSecond, workload }: SizeReport): string {
    const { recordBytes, partitions, sourceRoundTripMs, targetRoundTripMs, tls } = workload;
    const megabytes = rounded((recordsPerSecond * recordBytes) / 1e6);
    return `Wanted: ${rounded(recordsPerSecond)} records/s of ${recordBytes} bytes (${megabytes} MB/s) in ${partitions} partitions; ${sourceRoundTripMs} ms to the source, ${targetRoundTripMs} ms to the target, ${tls ? "TLS" : "plaintext"}.`;
}

function stackLines({ stack }: SizeReport): string[] {
    if (stack === undefined) {
        return [];
    }
    const { name, prediction, reaches } = stack;
    const { remedy } = LIMITS[prediction.limit];
    return [
        `Pulumi.${name}.yaml with its settings carries ${carried(prediction)}: ${reaches ? "enough" : `not enough. To raise it: ${remedy}`}.`,
    ];
}

function reachability({ size, limit }: SizeReport): string[] {
    return size.reachable
        ? [`This size carries ${carried(size.prediction)}.`]
        : [
              `Not reachable. The limit is ${limit.what}. To raise it: ${limit.change ?? ""}.`,
              `The maximum is ${carried(size.prediction)}, with this size.`,
          ];
}

function carried({ recordsPerSecond, megabytesPerSecond, limit }: Prediction): string {
    return `${rounded(recordsPerSecond)} records/s (${rounded(megabytesPerSecond)} MB/s), limited by ${LIMITS[limit].what}`;
}

/** The parts of the heap, the largest cost of a mirror. */
function heapRows({ size: { heap } }: SizeReport): string[][] {
    return [
        ["  producers' buffers", heapText(heap.producerBuffers)],
        ["  records in flight", heapText(heap.recordsInFlight)],
        ["  fetched and polled", heapText(heap.fetchedBytes + heap.polledRecords)],
        ["  worker and partitions", heapText(heap.base)],
    ];
}

function boundRows({ size, workload }: SizeReport): string[][] {
    return [
        ["limit", "records/s", "MB/s"],
        ...size.prediction.bounds
            .filter(({ recordsPerSecond }) => Number.isFinite(recordsPerSecond))
            .map(({ limit, recordsPerSecond }) => [
                limit,
                rounded(recordsPerSecond),
                rounded((recordsPerSecond * workload.recordBytes) / 1e6),
            ]),
    ];
}

/** The settings to paste, with the rate that they are for. */
function fragment({ settings, workload, recordsPerSecond }: SizeReport): string[] {
    const { mirror, sourceConfig, targetConfig } = settings;
    const throughput = {
        recordsPerSecond,
        recordBytes: workload.recordBytes,
        partitions: workload.partitions,
        roundTripMs: workload.sourceRoundTripMs,
        targetRoundTripMs: workload.targetRoundTripMs,
        ...(workload.linkMbitPerSecond !== undefined && {
            linkMbitPerSecond: workload.linkMbitPerSecond,
        }),
        compressionRatio: workload.compressionRatio,
    };
    const config = {
        ...broker("source", sourceConfig),
        ...broker("target", targetConfig),
        "kafka-dr:mirror": { ...mirror, throughput },
    };
    return stringify({ config }, { indent: 2, lineWidth: 0 }).trimEnd().split("\n");
}

function broker(site: "source" | "target", config: object) {
    return Object.keys(config).length === 0 ? {} : { [`kafka-dr:${site}`]: { config } };
}

function indented(lines: readonly string[]): string[] {
    return lines.map((line) => `  ${line}`);
}

/** Three significant digits: the model is less precise than that. */
function rounded(value: number): string {
    return Number(value.toPrecision(3)).toLocaleString("en-US");
}
