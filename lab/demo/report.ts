/** What the demonstration saw. */
export interface DemoResult {
    readonly kafkaVersion: string;
    /** The application's user, who wrote the records and read the offsets. */
    readonly user: string;
    readonly source: SiteResult;
    readonly target: SiteResult;
    /** Whether the target refused a record of that user, as it must while the source is active. */
    readonly isFenced: boolean;
    readonly statusUrl: string;
    readonly workers: number;
    /** Prometheus metrics of MM2, one URL for each worker; empty when they are off. */
    readonly metricsUrls: readonly string[];
    readonly connectors: readonly ConnectorResult[];
    readonly topic: string;
    readonly records: number;
    readonly recordBytes: number;
    /** From the first record sent to the last one acknowledged by the source. */
    readonly producedSeconds: number;
    /** From the first record sent to equal log-end offsets. */
    readonly mirroredSeconds: number;
    /** Largest resident memory of all processes together; undefined where it cannot be read. */
    readonly peakMemoryBytes: number | undefined;
    readonly totalSeconds: number;
}

export interface SiteResult {
    readonly cluster: string;
    readonly bootstrapServers: string;
    readonly tls: boolean;
    /** Log-end offset of each partition. */
    readonly logEndOffsets: readonly number[];
}

export interface ConnectorResult {
    readonly name: string;
    readonly state: string;
    readonly tasks: readonly { readonly id: number; readonly state: string }[];
}

/** Whether all is as it must be: the records are mirrored, and the target takes no other ones. */
export function isAsExpected(result: DemoResult): boolean {
    return isMirrored(result) && result.isFenced;
}

/** Whether the target has, partition by partition, as many records as the source: all of them. */
function isMirrored({ source, target, records }: DemoResult): boolean {
    const sum = source.logEndOffsets.reduce((total, offset) => total + offset, 0);
    return (
        sum === records &&
        source.logEndOffsets.length === target.logEndOffsets.length &&
        source.logEndOffsets.every((offset, index) => offset === target.logEndOffsets[index])
    );
}

/** The compact report for a terminal; no line is longer than 100 characters. */
export function renderReport(result: DemoResult): string {
    const { source, target, topic } = result;
    return [
        "",
        `Source   ${site(source)}`,
        `Target   ${site(target)}`,
        `Client   ${result.user}, by SCRAM-SHA-512; MM2 has users of its own`,
        `MM2      ${result.statusUrl}  ${count(result.workers, "worker")}`,
        ...result.metricsUrls.map((url) => `Metrics  ${url}`),
        "",
        ...result.connectors.flatMap(connectorLines),
        "",
        ...offsetTable(topic, source, target),
        "",
        `${number(result.records)} records of ${result.recordBytes} bytes written to the source in ${seconds(result.producedSeconds)} (${rate(result.records, result.producedSeconds)}),`,
        `all at the target after ${seconds(result.mirroredSeconds)} (${rate(result.records, result.mirroredSeconds)}), ${seconds(Math.max(0, result.mirroredSeconds - result.producedSeconds))} behind the last write.`,
        memoryLine(result),
        "",
        isMirrored(result)
            ? `OK: ${topic} has equal log-end offsets at source and target.`
            : `FAILED: the log-end offsets of ${topic} differ.`,
        result.isFenced
            ? `OK: the target refused a record of ${result.user}; only the active site takes any.`
            : `FAILED: the target took a record of ${result.user}, and is not the active site.`,
        "",
    ].join("\n");
}

function site({ cluster, bootstrapServers, tls }: SiteResult): string {
    return `${cluster}  ${bootstrapServers}  ${tls ? "TLS" : "plaintext"}`;
}

function connectorLines({ name, state, tasks }: ConnectorResult): string[] {
    return [name, `  ${state}, ${taskStates(tasks)}`];
}

/** A checkpoint connector has no task until there is a consumer group to follow. */
function taskStates(tasks: ConnectorResult["tasks"]): string {
    if (tasks.length === 0) {
        return "no tasks: no consumer group to follow";
    }
    const states = new Set(tasks.map(({ state }) => state));
    return [...states]
        .map((state) => {
            const ids = tasks.filter((task) => task.state === state).map(({ id }) => id);
            return `${ids.length === 1 ? "task" : "tasks"} ${ids.join(", ")} ${state}`;
        })
        .join(", ");
}

function offsetTable(topic: string, source: SiteResult, target: SiteResult): string[] {
    const partitions = Math.max(source.logEndOffsets.length, target.logEndOffsets.length);
    const rows = Array.from({ length: partitions }, (_, partition) => {
        const from = source.logEndOffsets[partition];
        const to = target.logEndOffsets[partition];
        return row(
            `${topic}:${partition}`,
            offset(from),
            offset(to),
            from === to ? "equal" : "DIFFERENT",
        );
    });
    return [row("log-end offsets", "source", "target", ""), ...rows];
}

function row(...[name, source, target, verdict]: [string, string, string, string]): string {
    return `${name.padEnd(24)}${source.padStart(14)}${target.padStart(14)}  ${verdict}`.trimEnd();
}

function offset(value: number | undefined): string {
    return value === undefined ? "none" : String(value);
}

function memoryLine({ peakMemoryBytes, totalSeconds }: DemoResult): string {
    const memory =
        peakMemoryBytes === undefined
            ? ""
            : ` with at most ${(peakMemoryBytes / 2 ** 30).toFixed(1)} GiB of memory`;
    return `All of it took ${seconds(totalSeconds)}${memory}.`;
}

function seconds(value: number): string {
    return `${value.toFixed(1)} s`;
}

function rate(records: number, duration: number): string {
    return `${number(Math.round(records / duration / 1000))} k/s`;
}

function count(value: number, noun: string): string {
    return `${value} ${noun}${value === 1 ? "" : "s"}`;
}

/** 1,000,000: the same whatever the locale of the machine. */
function number(value: number): string {
    return value.toLocaleString("en-US");
}
