import assert from "node:assert/strict";
import { failuresOf } from "../../../cli/verify/failures";
import type { GroupReport } from "../../../cli/verify/groups";
import type { GroupLeftOut } from "../../../cli/verify/groupsLeftOut";
import type { PartitionReport, TopicReport, VerifyReport } from "../../../cli/verify/report";
import { reportText } from "../../../cli/verify/reportText";

const NONE = { records: 0, ranges: [] };

const partition = (change: Partial<PartitionReport> = {}): PartitionReport => ({
    partition: 0,
    heldBack: 0,
    from: { firstOffset: 0, endOffset: 1000, records: 1000, isTrimmed: false },
    to: { firstOffset: 0, endOffset: 1000, records: 1000, isTrimmed: false },
    matched: 1000,
    missing: NONE,
    lag: NONE,
    duplicate: NONE,
    unexpected: NONE,
    outOfOrder: NONE,
    unverifiable: { from: NONE, to: NONE },
    ...change,
});

const topic = (change: Partial<TopicReport> = {}): TopicReport => ({
    topic: "orders",
    toTopic: "orders",
    fromPartitions: 1,
    toPartitions: 1,
    partitions: [partition()],
    notSampled: [],
    configDifferences: [],
    notes: [],
    ...change,
});

const FORWARD = { from: "source", to: "target" } as const;
const REVERSE = { from: "target", to: "source" } as const;

function report(
    topics: TopicReport[],
    groups: GroupReport[] = [],
    limits = {},
    sites: typeof FORWARD | typeof REVERSE = FORWARD,
    groupsLeftOut: GroupLeftOut[] = [],
    named: string[] = [],
): VerifyReport {
    const failures = failuresOf({ topics, groups, groupsLeftOut }, sites, limits, (group) =>
        named.includes(group),
    );
    return {
        isOk: failures.length === 0,
        failures,
        unknown: [],
        from: { site: sites.from, clusterId: "A", bootstrapServers: "a:1" },
        to: { site: sites.to, clusterId: "B", bootstrapServers: "b:1" },
        snapshotAt: "2026-05-01T12:00:00.000Z",
        seconds: 2,
        recordsRead: 2000,
        topics,
        groups,
        unexpectedMirrorings: [],
        groupsLeftOut,
        notes: [],
    };
}

const found = (firstOffset: number, lastOffset: number) => {
    const records = lastOffset - firstOffset + 1;
    return { records, ranges: [{ firstOffset, lastOffset, records }] };
};

