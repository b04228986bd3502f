import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import kafkaLock from "./kafka.lock.json";
import { RepositoryError, artifactUrl, openArtifact, repositoryUrl } from "./repository";

/** The Kafka version that the lab runs. */
export const KAFKA_VERSION = "4.3.1";

/** One file of a Maven repository, pinned by its content. */
export interface LockedArtifact {
    /** Path below the repository's root, e.g. `org/example/lib/1.0/lib-1.0.jar`. */
    readonly path: string;
    /** SHA-512 of the file, 128 lower-case hexadecimal digits. */
    readonly sha512: string;
    /** Length of the file in bytes. */
    readonly size: number;
}

/** The content of a `*.lock.json` file of this folder; `updateLocks.ts` writes them. */
export interface ArtifactLock {
    readonly artifacts: readonly LockedArtifact[];
}

export interface EnsureArtifactsOptions {
    /** Folder that mirrors the repository's layout. Default: `defaultCacheDirectory()`. */
    readonly cacheDirectory?: string;
    /** Root URL of the repository. Default: `MAVEN_REPOSITORY`, else Maven Central. */
    readonly repository?: string;
    /** Receives progress, one line at a time. Default: standard error. */
    readonly onProgress?: (line: string) => void;
}

/** Parallel downloads: enough to hide the round trips, and considerate of a public repository. */
const CONCURRENCY = 6;
/** A temporary file of this age, in milliseconds, belongs to a download that was killed. */
const STALE_AFTER = 60 * 60 * 1000;

/**
 * Where the artifacts are kept: `$KAFKA_DR_CACHE/maven`, else `kafka-dr/maven` in
 * `$XDG_CACHE_HOME`, else in `~/.cache`.
 */
export function defaultCacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
    if (env.KAFKA_DR_CACHE) {
        return path.resolve(env.KAFKA_DR_CACHE, "maven");
    }
    // The XDG specification requires a relative path to be ignored.
    const xdg = env.XDG_CACHE_HOME;
    const base = xdg && path.isAbsolute(xdg) ? xdg : path.join(homedir(), ".cache");
    return path.join(base, "kafka-dr", "maven");
}

/**
 * Makes sure that every artifact of a lock is in the cache, and returns the absolute file names in
 * the lock's order.
 *
 * Size and SHA-512 are checked on every call. A cached file that does not match is reported in one
 * line and fetched again. A download goes to a temporary name in the same folder and is renamed
 * when its digest is right, so that killed or simultaneous calls leave no half-written artifact.
 * HTTP proxies of the environment (`HTTPS_PROXY`) are used with `NODE_USE_ENV_PROXY=1` alone, as
 * Node does; or point `MAVEN_REPOSITORY` at a repository that the machine reaches.
 *
 * @throws Error with one line that names the URL, the cause and what to do, when a download fails
 * or its content differs from the lock
 */
export async function ensureArtifacts(
    lock: ArtifactLock,
    options: EnsureArtifactsOptions = {},
): Promise<string[]> {
    const directory = path.resolve(options.cacheDirectory ?? defaultCacheDirectory());
    const repository = repositoryUrl(options.repository);
    const report =
        options.onProgress ??
        ((line: string) => {
            process.stderr.write(`${line}\n`);
        });
    const files = lock.artifacts.map((artifact) => cachedFile(directory, artifact));

    const missing: { artifact: LockedArtifact; file: string }[] = [];
    await forEachOf([...lock.artifacts.keys()], async (index) => {
        const artifact = lock.artifacts[index];
        const file = files[index];
        if (!artifact || !file) return;
        const state = await checkFile(file, artifact);
        if (state === "damaged") {
            report(`${file} does not match its digest in the lock; downloading it again`);
        }
        if (state !== "good") missing.push({ artifact, file });
    });

    if (missing.length > 0) {
        const bytes = missing.reduce((sum, { artifact }) => sum + artifact.size, 0);
        const megabytes = (bytes / 1e6).toFixed(1);
        report(`Downloading ${missing.length} of ${files.length} artifacts, ${megabytes} MB`);
        await forEachOf(missing, async ({ artifact, file }, signal) => {
            await download(artifact, file, repository, signal);
        });
        report(`Downloaded ${missing.length} artifacts to ${directory}`);
    }
    return files;
}

