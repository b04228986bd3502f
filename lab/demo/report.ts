/** What the demo found. */
export interface DemoResult {
    readonly kafkaVersion: string;
    /** The KafkaUser that wrote the records and read the offsets. */
    readonly user: string;
    readonly source: SiteResult;
    readonly target: SiteResult;
    /** Whether the target refused a write of that user, as it must while the source is active. */
    readonly isFenced: boolean;
    readonly statusUrl: string;
    readonly workers: number;
    /** URLs of MM2's Prometheus metrics, one for each worker; empty when metrics are off. */
    readonly metricsUrls: readonly string[];
    readonly connectors: readonly ConnectorResult[];
    readonly topic: string;
    readonly records: number;
    readonly recordBytes: number;
    /** From the first record sent to the last one that the source acknowledged. */
    readonly producedSeconds: number;
    /** From the first record sent to equal log-end offsets. */
    readonly mirroredSeconds: number;
    /** Sum of the peak resident memory of all processes; undefined when it cannot be read. */
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

/** Whether the demo succeeded: the records are mirrored, and the target accepts no others. */
export function isAsExpected(result: DemoResult): boolean {
    return isMirrored(result) && result.isFenced;
}

/** Whether every partition has the same log-end offset at both sites, and all records are there. */
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
        `Client   ${result.user}  SCRAM-SHA-512; writes at the source, reads at both sites`,
        `MM2      ${result.statusUrl}  Connect REST API, ${count(result.workers, "worker")}`,
        ...result.metricsUrls.map((url) => `Metrics  ${url}  Prometheus`),
        "",
        ...result.connectors.flatMap(connectorLines),
        "",
        ...offsetTable(topic, source, target),
        "",
        `Written  ${number(result.records)} records of ${result.recordBytes} bytes in ${seconds(result.producedSeconds)}, ${rate(result.records, result.producedSeconds)}`,
        `Mirrored all of them after ${seconds(result.mirroredSeconds)}, ${rate(result.records, result.mirroredSeconds)}; the last ${seconds(Math.max(0, result.mirroredSeconds - result.producedSeconds))} after the last write`,
        totalLine(result),
        "",
        isMirrored(result)
            ? `OK: every partition of ${topic} has the same log-end offset at the source and the target.`
            : `FAILED: the log-end offsets of ${topic} differ between the source and the target.`,
        result.isFenced
            ? `OK: the target refused a write by ${result.user}: only the active site accepts writes.`
            : `FAILED: the target accepted a write by ${result.user}, although it is not the active site.`,
        "",
    ].join("\n");
}

function site({ cluster, bootstrapServers, tls }: SiteResult): string {
    return `${cluster}  ${bootstrapServers}  ${tls ? "TLS" : "plaintext"}`;
}

function connectorLines({ name, state, tasks }: ConnectorResult): string[] {
    return [name, `  ${state}, ${taskStates(tasks)}`];
}

/** A checkpoint connector has no task until a consumer group exists at the source. */
function taskStates(tasks: ConnectorResult["tasks"]): string {
    if (tasks.length === 0) {
        return "no task yet: the source has no consumer group";
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
    return [row("Log-end offsets", "source", "target", ""), ...rows];
}

function row(...[name, source, target, verdict]: [string, string, string, string]): string {
    return `${name.padEnd(24)}${source.padStart(14)}${target.padStart(14)}  ${verdict}`.trimEnd();
}

function offset(value: number | undefined): string {
    return value === undefined ? "none" : String(value);
}

function totalLine({ peakMemoryBytes, totalSeconds }: DemoResult): string {
    const memory =
        peakMemoryBytes === undefined
            ? ""
            : `, at most ${(peakMemoryBytes / 2 ** 30).toFixed(1)} GiB of memory`;
    return `Total    ${seconds(totalSeconds)}${memory}`;
}

function seconds(value: number): string {
    return `${value.toFixed(1)} s`;
}

function rate(records: number, duration: number): string {
    return `${number(Number((records / duration).toPrecision(2)))} records/s`;
}

function count(value: number, noun: string): string {
    return `${value} ${noun}${value === 1 ? "" : "s"}`;
}

/** 1,000,000: independent of the locale of the machine. */
function number(value: number): string {
    return value.toLocaleString("en-US");
}
