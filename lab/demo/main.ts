/**
 * `make demo`. Environment: RECORDS is the number of records (1000000 by default); KEEP=1 keeps the
 * clusters running until Ctrl-C. Exit code 0 when both checks succeed, 1 otherwise.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabStoppedError, type Supervisor, withSupervisor } from "../process/supervisor";
import { clientProperties } from "../../kafka/connection";
import { connectionAs } from "../stack/runStack";
import { type Demo, metricsUrls, runDemo } from "./demo";
import { Progress } from "./progress";
import { isAsExpected, renderReport } from "./report";

const DEFAULT_RECORDS = 1_000_000;

async function main(): Promise<void> {
    const records = recordCount(process.env.RECORDS);
    const keep = isOn("KEEP", process.env.KEEP);
    const progress = new Progress();
    try {
        await withSupervisor(async (supervisor) => {
            const demo = await runDemo(supervisor, progress, records);
            progress.clear();
            process.stdout.write(renderReport(demo.result));
            process.exitCode = isAsExpected(demo.result) ? 0 : 1;
            if (keep) {
                await explainAndWait(supervisor, demo);
            }
        });
    } finally {
        progress.clear();
    }
}

function recordCount(text: string | undefined): number {
    if (text === undefined || text === "") {
        return DEFAULT_RECORDS;
    }
    const count = Number(text);
    if (!Number.isSafeInteger(count) || count < 1) {
        throw new UsageError(`RECORDS must be a whole number of at least 1, not "${text}".`);
    }
    return count;
}

function isOn(name: string, text: string | undefined): boolean {
    if (!["", "0", "1", undefined].includes(text)) {
        throw new UsageError(`${name} must be 1 or 0, not "${text ?? ""}".`);
    }
    return text === "1";
}

/** Wrong input: the message says what to change. */
class UsageError extends Error {
    override readonly name = "UsageError";
}

/** Prints how to connect to the clusters, and returns when the supervisor stops. */
async function explainAndWait(supervisor: Supervisor, { stack, result }: Demo): Promise<void> {
    const lines: string[] = [];
    for (const cluster of stack.clusters.values()) {
        const connection = connectionAs(stack, cluster, result.user);
        const file = join(supervisor.folder, `${cluster.name}.properties`);
        await writeFile(file, clientProperties(connection), { mode: 0o600 });
        lines.push(`  ${cluster.name}: bootstrap.servers=${connection.bootstrapServers}`);
        lines.push(`    client configuration of ${result.user} (--command-config): ${file}`);
    }
    for (const [id, mirrorMaker] of stack.mirrorMakers) {
        lines.push(`  ${id}: ${mirrorMaker.workers.map(({ rest }) => rest.url).join(", ")}`);
        lines.push(...metricsUrls(mirrorMaker).map((url) => `    metrics: curl -s ${url}`));
    }
    process.stdout.write(
        `\nThe clusters keep running. Press Ctrl-C to stop them.\n${lines.join("\n")}\n  logs and data: ${supervisor.folder}\n`,
    );
    await new Promise<void>((resolve) => {
        supervisor.signal.addEventListener("abort", () => {
            resolve();
        });
    });
}

main().catch((error: unknown) => {
    if (error instanceof LabStoppedError && error.by !== undefined) {
        return; // The supervisor ends this process by the same signal.
    }
    const message = error instanceof Error ? error.message : String(error);
    // Clients would otherwise retry for half a minute to reach a cluster that has stopped.
    process.stderr.write(`kafka-dr demo: ${message}\n`, () => process.exit(1));
});
