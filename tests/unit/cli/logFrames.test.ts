import assert from "node:assert/strict";
import fc from "fast-check";
import { type Channel, FrameWriter, parseFrame } from "../../../cli/run/logFrames";
import { LogReader } from "../../../cli/run/logReader";

/** The output of a process, as frames with the times of a kubelet. */
function logOf(writes: readonly (readonly [Channel, Buffer])[], exitCode: number): string[] {
    const lines: string[] = [];
    const writer = new FrameWriter((line) => lines.push(line.slice(0, -1)));
    writes.forEach(([channel, chunk]) => {
        writer.chunk(channel, chunk);
    });
    writer.end(exitCode);
    return lines.map((line, index) => `${timeOf(index)} ${line}`);
}

/** Three lines within a millisecond, 20 in a second; zeros at the end are left out, as Go does. */
function timeOf(index: number): string {
    const fraction = String(Math.floor(index / 3) % 7).padStart(3, "0") + String(index % 3);
    const second = String(Math.floor(index / 20)).padStart(2, "0");
    return `2026-11-26T04:00:${second}${`.${fraction}`.replace(/\.?0+$/, "")}Z`;
}

function textOf(writes: readonly (readonly [Channel, Buffer])[], channel: Channel): string {
    return Buffer.concat(
        writes.filter(([found]) => found === channel).map(([, chunk]) => chunk),
    ).toString();
}

const channel = fc.constantFrom<Channel>("stdout", "stderr");
const writes = fc.array(
    fc.tuple(
        channel,
        fc
            .string({ unit: fc.constantFrom("a", "\n", "\r", "é", "\u2028", "😀", " ", "1 o x\n") })
            .map((text) => Buffer.from(text)),
    ),
    { maxLength: 40 },
);

describe("the output of a container", () => {
    it("arrives as it was written, separately for each stream, whatever its content", () => {
        fc.assert(
            fc.property(writes, fc.integer({ min: 0, max: 255 }), (written, exitCode) => {
                const reader = new LogReader();
                const got = logOf(written, exitCode).flatMap((line) => reader.accept(line));
                for (const stream of ["stdout", "stderr"] as const) {
                    const text = got
                        .filter((part) => part.channel === stream)
                        .map((part) => part.text)
                        .join("");
                    assert.equal(text, textOf(written, stream));
                }
                assert.equal(reader.exitCode, exitCode);
                assert.equal(reader.lostLines, 0);
            }),
        );
    });

    it("arrives once, however often reads are interrupted and repeated", () => {
        const breaks = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 8 });
        fc.assert(
            fc.property(writes, breaks, (written, cuts) => {
                const log = logOf(written, 0);
                const reader = new LogReader();
                let text = "";
                for (const length of [...cuts, log.length]) {
                    const since = reader.sinceTime;
                    const from = log.filter(
                        (line) => since === undefined || line.slice(0, 19) >= since.slice(0, 19),
                    );
                    for (const line of from.slice(0, length)) {
                        text += reader
                            .accept(line)
                            .filter((part) => part.channel === "stdout")
                            .map((part) => part.text)
                            .join("");
                    }
                }
                assert.equal(text, textOf(written, "stdout"));
                assert.equal(reader.lostLines, 0);
                assert.equal(reader.exitCode, 0);
            }),
        );
    });

    it("is split where a container runtime splits it, and joined again", () => {
        const long = `${"😀x".repeat(10_000)}\n`;
        const log = logOf([["stdout", Buffer.from(long)]], 0);
        assert(log.length > 4);
        assert(log.every((line) => Buffer.byteLength(line) < 16 * 1024 + 40));
        const reader = new LogReader();
        const parts = log.flatMap((line) => reader.accept(line));
        assert.equal(parts.map(({ text }) => text).join(""), long);
    });

    it("contains no half characters if a chunk ends within one", () => {
        const bytes = Buffer.from("é\n");
        const log = logOf(
            [
                ["stdout", bytes.subarray(0, 1)],
                ["stdout", bytes.subarray(1)],
            ],
            0,
        );
        assert.match(log[0]!, / 1 o é$/);
    });

    it("is reported as incomplete if lines are missing", () => {
        const reader = new LogReader();
        const [first, , third] = logOf([["stdout", Buffer.from("1\n2\n3\n")]], 0);
        reader.accept(first!);
        const [warning, line] = reader.accept(third!);
        assert.match(warning!.text, /^warning: 1 line of output lost/);
        assert.deepEqual(line, { channel: "stdout", text: "3\n" });
        assert.equal(reader.lostLines, 1);
    });

    it("shows lines without a frame on stderr, once", () => {
        const reader = new LogReader();
        const lines = [
            "2026-11-26T04:00:01Z exec failed",
            "2026-11-26T04:00:01.5Z exec failed",
            "2026-11-26T04:00:01.12Z late: 1.12 is before 1.5",
        ];
        const shown = [...lines, ...lines.slice(0, 2)].flatMap((line) => reader.accept(line));
        assert.deepEqual(shown, [
            { channel: "stderr", text: "exec failed\n" },
            { channel: "stderr", text: "exec failed\n" },
        ]);
    });

    for (const [what, line] of [
        ["no number", "o text"],
        ["another channel", "1 z text"],
        ["no exit code", "1 x one"],
        ["an invalid number", "1e9 o text"],
    ] as const) {
        it(`is no frame with ${what}`, () => {
            assert.equal(parseFrame(line), undefined);
        });
    }
});
