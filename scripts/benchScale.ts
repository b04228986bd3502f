/**
 * Measures the cost of a large stack: the number of resources, the time to register them with the
 * recording backend (no CLI, no cluster), and the size of the objects, which must fit into etcd. Runs of
 * all sizes take turns, so that other load on the machine affects all of them. The script evaluates
 * nothing: docs/reference/scale.md explains the figures.
 *
 * npm run bench:scale [-- <runs, 5 by default>]
 */
import type { ProgramResult } from "../engine";
import { aliasOf } from "../config/settingsSchema";
import { parseSettings } from "../config/parseSettings";
import { summary } from "../lab/bench/statistics";
import { connectorOffsets } from "../strimzi/builders/startPositions";
import { type Change, changed, rawStack } from "../tests/support/rawSettings";
import { recordStack } from "../tests/support/recordedStack";
import { machine, runCount } from "./bench/runs";

const SIZES = [
    { name: "dev as it is", topics: 1, pools: 2 },
    { name: "50 pools", topics: 1, pools: 50 },
    { name: "1,000 topics", topics: 1000, pools: 2 },
    { name: "1,000 topics, 50 pools", topics: 1000, pools: 50 },
    { name: "2,000 topics, 50 pools", topics: 2000, pools: 50 },
] as const;

type Size = (typeof SIZES)[number];

/** Topics with ten partitions and names of a realistic length. */
function changesOf({ topics, pools }: Size): Change[] {
    const { nodePools } = rawStack("dev").source as { nodePools: [object, object] };
    const [controller, broker] = nodePools;
    return [
        ["topics", topicNames(topics).map((name) => ({ name, partitions: 10 }))],
        [
            "source/nodePools",
            [
                controller,
                ...Array.from({ length: pools - 1 }, (_, index) => ({
                    ...broker,
                    name: `broker-${index}`,
                })),
            ],
        ],
    ];
}

function topicNames(count: number): string[] {
    return Array.from({ length: count }, (_, index) => `team-${index % 40}.orders.events-${index}`);
}

interface Timed {
    readonly seconds: number;
    /** CPU time of all threads of this process, which hardly depends on other load. */
    readonly cpuSeconds: number;
    readonly result: ProgramResult;
}

async function timeOnce(size: Size): Promise<Timed> {
    const before = process.cpuUsage();
    const started = performance.now();
    const result = await recordStack("dev", { changes: changesOf(size) });
    const { user, system } = process.cpuUsage(before);
    return {
        seconds: (performance.now() - started) / 1000,
        cpuSeconds: (user + system) / 1e6,
        result,
    };
}

async function times(runs: number): Promise<void> {
    const timed = new Map<Size, Timed[]>(SIZES.map((size) => [size, []]));
    await timeOnce(SIZES[0]); // loads the modules
    for (let run = 0; run < runs; run += 1) {
        for (const size of SIZES) {
            timed.get(size)?.push(await timeOnce(size));
        }
    }
    for (const [{ name }, values] of timed) {
        const registrations = values[0]?.result.registrations ?? [];
        const wall = spread(values.map(({ seconds }) => seconds));
        const cpu = spread(values.map(({ cpuSeconds }) => cpuSeconds));
        console.log(
            `${name.padEnd(24)} ${String(registrations.length).padStart(5)} resources, ${wall} s, CPU ${cpu} s, largest object ${kib(largest(registrations))}`,
        );
    }
}

/** Median, smallest and largest value. */
function spread(values: readonly number[]): string {
    const { median = NaN, min = NaN, max = NaN } = summary(values) ?? {};
    return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
}

function largest(registrations: ProgramResult["registrations"]): number {
    return Math.max(...registrations.map(({ inputs }) => bytesOf(inputs)));
}

function bytesOf(value: unknown): number {
    return Buffer.byteLength(JSON.stringify(value));
}

function kib(bytes: number): string {
    return `${(bytes / 1024).toFixed(1)} KiB`;
}

/** Objects that grow with the number of topics, in bytes of JSON. */
async function objects(): Promise<void> {
    const patterns = {
        "topicsPattern .*": ".*",
        "topicsPattern of 1,000 names": topicNames(1000).join(","),
    };
    for (const [name, pattern] of Object.entries(patterns)) {
        const { registrations } = await recordStack("dev", {
            changes: [
                ["mirror/topicsPattern", pattern],
                ["mirror/profile", "wan"],
            ],
        });
        const mirror = registrations.find(({ type }) => type.endsWith(":KafkaMirrorMaker2"));
        console.log(`KafkaMirrorMaker2, ${name}: ${kib(bytesOf(mirror?.inputs))}`);
    }
    const { settings } = parseSettings(changed(rawStack("dev")), "Pulumi.dev.yaml");
    for (const topics of [1000, 2000]) {
        const offsets = topicNames(topics).flatMap((topic) =>
            Array.from({ length: 10 }, (_, partition) => ({ topic, partition, offset: 1_000_000 })),
        );
        const data = connectorOffsets(aliasOf(settings.source), offsets);
        console.log(
            `ConfigMap of start positions, ${topics} topics of 10 partitions: ${kib(bytesOf(data))}`,
        );
    }
}

async function main(): Promise<void> {
    const runs = runCount(5);
    console.log(`${machine()}, ${runs} runs each after one to warm up`);
    await times(runs);
    await objects();
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
