import { Writable } from "node:stream";
import type { CommandIo } from "../../drill/kubernetes/io";

/** Streams that keep what a command writes. */
export function testIo(signal = new AbortController().signal): CommandIo & {
    stdoutText(): string;
    stderrText(): string;
} {
    const [stdout, stderr] = [keeping(), keeping()];
    return {
        stdout: stdout.stream,
        stderr: stderr.stream,
        signal,
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
