import { execFileSync, spawnSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { KAFKA_VERSION } from "../classPath";
import { HEAP_MEGABYTES } from "./benchStack";
import type { MachineLine } from "./result";

const ROOT = join(__dirname, "..", "..");

/** What this machine is, and what runs on it. */
export function machineLine(garbageCollector: string): MachineLine {
    return {
        kind: "machine",
        cpu: cpus()[0]?.model ?? "unknown",
        cores: cpus().length,
        memoryBytes: totalmem(),
        kernel: release(),
        node: process.version,
        java: javaVersion(),
        kafka: KAFKA_VERSION,
        heapMegabytes: HEAP_MEGABYTES,
        garbageCollector,
        commit: commit(),
        startedAt: new Date().toISOString(),
    };
}

/** The commit of the work tree, with a plus where files differ from it. */
function commit(): string {
    const git = (...args: string[]) =>
        execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: "pipe" }).trim();
    try {
        const isChanged = git("status", "--porcelain", "--untracked-files=no") !== "";
        return `${git("rev-parse", "--short=12", "HEAD")}${isChanged ? "+" : ""}`;
    } catch {
        return "unknown"; // a copy without its history
    }
}

function javaVersion(): string {
    const home = process.env.JAVA_HOME;
    const java = home ? join(home, "bin", "java") : "java";
    // It answers on standard error.
    const { stderr } = spawnSync(java, ["-version"], { encoding: "utf8" });
    return /version "([^"]+)"/.exec(stderr)?.[1] ?? "unknown";
}
