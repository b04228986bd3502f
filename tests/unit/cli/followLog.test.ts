import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { followLog, type LogSource } from "../../../cli/run/followLog";

const ENDED = {
    name: "pod",
    started: true,
    ended: { exitCode: 3, reason: "Error", message: "" },
    failure: undefined,
};
const LINES = 20;

/** The log of a container that has ended, of which each read breaks after one more line. */
function breakingLog(lines: readonly string[]) {
    let reads = 0;
    const source: LogSource = {
        pod: () => Promise.resolve(ENDED),
        log: () => Promise.resolve(Readable.from(lines.slice(0, ++reads).map((l) => `${l}\n`))),
    };
    return { source, reads: () => reads };
}

async function follow(source: LogSource) {
    let text = "";
    const { signal } = new AbortController();
    const end = await followLog(source, "pod", (part) => (text += part.text), signal, 0);
    return { text, exitCode: end.writtenExitCode };
}

describe("the log of a container that has ended", () => {
    const frames = Array.from({ length: LINES }, (_unused, i) => `${i + 1} o line ${i + 1}`);
    const stamped = (text: string) => `2026-11-26T04:00:00Z ${text}`;

    it("is read to its end as long as each read has a new line", async () => {
        const log = breakingLog([...frames, `${LINES + 1} x 3`].map(stamped));
        const { text, exitCode } = await follow(log.source);
        assert.equal(exitCode, 3);
        assert.equal(text, frames.map((frame) => `${frame.slice(frame.indexOf("l"))}\n`).join(""));
    });

    it("ends without an exit code when reads bring nothing new", async () => {
        const log = breakingLog(frames.map(stamped));
        const { exitCode } = await follow(log.source);
        assert.equal(exitCode, undefined);
        assert(log.reads() > LINES);
    });
});
