import assert from "node:assert/strict";
import { failuresOf } from "../../../cli/verify/failures";
import { renderVerifyReport } from "../../../cli/verify/render";
import type {
    GroupReport,
    PartitionReport,
    TopicReport,
    VerifyReport,
} from "../../../cli/verify/report";

const NONE = { records: 0, ranges: [] };

const partition = (change: Partial<PartitionReport> = {}): PartitionReport => ({
    partition: 0,
    source: { firstOffset: 0, endOffset: 1000, records: 1000, isTrimmed: false },
    target: { firstOffset: 0, endOffset: 1000, records: 1000, isTrimmed: false },
    matched: 1000,
    missing: NONE,
    pending: NONE,
    duplicate: NONE,
    alien: NONE,
    reordered: NONE,
    unverifiable: { source: NONE, target: NONE },
    ...change,
});

const topic = (change: Partial<TopicReport> = {}): TopicReport => ({
    topic: "orders",
    targetTopic: "orders",
    sourcePartitions: 1,
    targetPartitions: 1,
    partitions: [partition()],
    notSampled: [],
    configDifferences: [],
    notes: [],
    ...change,
});

function report(topics: TopicReport[], groups: GroupReport[] = [], limits = {}): VerifyReport {
    const failures = failuresOf(topics, groups, limits);
    return {
        isOk: failures.length === 0,
        failures,
        source: { clusterId: "A", bootstrapServers: "a:1" },
        target: { clusterId: "B", bootstrapServers: "b:1" },
        cutAt: "2026-05-01T12:00:00.000Z",
        seconds: 2,
        recordsRead: 2000,
        topics,
        groups,
        notes: [],
    };
}

const found = (from: number, to: number) => ({
    records: to - from + 1,
    ranges: [{ from, to, records: to - from + 1 }],
});

describe("the report of verify", () => {
    it("says on few lines that all is well", () => {
        assert.deepEqual(renderVerifyReport(report([topic()])).split("\n"), [
            "Source  a:1  cluster id A",
            "Target  b:1  cluster id B",
            "As of   2026-05-01T12:00:00.000Z: 2,000 records read in 2.0 s (1,000/s)",
            "",
            "topic   source  target  equal  missing  pending  behind  twice  alien  moved  unknown",
            "orders   1,000   1,000  1,000        0        0       -      0      0      0        0",
            "",
            "OK: the target has every record of the source, in order, and no other ones",
            "",
        ]);
    });

    it("does not call a mirror complete that is behind", () => {
        const pending = { ...found(900, 999), seconds: 75 };
        const text = renderVerifyReport(report([topic({ partitions: [partition({ pending })] })]));
        assert.match(text, /orders .* 100 {4}75 s /);
        assert.match(text, /orders:0: 100 not mirrored yet, source offsets 900 to 999/);
        assert.match(
            text,
            /^OK: the target has every mirrored record .*; 100 are not mirrored yet$/m,
        );
    });

    const failing: readonly [kind: string, topic: TopicReport, limits?: object][] = [
        ["missing", topic({ partitions: [partition({ missing: found(3, 3) })] })],
        ["alien", topic({ partitions: [partition({ alien: found(3, 9) })] })],
        ["reordered", topic({ partitions: [partition({ reordered: found(3, 9) })] })],
        ["absent-topic", topic({ targetPartitions: 0, partitions: [] })],
        ["fewer-partitions", topic({ sourcePartitions: 2 })],
        [
            "pending",
            topic({ partitions: [partition({ pending: found(0, 5) })] }),
            { maxPending: 5 },
        ],
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
            assert.match(renderVerifyReport(failed), /^FAILED: orders/m);
        });
    }

    it("does not fail for what is late, twice or unknown without a limit", () => {
        const change = {
            pending: found(0, 5),
            duplicate: found(0, 5),
            unverifiable: { source: found(0, 5), target: found(0, 5) },
        };
        const given = topic({ targetPartitions: 2, partitions: [partition(change)] });
        assert.equal(report([given], [], { maxPending: 6, maxDuplicates: 6 }).isOk, true);
        assert.equal(report([given]).isOk, true);
    });

    it("tells of groups, failures first, and of configuration", () => {
        const base = { topic: "orders", sourceOffset: 50 };
        const groups: GroupReport[] = [
            {
                group: "app",
                sourceState: "STABLE",
                partitions: [
                    {
                        ...base,
                        partition: 0,
                        targetOffset: 40,
                        verdict: "protected",
                        readAgain: 10,
                    },
                    { ...base, partition: 1, verdict: "unprotected", reason: "no checkpoint yet" },
                    {
                        ...base,
                        ...{ partition: 2, targetOffset: 53, verdict: "late", skipped: 3 },
                        reason: "the source's position 50 is 50 at the target",
                    },
                ],
            },
        ];
        const configDifferences = [{ name: "retention.ms", source: "1", target: "2" }];
        const failed = report([topic({ configDifferences })], groups);
        const text = renderVerifyReport(failed).split("\n");
        const at = text.indexOf("Groups:");
        assert.deepEqual(text.slice(at + 1, at + 4), [
            "  app: 1 of 3 partitions protected, 10 records would be read again",
            "  app orders:2: late, would skip 3 records; the source's position 50 is 50 at the target",
            "  app orders:1: unprotected; no checkpoint yet",
        ]);
        assert(text.includes('  orders: retention.ms is "1" at the source, "2" at the target'));
        assert.deepEqual(
            failed.failures.map(({ kind, records }) => [kind, records]),
            [["group-late", 3]],
        );
    });

    it("shows a bounded part of what it found", () => {
        const ranges = Array.from({ length: 100 }, (_unused, i) => ({
            from: 2 * i,
            to: 2 * i,
            records: 1,
        }));
        const missing = { records: 100, ranges };
        const partitions = Array.from({ length: 50 }, (_unused, i) =>
            partition({ partition: i, missing }),
        );
        const text = renderVerifyReport(report([topic({ partitions })]));
        assert(text.split("\n").length < 40);
        assert.match(text, /source offsets 0, 2, 4, 6, 8 and 95 more records$/m);
        assert.match(text, /and 30 more; --json has them/);
        assert.match(text, /FAILED: orders:0: .*; and 49 more/);
    });
});
