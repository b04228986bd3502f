/** `make bench` and `make bench-quick`. See USAGE. */
import { LabStoppedError, withSupervisor } from "../process/supervisor";
import { BenchUsageError, benchOptions, USAGE } from "./options";
import { runGrid } from "./runGrid";
import { ResultFileError } from "./resultFile";

async function main(): Promise<void> {
    const options = benchOptions(process.argv.slice(2));
    if (options === "help") {
        process.stdout.write(USAGE);
        return;
    }
    const failures = await withSupervisor((supervisor) => runGrid(supervisor, options));
    process.exitCode = failures === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
    if (error instanceof LabStoppedError && error.by !== undefined) {
        return; // The supervisor ends this process by the same signal.
    }
    if (error instanceof BenchUsageError || error instanceof ResultFileError) {
        process.stderr.write(`kafka-dr bench: ${error.message}\n`);
        process.exitCode = 2;
        return;
    }
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`kafka-dr bench: ${message}\n`, () => process.exit(1));
});
