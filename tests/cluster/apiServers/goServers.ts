import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { Supervisor } from "../../../lab/process/supervisor";
import { defaultCacheDirectory } from "../../../lab/artifacts/artifacts";

const MODULE = path.join(__dirname, "servers");
const SOURCES = ["go.mod", "go.sum", "etcd/main.go", "kube-apiserver/main.go"];
/** Milliseconds between two progress lines of the build. */
const PROGRESS_INTERVAL = 30_000;
/** Age in milliseconds after which a build folder counts as left by a killed build. */
const STALE_AFTER = 60 * 60 * 1000;

/** Absolute file names of the programs. */
export type ServerPrograms = Readonly<Record<"etcd" | "kube-apiserver", string>>;

/** Output of `go version`: version, system and architecture; undefined without Go. */
export async function goVersion(): Promise<string | undefined> {
    try {
        return (await promisify(execFile)("go", ["version"], { cwd: MODULE })).stdout.trim();
    } catch {
        return undefined;
    }
}

/**
 * Builds the kube-apiserver and the etcd that `servers/go.mod` pins into the cache of this user,
 * unless they are there. A build takes minutes and has no time limit. Concurrent builds do not disturb
 * each other, and a killed build leaves no incomplete programs.
 *
 * @param onProgress Gets one line at a time.
 * @returns Undefined without Go.
 * @throws ProcessCrashError with the compiler's last lines when the build fails.
 */
export async function buildApiServers(
    onProgress: (line: string) => void,
): Promise<ServerPrograms | undefined> {
    const go = await goVersion();
    if (go === undefined) {
        return undefined;
    }
    const sources = SOURCES.map((file) => readFileSync(path.join(MODULE, file), "utf8"));
    const flags = buildFlags(sources[0] ?? "");
    const key = createHash("sha256")
        .update(JSON.stringify([go, flags, sources]))
        .digest("hex");
    const cache = path.join(path.dirname(defaultCacheDirectory()), "kubernetes-servers");
    const folder = path.join(cache, key.slice(0, 16));
    if (!existsSync(folder)) {
        await build(folder, flags, onProgress);
    }
    return {
        etcd: path.join(folder, "etcd"),
        "kube-apiserver": path.join(folder, "kube-apiserver"),
    };
}

/** A build from a module does not know its version; the API server reports the one set here. */
function buildFlags(goMod: string): string[] {
    const version = /k8s\.io\/kubernetes (v\S+)/.exec(goMod)?.[1] ?? "";
    const linker = `-s -w -X k8s.io/component-base/version.gitVersion=${version}`;
    return ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", linker];
}

async function build(
    folder: string,
    flags: readonly string[],
    onProgress: (line: string) => void,
): Promise<void> {
    const cache = path.dirname(folder);
    await mkdir(cache, { recursive: true });
    await removeStaleBuilds(cache);
    const supervisor = await Supervisor.create();
    const unfinished = path.join(cache, `.build-${randomUUID()}`);
    await mkdir(unfinished);
    const started = performance.now();
    onProgress("Building kube-apiserver and etcd, once per user: about 4 minutes on 2 idle cores.");
    const progress = setInterval(() => {
        const seconds = Math.round((performance.now() - started) / 1000);
        onProgress(`Building kube-apiserver and etcd: ${seconds} s.`);
    }, PROGRESS_INTERVAL);
    try {
        await supervisor.run({
            name: "go build",
            command: "go",
            args: [
                "build",
                ...flags,
                "-o",
                `${unfinished}${path.sep}`,
                "./etcd",
                "./kube-apiserver",
            ],
            cwd: MODULE,
            logFile: path.join(supervisor.folder, "go-build.log"),
            env: { CGO_ENABLED: "0" },
        });
        await rename(unfinished, folder).catch((error: unknown) => {
            // A concurrent build was faster; its result is the same.
            if (!existsSync(folder)) {
                throw error;
            }
        });
    } finally {
        clearInterval(progress);
        await supervisor.stop();
        await rm(unfinished, { recursive: true, force: true });
    }
}

async function removeStaleBuilds(cache: string): Promise<void> {
    for (const name of await readdir(cache)) {
        const folder = path.join(cache, name);
        if (name.startsWith(".build-")) {
            const found = await stat(folder).catch(() => undefined);
            if (found !== undefined && Date.now() - found.mtimeMs > STALE_AFTER) {
                await rm(folder, { recursive: true, force: true });
            }
        }
    }
}