function cachedFile(directory: string, artifact: LockedArtifact): string {
    const parts = artifact.path.split("/");
    // A lock is data: it must not name a file outside the cache.
    if (parts.some((part) => part === "" || part === "." || part === ".." || /[\\:]/.test(part))) {
        throw new Error(`"${artifact.path}" is not a path inside a Maven repository`);
    }
    return path.join(directory, ...parts);
}

async function checkFile(
    file: string,
    artifact: LockedArtifact,
): Promise<"good" | "damaged" | "absent"> {
    try {
        // The size costs nothing, so a truncated file is found without reading it.
        if ((await stat(file)).size !== artifact.size) return "damaged";
        return (await sha512OfFile(file)) === artifact.sha512 ? "good" : "damaged";
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return "absent";
        throw error;
    }
}

/** SHA-512 of a file's content, in hexadecimal. */
export async function sha512OfFile(file: string): Promise<string> {
    const hash = createHash("sha512");
    await pipeline(createReadStream(file), hash);
    return hash.digest("hex");
}

async function download(
    artifact: LockedArtifact,
    file: string,
    repository: URL,
    signal: AbortSignal,
): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    await removeStaleParts(file);
    const part = `${file}.${randomUUID()}.part`;
    const hash = createHash("sha512");
    let size = 0;
    const measure = new Transform({
        transform(chunk: Buffer, _encoding, done) {
            hash.update(chunk);
            size += chunk.length;
            done(null, chunk);
        },
    });
    try {
        const body = await openArtifact(repository, artifact.path, signal);
        try {
            await pipeline(Readable.fromWeb(body), measure, createWriteStream(part), { signal });
        } catch (error) {
            throw new RepositoryError(artifactUrl(repository, artifact.path), error);
        }
        const digest = hash.digest("hex");
        if (digest !== artifact.sha512) {
            throw new Error(
                `${artifactUrl(repository, artifact.path)} is not the artifact of the lock: ` +
                    `expected SHA-512 ${artifact.sha512} (${artifact.size} bytes), ` +
                    `got ${digest} (${size} bytes); the file was discarded. ` +
                    `Check that MAVEN_REPOSITORY serves unchanged artifacts, then run it again`,
            );
        }
        await rename(part, file);
    } finally {
        await rm(part, { force: true });
    }
}

async function removeStaleParts(file: string): Promise<void> {
    const directory = path.dirname(file);
    for (const name of await readdir(directory)) {
        if (!name.startsWith(`${path.basename(file)}.`) || !name.endsWith(".part")) continue;
        const part = path.join(directory, name);
        const info = await stat(part).catch(() => undefined);
        if (info && Date.now() - info.mtimeMs > STALE_AFTER) await rm(part, { force: true });
    }
}

/**
 * Runs the action for all items, a few in parallel. The first error stops the others through the
 * signal and is thrown when all of them have ended.
 */
async function forEachOf<T>(
    items: readonly T[],
    action: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
    const abort = new AbortController();
    const errors: unknown[] = [];
    const queue = items.values();
    const worker = async (): Promise<void> => {
        for (const item of queue) {
            if (abort.signal.aborted) return;
            try {
                await action(item, abort.signal);
            } catch (error) {
                errors.push(error);
                abort.abort();
            }
        }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    if (errors.length > 0) throw errors[0];
}

/** Paths of the jars of Kafka, Connect and MirrorMaker 2, from the cache or Maven Central. */
export async function kafkaClassPath(): Promise<string[]> {
    const files = await ensureArtifacts(kafkaLock);
    return files.filter((file) => file.endsWith(".jar"));
}
