import assert from "node:assert/strict";
import { BenchPair } from "../../lab/bench/benchPair";
import type { ConfigurationName } from "../../lab/bench/configurations";
import { mirrorRun } from "../../lab/bench/mirrorRun";
import type { Cell } from "../../lab/bench/result";
import { Supervisor } from "../../lab/process/supervisor";

const RECORDS = 60_000;
const KAFKA_BATCH_BYTES = 16_384;
/** Takes 300,000 records of 100 bytes in about seven seconds. */
const LINK_BYTES_PER_SECOND = 5_000_000;

describe("the benchmark of the mirror", () => {
    let supervisor: Supervisor;
    let pair: BenchPair;

    const cell = (configuration: ConfigurationName, change: Partial<Cell> = {}): Cell => ({
        series: "round-trip",
        roundTripMs: 10,
        transport: "tls",
        recordBytes: 100,
        payload: "letters",
        partitions: 3,
        configuration,
        ...change,
    });

    before(async () => {
        supervisor = await Supervisor.create();
        pair = await BenchPair.start({
            supervisor,
            garbageCollector: "Serial",
            // No figure of this suite is published: the quick compiler alone costs a third less CPU.
            vmOptions: () => ["-XX:TieredStopAtLevel=1"],
        });
    });

    after(async () => {
        await pair.close();
        await supervisor.stop();
    });

    it("mirrors a backlog over the given round trip, with Kafka's defaults", async () => {
        const run = await mirrorRun(pair, cell("defaults"), RECORDS);
        assert.equal(run.records, RECORDS);
        assert.ok(run.secondHalfSeconds > 0 && run.secondHalfSeconds < run.seconds);
        assert.ok(run.measuredRoundTripMs >= 10, `${run.measuredRoundTripMs} ms`);
        assert.ok((run.batchSizeAvg ?? Infinity) <= KAFKA_BATCH_BYTES);
        for (const [name, jvm] of Object.entries(run.jvms)) {
            assert.ok(jvm.cpuSeconds > 0 && jvm.peakMemoryBytes > 0, name);
        }
    });

    it("loses no record and keeps the order when the target's broker is killed, with wan", async () => {
        let present: number | undefined;
        // Without a limit the second half may have arrived before the broker is killed.
        pair.networks.target.limit(LINK_BYTES_PER_SECOND);
        const run = await mirrorRun(pair, cell("wan", { roundTripMs: 2 }), 5 * RECORDS, {
            atHalf: async () => {
                present = await pair.restartBroker("target");
            },
        }).finally(() => {
            pair.networks.target.limit(undefined);
        });
        // It was in the middle, not at an end.
        assert.ok(present !== undefined && present > 0 && present < 5 * RECORDS, String(present));
        assert.ok((run.batchSizeAvg ?? 0) > KAFKA_BATCH_BYTES);
    });

    it("compares compressed records, and reads records of transactions", async () => {
        for (const configuration of ["wan, zstd", "wan, exactly once, polls of 10,000"] as const) {
            const plain = cell(configuration, { transport: "plaintext", roundTripMs: 0 });
            const run = await mirrorRun(pair, plain, RECORDS);
            assert.equal(run.records, RECORDS, configuration);
        }
    });

    it("mirrors from a distant source", async () => {
        const far = cell("wan", { series: "source-distance" });
        const run = await mirrorRun(pair, far, RECORDS);
        assert.ok(run.measuredRoundTripMs >= 10, `${run.measuredRoundTripMs} ms`);
    });
});
