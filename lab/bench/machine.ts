import { execFileSync, spawnSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { KAFKA_VERSION } from "../artifacts/artifacts";
import { HEAP_MEGABYTES } from "./benchStack";
import type { MachineLine } from "./result";

const ROOT = join(__dirname, "..", "..");

/** The hardware and software of this machine. */
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

/** The commit of the work tree, with a plus when files differ from it. */
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
    // Java prints its version to standard error.
    const { stderr } = spawnSync(java, ["-version"], { encoding: "utf8" });
    return /version "([^"]+)"/.exec(stderr)?.[1] ?? "unknown";
}

/**
 * The facts in which two machines differ, as text; empty when measurements of both may share one file.
 * The start times do not count.
 */
export function machineDifferences(recorded: MachineLine, present: MachineLine): string[] {
    const facts: Readonly<Record<keyof MachineLine, boolean>> = {
        kind: false,
        cpu: true,
        cores: true,
        memoryBytes: true,
        kernel: true,
        node: true,
        java: true,
        kafka: true,
        heapMegabytes: true,
        garbageCollector: true,
        commit: true,
        startedAt: false,
    };
    return (Object.keys(facts) as (keyof MachineLine)[])
        .filter((fact) => facts[fact])
        .map((fact) => [fact, shown(recorded[fact]), shown(present[fact])] as const)
        .filter(([, one, other]) => one !== other)
        .map(([fact, one, other]) => `${fact} was ${one} and is ${other}`);
}

/** A text that does not depend on the order of an object's fields. */
export function shown(value: unknown): string {
    return typeof value === "object" && value !== null
        ? JSON.stringify(Object.fromEntries(Object.entries(value).sort()))
        : JSON.stringify(value);
}
