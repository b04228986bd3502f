import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type MessageToProduce, Producer } from "@platformatic/kafka";
import type { RunContext } from "../../cli/failover/step";
import { drainStep } from "../../cli/failover/switchSteps";
import { lossText } from "../../cli/loss/runLoss";
import { sitesInDirection } from "../../cli/shared/mirror/ends";
import type { RecoveryPoint } from "../../cli/shared/mirror/mirrorOperations";
import { openMirror } from "../../cli/shared/mirror/openMirror";
import { pairStatus, type PairStatus } from "../../cli/status/pairStatus";
import { renderStatus } from "../../cli/status/statusText";
import { clientOptions } from "../../kafka/connection";
import { Supervisor } from "../../lab/process/supervisor";
import { LabPair, PARTITIONS, TOPIC } from "../../lab/rehearsal/labPair";
import { withAdmin } from "../../lab/rehearsal/lossCheck";
import { mirroredAll, until } from "../../lab/rehearsal/scenario";

const SITES = sitesInDirection("forward");
const PLAIN = 500;
const AHEAD_MS = 58 * 60_000;

function records(from: number, to: number, partition = 0): MessageToProduce[] {
    return Array.from({ length: to - from }, (_unused, i) => ({
        topic: TOPIC,
        partition,
        value: Buffer.from(`record ${from + i}`),
    }));
}

