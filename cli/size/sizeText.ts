import { stringify } from "yaml";
import { LIMITS } from "../../config/throughput/limits";
import { heapText, memoryText } from "../../config/throughput/memory";
import type { Prediction } from "../../config/throughput/model";
import { table } from "../shared/output";
import type { SizeReport } from "./runSize";

/** The report for a terminal. */
export function sizeText(report: SizeReport): string {
    const { size, settings } = report;
    const sections = [
        [wanted(report)],
        stackLines(report),
        verdict(report),
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
        ["What each limit allows:", ...indented(table(boundRows(report)))],
        [
            "What each profile carries with these tasks and CPUs:",
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

function wanted({ recordsPerSecond, workload }: SizeReport): string {
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
        `Pulumi.${name}.yaml as it is carries ${carried(prediction)}: ${reaches ? "enough" : `not enough. What would help: ${remedy}`}.`,
    ];
}

function verdict({ size, limit }: SizeReport): string[] {
    return size.reachable
        ? [`This size carries ${carried(size.prediction)}.`]
        : [
              `Out of reach, by ${limit.what}. What would help: ${limit.change ?? ""}.`,
              `The most that can be had is ${carried(size.prediction)}, with this size.`,
          ];
}

function carried({ recordsPerSecond, megabytesPerSecond, limit }: Prediction): string {
    return `${rounded(recordsPerSecond)} records/s (${rounded(megabytesPerSecond)} MB/s), limited by ${LIMITS[limit].what}`;
}

/** What fills the heap, since it is most of what a mirror costs. */
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

/** What to paste, with the rate that it is for. */
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
    return stringify({ config }, { indent: 4, lineWidth: 0 }).trimEnd().split("\n");
}

function broker(site: "source" | "target", config: object) {
    return Object.keys(config).length === 0 ? {} : { [`kafka-dr:${site}`]: { config } };
}

function indented(lines: readonly string[]): string[] {
    return lines.map((line) => `  ${line}`);
}

/** Three digits, which is more than the model knows. */
function rounded(value: number): string {
    return Number(value.toPrecision(3)).toLocaleString("en-US");
}
