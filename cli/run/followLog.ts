import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../shared/commandError";
import type { PodState } from "./jobApi";
import { LogReader, type Output } from "./logReader";

/** Milliseconds before a broken log is requested again, and between two polls of the pod. */
const PAUSE_MS = 500;
/** Milliseconds between polls of the pod while its log is open. */
const POLL_MS = 10_000;
/** Milliseconds that the API server may be unreachable, for example during its restart. */
const UNREACHABLE_MS = 60_000;

/** Reads without a new line after which a log without an exit code ends, once its container has terminated. */
const FINAL_READS = 3;

/** The pod and its log. */
export interface LogSource {
    /** Undefined once the pod is gone. */
    pod(): Promise<PodState | undefined>;
    log(
        pod: string,
        sinceTime: string | undefined,
        follow: boolean,
        signal: AbortSignal,
    ): Promise<NodeJS.ReadableStream>;
}

/** The end of a followed command. */
export interface Ended {
    /** The pod after its end; undefined if it was deleted before its end was observed. */
    readonly pod: PodState | undefined;
    /** The exit code on the last line of the log; undefined without such a line. */
    readonly writtenExitCode: number | undefined;
}

/**
 * Passes on a container's output until the container has terminated, each line once: a stream that
 * breaks is requested again, starting at the second of the last line.
 *
 * @throws the error of the source when the API server stays unreachable, or the signal's reason.
 */
export async function followLog(
    source: LogSource,
    name: string,
    output: (part: Output) => void,
    signal: AbortSignal,
    pauseMs = PAUSE_MS,
): Promise<Ended> {
    const reader = new LogReader();
    for (;;) {
        const following = new AbortController();
        const read = readLog(source, name, reader, output, true, [signal, following.signal]);
        const watched = abortStaleStream(source, following, signal);
        await read;
        following.abort();
        await watched;
        signal.throwIfAborted();
        const pod = await retried(() => source.pod(), pauseMs, signal);
        if (pod?.name !== name) {
            return { pod: undefined, writtenExitCode: reader.exitCode };
        }
        if (pod.ended !== undefined || pod.failure !== undefined) {
            // The stream may have broken anywhere before the end, and may break again.
            for (let idle = 0; idle < FINAL_READS && reader.exitCode === undefined;) {
                const before = reader.newLines;
                await readLog(source, name, reader, output, false, [signal]);
                idle = reader.newLines > before ? 0 : idle + 1;
                await sleep(pauseMs, undefined, { signal });
            }
            return { pod, writtenExitCode: reader.exitCode };
        }
        await sleep(pauseMs, undefined, { signal });
    }
}

/**
 * Ends the read when the pod has ended and the stream has not: a dead connection looks like a command
 * without output.
 */
async function abortStaleStream(
    source: LogSource,
    following: AbortController,
    signal: AbortSignal,
): Promise<void> {
    const either = AbortSignal.any([following.signal, signal]);
    try {
        for (let ended = false; ;) {
            await sleep(POLL_MS, undefined, { signal: either });
            if (ended) {
                following.abort();
                return;
            }
            const pod = await source.pod();
            ended = pod === undefined || pod.ended !== undefined;
        }
    } catch {
        // Aborted; or the API server does not answer, which the next request reports.
    }
}

/** Reads the log until its stream ends or breaks. */
async function readLog(
    source: LogSource,
    name: string,
    reader: LogReader,
    output: (part: Output) => void,
    follow: boolean,
    signals: readonly AbortSignal[],
): Promise<void> {
    const signal = AbortSignal.any([...signals]);
    try {
        const stream = await source.log(name, reader.sinceTime, follow, signal);
        // Without this listener an error of the stream ends the process.
        stream.on("error", () => undefined);
        for await (const line of linesOf(stream)) {
            reader.accept(line).forEach(output);
        }
    } catch (cause) {
        // Other errors may be temporary: 400 before the container runs, 404 when it is gone, which the
        // pod shows, 5xx while its node does not answer.
        if (cause instanceof CommandError) {
            throw cause;
        }
    }
}

/**
 * Only whole lines: a partial line at the end of a broken stream is read again. Only a line feed ends
 * a line; `readline` accepts other characters, which may be part of a text.
 */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
    const decoder = new StringDecoder("utf8");
    let rest = "";
    for await (const chunk of stream) {
        const lines = (rest + decoder.write(chunk)).split("\n");
        rest = lines.pop() ?? "";
        yield* lines;
    }
}

/** Repeats a request until the API server answers. @throws its error after a minute, and any other error at once */
async function retried<T>(
    request: () => Promise<T>,
    pauseMs: number,
    signal: AbortSignal,
): Promise<T> {
    const deadline = performance.now() + UNREACHABLE_MS;
    for (;;) {
        try {
            return await request();
        } catch (cause) {
            const isAway = cause instanceof CommandError && cause.outcome === "unreachable";
            if (!isAway || performance.now() > deadline) {
                throw cause;
            }
        }
        await sleep(pauseMs, undefined, { signal });
    }
}
