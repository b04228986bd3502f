import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isOtherLog, lossRanges, lossUnknowns } from "../../../cli/loss/lossRanges";
import { lossText } from "../../../cli/loss/runLoss";
import { run } from "../../../cli/main";
import { testIo } from "../../support/testIo";
import { log, lookOf } from "./support/looks";

const mirrored = (offset: number) => [{ topic: "orders", partition: 0, offset }];
const target = lookOf({ orders: [100] }, "b");
const rangeOf = (
    recoveryPoint: Partial<Parameters<typeof lossRanges>[0]>,
    firstOffset: number,
    end: number,
) =>
    lossRanges(
        { at: "", target, ...recoveryPoint },
        lookOf({ orders: [log(end, { firstOffset })] }),
    )[0]!;

describe("lossRanges", () => {
    it("begins with the last offset that Kafka Connect recorded, and ends at the recovery point", () => {
        const range = rangeOf({ mirrored: mirrored(89) }, 0, 120);
        assert.deepEqual(range.from, { firstOffset: 89, endOffset: 120 });
        assert.deepEqual(range.to, { firstOffset: 0, endOffset: 100 });
        assert.equal(range.anchor, 89);
    });

    it("is the whole log without an offset of Kafka Connect, or when the log is another one", () => {
        for (const [recorded, first] of [
            [{}, 5],
            [{ mirrored: mirrored(999) }, 0],
        ] as const) {
            const { from, anchor } = rangeOf(recorded, first, 120);
            assert.deepEqual(from, { firstOffset: first, endOffset: 120 });
            assert.equal(anchor, undefined);
        }
    });

    it("compares a topic that the target lacks with an empty log", () => {
        const { to } = rangeOf({ target: lookOf({}, "b") }, 0, 7);
        assert.deepEqual(to, { firstOffset: 0, endOffset: 0 });
    });
});

describe("what cannot be known of a loss", () => {
    const source = lookOf({ orders: [120] });
    const to = target;
    const cases: [
        string,
        Parameters<typeof lossUnknowns>[0],
        Parameters<typeof lossUnknowns>[1],
        RegExp,
    ][] = [
        [
            "the source's logs are empty",
            { at: "", target, mirrored: mirrored(464_999) },
            { from: lookOf({ orders: [0] }), to },
            /offsets up to 464,999 were mirrored, and its log ends at 0/,
        ],
        [
            "nothing was noted, and the source's log is empty",
            { at: "", target },
            { from: lookOf({ orders: [0] }), to },
            /its log is empty, and the target had 100 offsets of it/,
        ],
        [
            "the source lacks the topic",
            { at: "", target, mirrored: mirrored(9) },
            { from: lookOf({}), to },
            /the topic does not exist any more/,
        ],
        [
            "the source is another cluster",
            { at: "", target, source },
            { from: lookOf({ orders: [120] }, "c"), to },
            /another cluster: its id is c, and was a/,
        ],
        [
            "the topic is another one of the same name",
            { at: "", target, source },
            { from: { ...source, topics: [{ ...source.topics[0]!, id: "other" }] }, to },
            /another topic of the same name/,
        ],
        [
            "the source's log is shorter than it was",
            { at: "", target, source, mirrored: mirrored(89) },
            { from: lookOf({ orders: [110] }), to },
            /its log ends at 110, and ended at 120/,
        ],
        [
            "the leader epoch is older than it was",
            { at: "", target, source: lookOf({ orders: [log(120, { leaderEpoch: 7 })] }) },
            { from: lookOf({ orders: [130] }), to },
            /its leader epoch is 0, and was 7/,
        ],
        [
            "the target is another cluster",
            { at: "", target },
            { from: source, to: lookOf({ orders: [100] }, "c") },
            /it is another cluster/,
        ],
        [
            "a partition has no leader",
            { at: "", target },
            { from: lookOf({ orders: [{ unknown: "no leader" }] }), to },
            /no leader/,
        ],
        [
            "retention deleted what was not mirrored",
            { at: "", target, mirrored: mirrored(89) },
            { from: lookOf({ orders: [log(120, { firstOffset: 100 })] }), to },
            /offsets 90 to 99 were deleted by retention/,
        ],
        [
            "records lie behind an open transaction",
            { at: "", target, mirrored: mirrored(89) },
            { from: lookOf({ orders: [log(120, { lastStableOffset: 110 })] }), to },
            /offsets 110 to 119 lie behind an open transaction/,
        ],
    ];
    for (const [name, recoveryPoint, now, message] of cases) {
        it(`is said when ${name}`, () => {
            const unknown = lossUnknowns(recoveryPoint, now);
            assert.match(unknown.map((found) => found.message).join("; "), message);
            const text = lossText("t", { partitions: [], unknown });
            assert.doesNotMatch(text, /has every record/);
            assert.match(text, /cannot be known/);
            assert.match(text, message);
        });
    }

    it("is nothing when the source is what it was", () => {
        const now = { from: lookOf({ orders: [130] }), to: lookOf({ orders: [900] }, "b") };
        const recoveryPoint = { at: "", target, source, mirrored: mirrored(89) };
        assert.deepEqual(lossUnknowns(recoveryPoint, now), []);
        assert.match(lossText("t", { partitions: [], unknown: [] }), /has every record/);
    });

    it("leaves out the records of another cluster or topic, which prove nothing", () => {
        const at = { message: "m" };
        assert(isOtherLog([at], "orders"));
        assert(isOtherLog([{ ...at, topic: "orders" }], "orders"));
        assert(!isOtherLog([{ ...at, topic: "orders", partition: 0 }], "orders"));
        assert(!isOtherLog([{ ...at, topic: "others" }], "orders"));
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

    const recoveryPoint = {
        at: "2026-05-01T12:00:00.000Z",
        target: { clusterId: "b", topics: [] },
    };
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

    for (const [name, point] of [
        ["the record of a failover", recoveryPoint],
        [
            "a record of an earlier version, without identities",
            {
                at: recoveryPoint.at,
                targetEnds: [{ topic: "orders", endOffsets: [10] }],
                sourceEnds: [{ topic: "orders", endOffsets: [10] }],
                mirrored: mirrored(9),
            },
        ],
    ] as const) {
        it(`asks the source after reading ${name}`, async () => {
            const record = join(folder, "record.json");
            writeFileSync(record, JSON.stringify({ recoveryPoint: point, from: { epoch: 1 } }));
            const io = testIo();
            const args = ["--source-bootstrap", "127.0.0.1:1", "--target-bootstrap", "127.0.0.1:1"];
            const code = await run(["loss", "--stack", "dev", "--record", record, ...args], io);
            assert.equal(code, 4, io.stderrText());
            assert.match(io.stderrText(), /the source cannot be reached/);
        });
    }
});
