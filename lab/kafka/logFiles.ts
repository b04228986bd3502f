import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { LabContext } from "../context";
import { prepareJvm } from "../process/jvm";

const HEAP_MEGABYTES = 128;
let dumps = 0;

/**
 * The values of the committed records of a topic, as text, read from the segments of a broker by
 * Kafka's own `DumpLogSegments`. Nothing of it uses the client of the commands, nor a running broker.
 *
 * @param dataFolders `log.dirs` of the brokers; of a partition that several have, the first is read
 */
export async function valuesInLogFiles(
    lab: Pick<LabContext, "supervisor" | "classPath">,
    dataFolders: readonly string[],
    topic: string,
): Promise<string[]> {
    const files = segmentsOf(dataFolders, topic);
    if (files.length === 0) {
        return [];
    }
    dumps += 1;
    const name = `log-files-${dumps}`;
    const dump = await prepareJvm({
        name,
        mainClass: "org.apache.kafka.tools.DumpLogSegments",
        args: ["--print-data-log", "--files", files.join(",")],
        classPath: lab.classPath,
        heapMegabytes: HEAP_MEGABYTES,
        folder: path.join(lab.supervisor.folder, name),
        shortLived: true,
    });
    await lab.supervisor.run(dump);
    return committedValues(await readFile(dump.logFile, "utf8"));
}

/** The segments by partition and in order; a deleted topic's folder has another name. */
function segmentsOf(dataFolders: readonly string[], topic: string): string[] {
    const partitions = new Map<string, string>();
    for (const data of dataFolders.filter((folder) => existsSync(folder))) {
        for (const partition of readdirSync(data)) {
            const isOfTopic =
                partition.startsWith(`${topic}-`) &&
                /^\d+$/.test(partition.slice(topic.length + 1));
            if (isOfTopic && !partitions.has(partition)) {
                partitions.set(partition, path.join(data, partition));
            }
        }
    }
    return [...partitions.values()].flatMap((folder) =>
        readdirSync(folder)
            .filter((file) => file.endsWith(".log"))
            .sort()
            .map((file) => path.join(folder, file)),
    );
}

/**
 * The values in the output of `DumpLogSegments`. Records of a transaction count from its commit marker
 * on; those of an aborted or open one do not count. Values must not contain line breaks.
 */
export function committedValues(text: string): string[] {
    const values: string[] = [];
    const open = new Map<string, string[]>();
    let folder = "";
    let batch: Record<string, string> = {};
    for (const line of text.split("\n")) {
        const dumping = /^Dumping (.*)\/[^/]+\.log$/.exec(line);
        if (dumping) {
            folder = dumping[1] ?? "";
        } else if (line.startsWith("baseOffset: ")) {
            batch = Object.fromEntries(
                [...line.matchAll(/(\w+): (\S+)/g)].map(([, key = "", value = ""]) => [key, value]),
            );
        } else if (line.startsWith("| offset: ")) {
            // A producer's transaction has a marker of its own in each partition.
            const transaction = `${folder} ${batch.producerId ?? ""}`;
            const marker = /endTxnMarker: (COMMIT|ABORT)/.exec(line)?.[1];
            if (marker !== undefined) {
                values.push(...(marker === "COMMIT" ? (open.get(transaction) ?? []) : []));
                open.delete(transaction);
                continue;
            }
            const value = / payload: (.*)$/.exec(line)?.[1];
            if (value !== undefined && batch.isControl !== "true") {
                if (batch.isTransactional === "true") {
                    open.set(transaction, [...(open.get(transaction) ?? []), value]);
                } else {
                    values.push(value);
                }
            }
        }
    }
    return values;
}
