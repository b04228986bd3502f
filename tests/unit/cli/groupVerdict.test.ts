import assert from "node:assert/strict";
import {
    evaluatePosition,
    type GroupPosition,
    isFailure,
    isSafe,
} from "../../../cli/verify/groupVerdict";

const position = (change: Partial<GroupPosition> = {}): GroupPosition => ({
    topic: "orders",
    partition: 0,
    fromOffset: 50,
    toOffset: 40,
    fromFirstOffset: 0,
    toLog: { firstOffset: 0, endOffset: 100 },
    compared: {
        from: { fromOffset: 50, toOffset: 50, records: 50, matched: 50 },
        to: { toOffset: 40, records: 40, matched: 40 },
    },
    ...change,
});
const notCompared = position({ compared: undefined });
const uncommitted = position({ toOffset: undefined });
const at = (records: number) => ({
    from: { fromOffset: 50, toOffset: 50, records: 50, matched: 50 },
    to: { toOffset: records, records, matched: records },
});

const sites = { from: "source", to: "target" } as const;

describe("evaluatePosition", () => {
    const empty = { state: "Empty" };
    const stable = { state: "Stable" };
    const cases: readonly [
        name: string,
        position: GroupPosition,
        group: typeof empty | undefined,
        verdict: string,
        counted: number | undefined,
    ][] = [
        ["before the one that was read", position(), empty, "protected", 10],
        ["that is exact", position({ toOffset: 50, compared: at(50) }), empty, "protected", 0],
        [
            "after the one that was read",
            position({ toOffset: 53, compared: at(53) }),
            empty,
            "late",
            3,
        ],
        ["at the end", position({ toOffset: 100, compared: at(50) }), empty, "protected", 0],
        ["after the end", position({ toOffset: 101 }), empty, "out-of-range", undefined],
        [
            "after the end, with members",
            position({ toOffset: 101 }),
            stable,
            "out-of-range",
            undefined,
        ],
        [
            "before the beginning",
            position({ toLog: { firstOffset: 45, endOffset: 100 } }),
            empty,
            "out-of-range",
            undefined,
        ],
        [
            "before the log of `from`",
            position({ fromFirstOffset: 60 }),
            empty,
            "expired",
            undefined,
        ],
        ["with members at the target", position(), stable, "active", undefined],
        ["without a commit", uncommitted, undefined, "unprotected", undefined],
        [
            "without a commit, in an empty log",
            position({ toOffset: undefined, toLog: { firstOffset: 7, endOffset: 7 } }),
            undefined,
            "empty",
            undefined,
        ],
        [
            "without a commit, in no partition",
            position({ toOffset: undefined, toLog: undefined }),
            undefined,
            "unprotected",
            undefined,
        ],
        ["that is not compared", notCompared, empty, "protected", undefined],
    ];
    for (const [name, given, group, verdict, counted] of cases) {
        it(`calls a position ${name} ${verdict}`, () => {
            const report = evaluatePosition(given, { group, isExcluded: false }, sites);
            assert.equal(report.verdict, verdict);
            assert.equal(report.readAgain ?? report.skipped, counted);
            assert.equal(report.reason === undefined, isSafe(report.verdict));
        });
    }

    it("explains why nothing is committed", () => {
        assert.match(
            evaluatePosition(uncommitted, { group: stable, isExcluded: false }, sites).reason ?? "",
            /has members at the target/,
        );
        assert.match(
            evaluatePosition(uncommitted, { group: empty, isExcluded: false }, sites).reason ?? "",
            /not translated its position/,
        );
    });

    it("does not evaluate a position in a log that could not be looked at", () => {
        const unseen = position({ unknown: "partition 0 has no leader" });
        const report = evaluatePosition(unseen, { group: empty, isExcluded: false }, sites);
        assert.equal(report.verdict, "unknown");
        assert.equal(report.reason, "partition 0 has no leader");
        assert.equal(report.readAgain, undefined);
    });

    it("bounds the records read again where they were not compared", () => {
        const at = { group: empty, isExcluded: false };
        assert.equal(evaluatePosition(notCompared, at, sites).readAgainAtMost, 60);
        const atEnd = position({ toOffset: 100, compared: undefined });
        assert.equal(evaluatePosition(atEnd, at, sites).readAgain, 0);
        assert.equal(evaluatePosition(atEnd, at, sites).readAgainAtMost, undefined);
    });

    it("counts what auto.offset.reset would do to a group without a position", () => {
        const from = { fromOffset: 50, toOffset: 50, records: 50, matched: 50 };
        const known = position({ toOffset: undefined, compared: { from, toRecords: 90 } });
        const at = { group: undefined, isExcluded: false };
        assert.deepEqual(evaluatePosition(known, at, sites).reset, { readAgain: 50, skipped: 40 });
        const before = { ...from, records: 0, matched: 0 };
        assert.match(
            evaluatePosition({ ...known, compared: { from: before, toRecords: 90 } }, at, sites)
                .reason ?? "",
            /before the first record that the target has/,
        );
        assert.match(
            evaluatePosition(known, { ...at, isExcluded: true }, sites).reason ?? "",
            /patterns leave the group out/,
        );
    });

    it("names the sites of the mirror's direction", () => {
        const reverse = { from: "target", to: "source" } as const;
        const late = position({ toOffset: 53, compared: at(53) });
        assert.equal(
            evaluatePosition(late, { group: empty, isExcluded: false }, reverse).reason,
            "the target's offset 50 corresponds to 50 at the source",
        );
    });

    it("fails only for what breaks a failover", () => {
        const all = [
            "protected",
            "empty",
            "unprotected",
            "out-of-range",
            "late",
            "expired",
            "active",
            "unknown",
        ] as const;
        assert.deepEqual(all.filter(isFailure), ["out-of-range", "late"]);
    });
});