/** States of a pair in which a look that is too kind finds nothing wrong. */
describe("kafka-dr status", function () {
    // Each state begins where the previous one ended.
    this.bail(true);
    let supervisor: Supervisor;
    let pair: LabPair;
    let recoveryPoint: RecoveryPoint;

    before(async () => {
        supervisor = await Supervisor.create();
        pair = await LabPair.start({ supervisor });
    });
    after(async () => {
        await supervisor.stop();
        await pair.close();
    });

    const status = async (lagSeconds: number): Promise<PairStatus> => {
        const position = await pair.position();
        const seen = await pair
            .mirror("forward", position.epoch)
            .observe({ usesFrom: true, watchSeconds: lagSeconds + 1 });
        const budget = { lagSeconds, checkpointSeconds: 3600 };
        return pairStatus({ ...seen, position, sites: SITES }, budget);
    };
    const produce = async (from: number, to: number, partition = 0) =>
        withAdmin(pair, "source", async (client) =>
            client.produceMessages(records(from, to, partition)),
        );

    it("is HEALTHY when everything is mirrored", async () => {
        await Promise.all(
            Array.from({ length: PARTITIONS }, async (_unused, i) => produce(0, 100, i)),
        );
        await mirroredAll(pair);
        const found = await status(60);
        assert.deepEqual([...found.problems, ...found.unknown], []);
        assert.equal(found.health, "healthy");
    });

    it("is not HEALTHY while records wait behind an open transaction, whatever their clock says", async () => {
        const producer = new Producer({
            ...clientOptions(pair.cluster("source").adminConnection(), "test"),
            transactionalId: `held-${randomUUID()}`,
            idempotent: true,
            retries: 30,
        });
        try {
            const transaction = await producer.beginTransaction();
            const ahead = { timestamp: BigInt(Date.now() + AHEAD_MS) };
            await transaction.send({
                messages: records(1000, 1001).map((one) => ({ ...one, ...ahead })),
            });
            await produce(1001, 1001 + PLAIN);

            const found = await status(2);
            const text = renderStatus(found);
            assert.doesNotMatch(text, /HEALTHY/);
            assert.equal(found.health, "degraded");
            const topic = found.topics.find((one) => one.topic === TOPIC);
            assert(topic !== undefined);
            assert.equal(topic.lag, 1 + PLAIN);
            assert.equal(topic.behindTransaction, 1 + PLAIN);
            assert((topic.lagSeconds?.atLeast ?? 0) > 2);
            assert.match(text, /stamped 5[78] min in the future/);
            assert.equal(found.expectedLoss?.lost, 1 + PLAIN);
            assert.match(text, /orders:0: 501 offsets wait behind an open transaction/);

            const mirror = pair.mirror("forward", 1);
            const report = await mirror.verify({ maxLag: 0 });
            assert(!report.isOk, "verify is OK");

            const context: RunContext = {
                signal: pair.signal,
                progress: () => undefined,
                confirm: async () => Promise.resolve(false),
                record: () => undefined,
            };
            const drain = drainStep({ mirror, sites: SITES, rollback: "" }, 1);
            await assert.rejects(
                drain.run(context),
                /the lag is 501 offsets.*orders:0: 501 offsets wait behind an open transaction/,
            );
            await transaction.commit();
        } finally {
            await producer.close();
        }
        await mirroredAll(pair);
        assert.equal((await status(60)).health, "healthy");
    });

    it("proves that records wait for no longer than it watches", async () => {
        const stop = new AbortController();
        let next = 2000;
        const writing = (async () => {
            while (!stop.signal.aborted) {
                await produce(next, next + 10);
                next += 10;
            }
        })();
        try {
            const found = await status(60);
            assert.equal(found.health, "healthy", renderStatus(found));
            for (const { lag, lagSeconds } of found.topics) {
                assert(lag === 0 || lagSeconds?.atMost !== undefined);
            }
        } finally {
            stop.abort();
            await writing;
        }
        await mirroredAll(pair);
    });

    it("names the CA that it does not trust, and the command that copies it again", async () => {
        const [source, target] = [pair.cluster("source"), pair.cluster("target")];
        const stale = openMirror({
            settings: pair.settings,
            stack: "lab",
            direction: "forward",
            epoch: 1,
            connections: {
                source: {
                    ...source.adminConnection(),
                    caCertificates: target.adminConnection().caCertificates ?? "",
                },
                target: target.adminConnection(),
            },
            connectUrl: () => "http://127.0.0.1:1",
            signal: pair.signal,
        });
        const reason = (await stale.unreachable("from")) ?? "";
        assert.match(reason, /signed by the CA "my-cluster cluster-ca v0"/);
        assert.match(reason, /only "my-cluster-tgt cluster-ca v0" .* is trusted/);
        assert.match(reason, /copy of the CA of the source is behind.*make up STACK=lab/);
        assert.equal(await stale.unreachable("to"), undefined);
    });

    it("is BROKEN when the source came back empty although its positions look drained", async () => {
        const mirror = pair.mirror("forward", 1);
        recoveryPoint = {
            at: new Date().toISOString(),
            target: await mirror.ends("to"),
            source: await mirror.ends("from"),
            mirrored: await mirror.mirroredOffsets(),
        };
        const same = await mirror.loss(recoveryPoint);
        assert.deepEqual(same.unknown, []);
        assert.match(lossText("", { ...same, partitions: [] }), /has every record/);

        await pair.lose("source");
        await pair.rebuild("source");
        await until(
            "the source has its topic again",
            async () => (await mirror.ends("from")).topics.some(({ name }) => name === TOPIC),
            pair,
        );
        const found = await status(1);
        assert.equal(found.health, "broken");
        assert.doesNotMatch(renderStatus(found), /HEALTHY/);
        assert.match(
            found.problems.join("\n"),
            /orders:0 of the source: offsets up to .* were mirrored, and its log ends at 0/,
        );
    });

    it("does not say that nothing is lost at a source that came back empty, or was filled again", async () => {
        const mirror = pair.mirror("forward", 1);
        const { at, target, mirrored = [] } = recoveryPoint;
        const onlyNoted = { at, target, mirrored };
        for (const [recorded, reason] of [
            [recoveryPoint, /it is another cluster/],
            [onlyNoted, /its log ends at 0/],
            [{ at, target }, /its log is empty, and the target had/],
        ] as const) {
            const loss = await mirror.loss(recorded);
            const text = lossText(at, loss);
            assert.doesNotMatch(text, /has every record/);
            assert.match(text, reason);
        }
        const noted = Math.max(...mirrored.map(({ offset }) => offset));
        await Promise.all(
            Array.from({ length: PARTITIONS }, async (_unused, i) =>
                produce(100_000, 100_000 + noted + 100, i),
            ),
        );
        const filled = lossText(at, await mirror.loss(onlyNoted));
        assert.doesNotMatch(filled, /has every record/);
        assert.match(filled, /it is not the log that was mirrored/);
    });
});
