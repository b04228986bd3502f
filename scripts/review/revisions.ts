import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Golden, NOTHING, parseGolden } from "./golden";
import { renderMarkdown } from "./markdown";
import { stackChanges } from "./stackChanges";

const FOLDER = "tests/golden";
const USAGE = "usage: goldenDiff.ts --base <revision> [--head <revision>]";

/** The golden files of a revision, by stack. */
type Goldens = ReadonlyMap<string, Golden>;

/**
 * The Markdown for a command line.
 * @param repository folder of the git repository with the golden files
 * @throws Error with a message of one line
 */
export function goldenDiff(args: readonly string[], repository: string): string {
    const { values } = parseArgs({
        args: [...args],
        options: { base: { type: "string" }, head: { type: "string" } },
    });
    if (values.base === undefined) {
        throw new Error(USAGE);
    }
    const before = goldensAt(repository, values.base);
    const after =
        values.head === undefined
            ? goldensOfWorkingTree(repository)
            : goldensAt(repository, values.head);
    const stacks = [...new Set([...after.keys(), ...before.keys()])].sort();
    return renderMarkdown(
        new Map(
            stacks.map((stack) => [
                stack,
                stackChanges(before.get(stack) ?? NOTHING, after.get(stack) ?? NOTHING),
            ]),
        ),
    );
}

function goldensAt(repository: string, revision: string): Goldens {
    gitShow(repository, "--no-patch", "--end-of-options", revision);
    // git shows a tree as a heading, an empty line, and its names.
    const listing = spawnGit(repository, "--end-of-options", `${revision}:${FOLDER}`);
    const files = listing.status === 0 ? listing.stdout.split("\n").slice(2) : [];
    return goldens(files, (file) =>
        gitShow(repository, "--end-of-options", `${revision}:${FOLDER}/${file}`),
    );
}

function goldensOfWorkingTree(repository: string): Goldens {
    const folder = join(repository, FOLDER);
    return goldens(readdirSync(folder), (file) => readFileSync(join(folder, file), "utf8"));
}

function goldens(files: readonly string[], read: (file: string) => string): Goldens {
    return new Map(
        files
            .filter((file) => file.endsWith(".yaml"))
            .map((file) => {
                try {
                    return [file.slice(0, -".yaml".length), parseGolden(read(file))] as const;
                } catch (error) {
                    throw new Error(`${FOLDER}/${file}: ${(error as Error).message}`);
                }
            }),
    );
}

function gitShow(repository: string, ...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnGit(repository, ...args);
    if (status !== 0) {
        throw new Error(stderr.trim().split("\n")[0] ?? "git show failed");
    }
    return stdout;
}

function spawnGit(repository: string, ...args: readonly string[]) {
    const result = spawnSync("git", ["show", ...args], {
        cwd: repository,
        encoding: "utf8",
        maxBuffer: 64 * 2 ** 20,
    });
    if (result.error !== undefined) {
        throw result.error;
    }
    return result;
}
