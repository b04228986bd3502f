import assert from "node:assert/strict";
import { evaluatePosition, type GroupPosition, isFailure } from "../../../cli/verify/groupVerdict";

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
    const empty = { id: "app", state: "Empty" };
    const stable = { id: "app", state: "Stable" };
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
        ["that is not compared", notCompared, empty, "protected", undefined],
    ];
    for (const [name, given, group, verdict, counted] of cases) {
        it(`calls a position ${name} ${verdict}`, () => {
            const report = evaluatePosition(given, group, sites);
            assert.equal(report.verdict, verdict);
            assert.equal(report.readAgain ?? report.skipped, counted);
            assert.equal(report.reason === undefined, verdict === "protected");
        });
    }

    it("explains why nothing is committed", () => {
        assert.match(
            evaluatePosition(uncommitted, stable, sites).reason ?? "",
            /has members at the target/,
        );
        assert.match(
            evaluatePosition(uncommitted, empty, sites).reason ?? "",
            /not written a checkpoint/,
        );
    });

    it("names the sites of the mirror's direction", () => {
        const reverse = { from: "target", to: "source" } as const;
        const late = position({ toOffset: 53, compared: at(53) });
        assert.equal(
            evaluatePosition(late, empty, reverse).reason,
            "the target's offset 50 corresponds to 50 at the source",
        );
    });

    it("fails only for what breaks a failover", () => {
        const all = [
            "protected",
            "unprotected",
            "out-of-range",
            "late",
            "expired",
            "active",
        ] as const;
        assert.deepEqual(all.filter(isFailure), ["out-of-range", "late"]);
    });
});
