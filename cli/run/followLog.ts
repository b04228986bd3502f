import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../shared/commandError";
import type { PodView } from "./jobApi";
import { LogReader, type Output } from "./logReader";

/** Milliseconds before a broken log is asked for again, and between two looks at the pod. */
const PAUSE_MS = 500;
/** Milliseconds between looks at the pod while its log is silent, and for the log's end after it. */
const LOOK_MS = 10_000;
/** Milliseconds for which the API server may be away, for a restart of its own. */
const AWAY_MS = 60_000;

/** Reads of the rest of a log whose container has ended without an end of its own. */
const FINAL_READS = 3;

/** Where a log comes from. */
export interface LogSource {
    /** Undefined once the pod is gone. */
    pod(): Promise<PodView | undefined>;
    log(
        pod: string,
        sinceTime: string | undefined,
        follow: boolean,
        signal: AbortSignal,
    ): Promise<NodeJS.ReadableStream>;
}

/** How a followed command ended. */
export interface Ended {
    /** The pod when it was last seen; undefined where it went before its end was seen. */
    readonly pod: PodView | undefined;
    /** What the log itself ends with. */
    readonly writtenExitCode: number | undefined;
}

/**
 * Hands over a container's output until the container has ended, each line once: a stream that breaks
 * is asked for again, from the second of the last line on.
 *
 * @throws what the log's source throws when the API server is gone for good, or the signal's reason.
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
        const watched = endSilence(source, following, signal);
        await read;
        following.abort();
        await watched;
        signal.throwIfAborted();
        const pod = await patiently(() => source.pod(), pauseMs, signal);
        if (pod?.name !== name) {
            return { pod: undefined, writtenExitCode: reader.exitCode };
        }
        if (pod.ended !== undefined || pod.failure !== undefined) {
            // The stream may have broken just before the end.
            for (let left = FINAL_READS; left > 0 && reader.exitCode === undefined; left--) {
                await readLog(source, name, reader, output, false, [signal]);
                await sleep(pauseMs, undefined, { signal });
            }
            return { pod, writtenExitCode: reader.exitCode };
        }
        await sleep(pauseMs, undefined, { signal });
    }
}

/** A connection that died without a word looks like a silent command: its pod tells them apart. */
async function endSilence(
    source: LogSource,
    following: AbortController,
    signal: AbortSignal,
): Promise<void> {
    const either = AbortSignal.any([following.signal, signal]);
    try {
        for (let ended = false; ;) {
            await sleep(LOOK_MS, undefined, { signal: either });
            if (ended) {
                following.abort();
                return;
            }
            const pod = await source.pod();
            ended = pod === undefined || pod.ended !== undefined;
        }
    } catch {
        // Aborted; or the API server does not answer, which the next request will say.
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
        // Without a listener of its own an error of the stream would end the process.
        stream.on("error", () => undefined);
        for await (const line of linesOf(stream)) {
            reader.accept(line).forEach(output);
        }
    } catch (cause) {
        // Anything else may pass: 400 before the container runs, 404 when it is gone, as the pod will
        // show, 500 and the like while its node does not answer.
        if (cause instanceof CommandError) {
            throw cause;
        }
    }
}

/**
 * Whole lines alone: what a broken stream ends with is read again. Only a line feed ends a line, and
 * not what else `readline` takes for an end, which may be part of a text.
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

/** Asks until the API server answers. @throws its error after a minute, and any other one at once */
async function patiently<T>(
    request: () => Promise<T>,
    pauseMs: number,
    signal: AbortSignal,
): Promise<T> {
    const deadline = performance.now() + AWAY_MS;
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
