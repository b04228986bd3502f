import assert from "node:assert/strict";
import { transactionsText } from "../../../cli/transactions/runTransactions";
import type { OpenTransaction } from "../../../kafka/openTransactions";

const OPEN = {
    producerId: 7,
    producerEpoch: 0,
    startOffset: 501,
    lastTimestamp: 60_000,
    coordinatorEpoch: -1,
};
const STARTED = Date.parse("2026-01-01T00:00:00Z");

const text = (...coordinators: OpenTransaction["coordinator"][]) =>
    transactionsText(
        {
            partitions: [
                {
                    topic: "orders",
                    partition: 3,
                    stableOffset: 501,
                    endOffset: 1002,
                    transactions: {
                        known: coordinators.map((coordinator) => ({ ...OPEN, coordinator })),
                    },
                },
            ],
            unknown: [],
        },
        "source",
        120_000,
    );

describe("the list of open transactions", () => {
    it("names what waits, and when its coordinator ends a transaction", () => {
        const known = {
            transactionalId: "app",
            state: "Ongoing",
            startedAt: STARTED,
            timeoutMs: 60_000,
        };
        const found = text({ known });
        assert.match(found, /^orders:3: 501 offsets from 501 on wait behind a transaction$/m);
        assert.match(
            found,
            /app is Ongoing since 2026-01-01T00:00:00.000Z; .* 2026-01-01T00:01:00/,
        );
        assert.doesNotMatch(found, /--abort/);
    });

    it("advises an abort only for one that hangs", () => {
        assert.match(
            text({ known: null }),
            /producer 7 from offset 501 on: hangs, .* --abort does/,
        );
        const unknown = text({ unknown: "no right" });
        assert.match(unknown, /not known whether it hangs \(no right\)/);
        assert.doesNotMatch(unknown, /--abort/);
    });

    it("is empty only when everything was seen", () => {
        assert.equal(
            transactionsText({ partitions: [], unknown: [] }, "source", 0),
            "No transaction is open in the mirrored topics of the source.\n",
        );
        const unseen = { topic: "orders", partition: 1, unknown: "the partition has no leader" };
        const found = transactionsText({ partitions: [], unknown: [unseen] }, "source", 0);
        assert.match(found, /^Not known: orders:1.*no leader/);
        assert.doesNotMatch(found, /No transaction is open/);
    });
});
