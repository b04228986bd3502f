import { spawnSync } from "node:child_process";

const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";

/** Runs actionlint by the Go toolchain, which fetches and compiles it for the first run. */
export function runActionlint(args: readonly string[]): { status: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync("go", ["run", ACTIONLINT, ...args], {
        encoding: "utf8",
    });
    return { status, output: `${stdout}${stderr}` };
}