describe("the report of verify", () => {
    it("does not claim records of topics that are not mirrored", () => {
        const reason = "internal";
        const text = reportText({
            ...report([topic()]),
            unexpectedMirrorings: [{ topic: ".y", reason }],
        });
        assert.match(text, /^ {2}\.y: not mirrored: internal$/m);
        assert.match(text, /^OK: .*; except in topics that are not mirrored: \.y$/m);
    });

    it("is short when nothing is wrong", () => {
        assert.deepEqual(reportText(report([topic()])).split("\n"), [
            "Source  a:1  cluster id A",
            "Target  b:1  cluster id B",
            "As of   2026-05-01T12:00:00.000Z: 2,000 records read in 2.0 s (1,000/s)",
            "",
            "topic   source  target  matched  missing  lag  lag time  duplicate  unexpected  out of order  unverifiable",
            "orders   1,000   1,000    1,000        0    0         -          0           0             0             0",
            "",
            "OK: the target has every record of the source, in order, and no others",
            "",
        ]);
    });

    it("does not call a mirror complete where records wait behind a transaction", () => {
        const topics = [topic({ partitions: [partition({ heldBack: 501 })] })];
        const text = reportText(report(topics));
        assert.match(
            text,
            /orders:0: 501 offsets of the source from 1000 on were not compared: a transaction is open/,
        );
        assert.match(
            text,
            /^OK: the target has every mirrored record .*; 501 offsets behind open/m,
        );
        const limited = report(topics, [], { maxLag: 500 });
        assert.deepEqual(
            limited.failures.map(({ kind, records }) => ({ kind, records })),
            [{ kind: "lag", records: 501 }],
        );
        assert(report(topics, [], { maxLag: 501 }).isOk);
    });

    it("does not call a mirror complete that lags", () => {
        const lag = { ...found(900, 999), seconds: 75 };
        const text = reportText(report([topic({ partitions: [partition({ lag })] })]));
        assert.match(text, /orders .* 100 {6}75 s /);
        assert.match(text, /orders:0: lag of 100, source offsets 900 to 999/);
        assert.match(text, /^OK: the target has every mirrored record .*; lag of 100 records$/m);
    });

    it("is not OK when a partition could not be compared, although nothing else is wrong", () => {
        const unknown = [{ topic: "orders", partition: 1, reason: "there is no leader" }];
        const text = reportText({ ...report([topic()]), isOk: false, unknown });
        assert.doesNotMatch(text, /^OK/m);
        assert.match(text, /^Not compared:\n {2}orders:1: there is no leader$/m);
        assert.match(
            text,
            /^UNKNOWN: 1 partition could not be compared: orders:1: there is no leader$/m,
        );
    });

    const failing: readonly [kind: string, topic: TopicReport, limits?: object][] = [
        ["missing", topic({ partitions: [partition({ missing: found(3, 3) })] })],
        ["unexpected", topic({ partitions: [partition({ unexpected: found(3, 9) })] })],
        ["out-of-order", topic({ partitions: [partition({ outOfOrder: found(3, 9) })] })],
        ["absent-topic", topic({ toPartitions: 0, partitions: [] })],
        ["fewer-partitions", topic({ fromPartitions: 2 })],
        ["lag", topic({ partitions: [partition({ lag: found(0, 5) })] }), { maxLag: 5 }],
        [
            "duplicate",
            topic({ partitions: [partition({ duplicate: found(0, 5) })] }),
            { maxDuplicates: 0 },
        ],
    ];
    for (const [kind, given, limits] of failing) {
        it(`fails for ${kind}`, () => {
            const failed = report([topic(), given], [], limits);
            assert.deepEqual(
                failed.failures.map((failure) => failure.kind),
                [kind],
            );
            assert.match(reportText(failed), /^FAILED: orders/m);
        });
    }

    const all = {
        missing: found(3, 3),
        unexpected: found(4, 5),
        outOfOrder: found(6, 6),
        duplicate: found(7, 8),
        lag: { ...found(9, 9), seconds: 1 },
        unverifiable: { from: found(1, 1), to: found(2, 2) },
    };

    it("lists every kind of finding by the words of the table", () => {
        const text = reportText(report([topic({ partitions: [partition(all)] })]));
        const lines = text.split("\n");
        const at = lines.indexOf("Findings:");
        assert.deepEqual(lines.slice(at + 1, at + 8), [
            "  orders:0: 1 missing, source offsets 3",
            "  orders:0: 2 unexpected, target offsets 4 to 5",
            "  orders:0: 1 out of order, target offsets 6",
            "  orders:0: 2 duplicate, target offsets 7 to 8",
            "  orders:0: lag of 1, source offsets 9",
            "  orders:0: 1 unverifiable, as the target deleted its copies, source offsets 1",
            "  orders:0: 1 unverifiable, as the source deleted its records, target offsets 2",
        ]);
    });

    it("names the sites of the mirror's direction", () => {
        const given = topic({ toPartitions: 0, partitions: [partition(all)] });
        const failed = report([given], [], { maxLag: 0, maxDuplicates: 0 }, REVERSE);
        assert.deepEqual(
            failed.failures.map(({ message }) => message),
            [
                "the source has no topic orders",
                "1 record missing at the source, which has later records of the target: they will not arrive; target offsets 3",
                "2 records unexpected at the source: the target does not have them; source offsets 4 to 5",
                "1 record out of order at the source; source offsets 6",
                "lag of 1 record, at most 0 allowed",
                "2 records duplicate, at most 0 allowed",
            ],
        );
        const text = reportText(failed);
        assert.match(text, /^Target {2}a:1 {2}cluster id A\nSource {2}b:1 {2}cluster id B\n/);
        assert.match(text, /^topic +target +source +matched /m);
        assert.match(text, /orders:0: 1 missing, target offsets 3/);
    });

    it("does not fail for lag, duplicates and unverifiable records without a limit", () => {
        const change = {
            lag: found(0, 5),
            duplicate: found(0, 5),
            unverifiable: { from: found(0, 5), to: found(0, 5) },
        };
        const given = topic({ toPartitions: 2, partitions: [partition(change)] });
        assert.equal(report([given], [], { maxLag: 6, maxDuplicates: 6 }).isOk, true);
        assert.equal(report([given]).isOk, true);
    });

    it("lists groups that are not carried over, and fails for one that was named", () => {
        const leftOut: GroupLeftOut[] = [
            { group: "share-1", kind: "share", fromState: "Stable", cause: "share" },
            { group: "connect-sink", kind: "consumer", fromState: "Stable", cause: "excluded" },
        ];
        const silent = report([topic()], [], {}, FORWARD, leftOut);
        assert.equal(silent.isOk, true);
        const lines = reportText(silent);
        assert.match(lines, /share-1: not carried over: share group: MirrorMaker 2 does not carry/);
        assert.match(
            lines,
            /connect-sink: not carried over: left out by the mirror's group patterns/,
        );
        const named = report([topic()], [], {}, FORWARD, leftOut, ["share-1"]);
        assert.deepEqual(
            named.failures.map(({ kind, where }) => [kind, where]),
            [["group-left-out", "share-1"]],
        );
        assert.doesNotMatch(reportText(named), /^OK/m);
    });

    it("fails for a group without a position only when it was named", () => {
        const groups: GroupReport[] = [
            {
                group: "new",
                fromState: "Stable",
                partitions: [
                    {
                        topic: "orders",
                        partition: 0,
                        fromOffset: 50,
                        verdict: "unprotected",
                        reset: { readAgain: 50, skipped: 7 },
                        reason: "it is new",
                    },
                ],
            },
        ];
        assert.equal(report([topic()], groups).isOk, true);
        const named = report([topic()], groups, {}, FORWARD, [], ["new"]);
        assert.deepEqual(
            named.failures.map(({ kind, where, records }) => [kind, where, records]),
            [["group-unprotected", "new orders:0", 7]],
        );
        assert.match(
            reportText(named),
            /auto\.offset\.reset earliest would read 50 records again, latest would skip 7 records; it is new/,
        );
    });

    it("lists groups, failures first, and configuration", () => {
        const base = { topic: "orders", fromOffset: 50 };
        const groups: GroupReport[] = [
            {
                group: "app",
                fromState: "Stable",
                partitions: [
                    {
                        ...base,
                        partition: 0,
                        toOffset: 40,
                        verdict: "protected",
                        readAgain: 10,
                    },
                    { ...base, partition: 1, verdict: "unprotected", reason: "no checkpoint yet" },
                    {
                        ...base,
                        ...{ partition: 2, toOffset: 53, verdict: "late", skipped: 3 },
                        reason: "the source's offset 50 corresponds to 50 at the target",
                    },
                ],
            },
        ];
        const configDifferences = [{ name: "retention.ms", from: "1", to: "2" }];
        const failed = report([topic({ configDifferences })], groups);
        const text = reportText(failed).split("\n");
        const at = text.indexOf("Groups:");
        assert.deepEqual(text.slice(at + 1, at + 4), [
            "  app: 1 of 3 partitions protected, would read 10 records again",
            "  app orders:2: late, would skip 3 records; the source's offset 50 corresponds to 50 at the target",
            "  app orders:1: unprotected; no checkpoint yet",
        ]);
        assert(text.includes('  orders: retention.ms is "1" at the source, "2" at the target'));
        assert.deepEqual(
            failed.failures.map(({ kind, records }) => [kind, records]),
            [["group-late", 3]],
        );
    });

    it("shows a limited number of lines", () => {
        const ranges = Array.from({ length: 100 }, (_unused, i) => ({
            firstOffset: 2 * i,
            lastOffset: 2 * i,
            records: 1,
        }));
        const missing = { records: 100, ranges };
        const partitions = Array.from({ length: 50 }, (_unused, i) =>
            partition({ partition: i, missing }),
        );
        const text = reportText(report([topic({ partitions })]));
        assert(text.split("\n").length < 40);
        assert.match(text, /source offsets 0, 2, 4, 6, 8 and 95 more records$/m);
        assert.match(text, /and 30 more; --json has them/);
        assert.match(text, /FAILED: orders:0: .*; and 49 more/);
    });
});
