import { Writable } from "node:stream";
import type { CommandIo } from "../../cli/shared/output";

/** Streams that record the output of a command. */
export function testIo(signal = new AbortController().signal): CommandIo & {
    stdoutText(): string;
    stderrText(): string;
    /** The exit code that the command set, 0 if it set none. */
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
