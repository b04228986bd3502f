/**
 * Renders what a change does to the resources of the stacks, from their golden files at two commits,
 * as Markdown for the person who reviews it. Needs no cluster and no credentials.
 *
 * tsx scripts/review/goldenDiff.ts --base <revision> [--head <revision>]
 *
 * Without --head, the working tree. Exit code 0: rendered, with or without changes. 2: invalid
 * arguments, an unknown revision, or an invalid golden file.
 */
import { join } from "node:path";
import { goldenDiff } from "./revisions";

try {
    process.stdout.write(goldenDiff(process.argv.slice(2), join(__dirname, "..", "..")));
} catch (error) {
    console.error(`goldenDiff: ${(error as Error).message}`);
    process.exitCode = 2;
}
