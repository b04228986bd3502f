import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lossRanges } from "../../../cli/loss/loss";
import { run } from "../../../cli/main";
import { testIo } from "../../support/testIo";

const logs = (firstOffset: number, endOffset: number) => [
    { topic: "orders", firstOffsets: [firstOffset], endOffsets: [endOffset] },
];
const mirrored = (offset: number) => [{ topic: "orders", partition: 0, offset }];

describe("lossRanges", () => {
    const recoveryPoint = { at: "", targetEnds: [{ topic: "orders", endOffsets: [100] }] };

    it("begins after the offset that Kafka Connect recorded, and ends at the recovery point", () => {
        const [range] = lossRanges({ ...recoveryPoint, mirrored: mirrored(89) }, logs(0, 120));
        assert.deepEqual(range!.from, { firstOffset: 90, endOffset: 120 });
        assert.deepEqual(range!.to, { firstOffset: 40, endOffset: 100 });
    });

    it("is the whole log without an offset of Kafka Connect, or when the log was recreated", () => {
        assert.deepEqual(lossRanges(recoveryPoint, logs(5, 120))[0]!.from, {
            firstOffset: 5,
            endOffset: 120,
        });
        const recreated = { ...recoveryPoint, mirrored: mirrored(999) };
        assert.deepEqual(lossRanges(recreated, logs(0, 120))[0]!.from, {
            firstOffset: 0,
            endOffset: 120,
        });
    });

    it("compares a topic that the target lacks with an empty log", () => {
        const [range] = lossRanges({ at: "", targetEnds: [] }, logs(0, 7));
        assert.deepEqual(range!.to, { firstOffset: 0, endOffset: 0 });
    });
});

describe("kafka-dr loss", () => {
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "kafka-dr-loss-"));
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    const recoveryPoint = { at: "2026-05-01T12:00:00.000Z", targetEnds: [] };
    const refused: readonly [name: string, text: string | undefined, message: RegExp][] = [
        ["that does not exist", undefined, /record ".*" cannot be read: ENOENT/],
        ["that is not JSON", "no", /record ".*" cannot be read: .*JSON/],
        ["of a planned failover", '{"from":{"epoch":1}}', /is not the record of an unplanned/],
        [
            "without the mirror's epoch",
            JSON.stringify({ recoveryPoint }),
            /is not the record of an unplanned/,
        ],
        [
            "from an earlier version",
            JSON.stringify({ cut: recoveryPoint, from: { generation: 1 } }),
            /"from\.generation" is now "from\.epoch"/,
        ],
    ];
    for (const [name, text, message] of refused) {
        it(`refuses a record ${name}`, async () => {
            const record = join(folder, `${name}.json`);
            if (text !== undefined) {
                writeFileSync(record, text);
            }
            const io = testIo();
            const code = await run(["loss", "--stack", "dev", "--record", record], io);
            assert.equal(code, 2, io.stderrText());
            assert.match(io.stderrText(), message);
            assert.equal(io.stdoutText(), "");
        });
    }

    it("reads the source that the record of a failover names", async () => {
        const record = join(folder, "record.json");
        writeFileSync(record, JSON.stringify({ recoveryPoint, from: { epoch: 1 } }));
        const io = testIo();
        const args = ["--source-bootstrap", "127.0.0.1:1", "--target-bootstrap", "127.0.0.1:1"];
        const code = await run(["loss", "--stack", "dev", "--record", record, ...args], io);
        assert.equal(code, 4, io.stderrText());
        assert.match(io.stderrText(), /the source cannot be reached/);
    });
});
