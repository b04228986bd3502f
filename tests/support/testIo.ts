import { Writable } from "node:stream";
import type { CommandIo } from "../../cli/shared/output";

/** Streams that keep what a command writes. */
export function testIo(signal = new AbortController().signal): CommandIo & {
    stdoutText(): string;
    stderrText(): string;
    /** What the command set, 0 if nothing. */
    exitCode(): number;
} {
    let exitCode = 0;
    const [stdout, stderr] = [keeping(), keeping()];
    return {
        stdout: stdout.stream,
        stderr: stderr.stream,
        env: {},
        signal,
        isInteractive: false,
        exit: (code) => {
            exitCode = code;
        },
        exitCode: () => exitCode,
        stdoutText: () => stdout.text(),
        stderrText: () => stderr.text(),
    };
}

function keeping() {
    const chunks: Buffer[] = [];
    const stream = new Writable({
        write(chunk: Buffer, _encoding, done) {
            chunks.push(chunk);
            done();
        },
    });
    return { stream, text: () => Buffer.concat(chunks).toString() };
}
