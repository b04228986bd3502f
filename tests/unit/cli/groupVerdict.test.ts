import assert from "node:assert/strict";
import { judgePosition, type GroupPosition, isFailure } from "../../../cli/verify/groupVerdict";

const position = (change: Partial<GroupPosition> = {}): GroupPosition => ({
    topic: "orders",
    partition: 0,
    sourceOffset: 50,
    targetOffset: 40,
    sourceFirstOffset: 0,
    targetLog: { firstOffset: 0, endOffset: 100 },
    aligned: {
        source: { sourceOffset: 50, targetOffset: 50, records: 50, matched: 50 },
        target: { targetOffset: 40, records: 40, matched: 40 },
    },
    ...change,
});
const unread = position({ aligned: undefined });
const uncommitted = position({ targetOffset: undefined });
const at = (records: number) => ({
    source: { sourceOffset: 50, targetOffset: 50, records: 50, matched: 50 },
    target: { targetOffset: records, records, matched: records },
});

describe("judgePosition", () => {
    const empty = { id: "app", state: "EMPTY" };
    const stable = { id: "app", state: "STABLE" };
    const cases: readonly [
        name: string,
        position: GroupPosition,
        group: typeof empty | undefined,
        verdict: string,
        counted: number | undefined,
    ][] = [
        ["behind", position(), empty, "protected", 10],
        ["exact", position({ targetOffset: 50, aligned: at(50) }), empty, "protected", 0],
        ["too far", position({ targetOffset: 53, aligned: at(53) }), empty, "late", 3],
        ["at the end", position({ targetOffset: 100, aligned: at(50) }), empty, "protected", 0],
        ["beyond the end", position({ targetOffset: 101 }), empty, "out-of-range", undefined],
        [
            "beyond the end, with members",
            position({ targetOffset: 101 }),
            stable,
            "out-of-range",
            undefined,
        ],
        [
            "before the beginning",
            position({ targetLog: { firstOffset: 45, endOffset: 100 } }),
            empty,
            "out-of-range",
            undefined,
        ],
        [
            "gone at the source too",
            position({ sourceFirstOffset: 60 }),
            empty,
            "expired",
            undefined,
        ],
        ["with members at the target", position(), stable, "active", undefined],
        ["without a commit", uncommitted, undefined, "unprotected", undefined],
        ["not compared", unread, empty, "protected", undefined],
    ];
    for (const [name, given, group, verdict, counted] of cases) {
        it(`calls a position ${name} ${verdict}`, () => {
            const report = judgePosition(given, group);
            assert.equal(report.verdict, verdict);
            assert.equal(report.readAgain ?? report.skipped, counted);
            assert.equal(report.reason === undefined, verdict === "protected");
        });
    }

    it("says why nothing is committed", () => {
        assert.match(judgePosition(uncommitted, stable).reason ?? "", /has members at the target/);
        assert.match(judgePosition(uncommitted, empty).reason ?? "", /no checkpoint/);
    });

    it("takes only what breaks a failover for a failure", () => {
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
