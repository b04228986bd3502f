import assert from "node:assert/strict";
import fc from "fast-check";
import { backlogSize, backlogTopic } from "../../../lab/bench/backlog";
import { FULL_GRID, interleaved, QUICK_GRID } from "../../../lab/bench/grid";
import { delays, grow, noGrowth, quantile } from "../../../lab/bench/latencyRun";
import { benchOptions } from "../../../lab/bench/options";
import { newWorkerRate, predictionOf } from "../../../lab/bench/prediction";
import { gcPauseSeconds } from "../../../lab/bench/usage";
import { measurementKey } from "../../../lab/bench/measurementKeys";
import { cell } from "./synthetic";

describe("the latency of records", () => {
    it("is the time from the poll that saw them at the source to the poll that saw them at the target", () => {
        const source = { times: [0, 10, 20], records: [100, 200, 300] };
        const target = { times: [15, 30, 50], records: [50, 250, 300] };
        assert.deepEqual(delays(source, target, 0, 100), [
            { milliseconds: 15, records: 50 },
            { milliseconds: 30, records: 50 },
            { milliseconds: 20, records: 100 },
            { milliseconds: 10, records: 50 },
            { milliseconds: 30, records: 50 },
        ]);
    });

    it("excludes records from before and after the measured time", () => {
        const source = { times: [0, 10, 20], records: [100, 200, 300] };
        const target = { times: [40], records: [300] };
        assert.deepEqual(delays(source, target, 5, 20), [{ milliseconds: 30, records: 100 }]);
    });

    it("covers every record once, whatever the polls saw", () => {
        const steps = fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 30 });
        fc.assert(
            fc.property(steps, steps, (appended, mirrored) => {
                const source = noGrowth();
                const target = noGrowth();
                let total = 0;
                appended.forEach((count, look) => {
                    grow(source, look, (total += count));
                });
                let seen = 0;
                [...mirrored, total].forEach((count, look) => {
                    grow(target, look, (seen = Math.min(total, seen + count)));
                });
                const found = delays(source, target, 0, Infinity);
                assert.equal(
                    found.reduce((sum, { records }) => sum + records, 0),
                    total,
                );
                assert.ok(found.every(({ milliseconds }) => milliseconds >= 0));
            }),
        );
    });

    it("has quantiles by records and not by polls", () => {
        const found = [
            { milliseconds: 100, records: 1 },
            { milliseconds: 5, records: 98 },
            { milliseconds: 50, records: 1 },
        ];
        assert.equal(quantile(found, 0.5), 5);
        assert.equal(quantile(found, 0.99), 50);
        assert.equal(quantile(found, 1), 100);
        assert.equal(quantile([], 0.5), 0);
    });
});

describe("GC pauses", () => {
    const log = [
        "[1000ms] Using G1",
        "[1500ms] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 24M->5M(256M) 4.500ms",
        "[2000ms] GC(1) Concurrent Mark Cycle",
        "[2500ms] GC(1) Pause Remark 7M->7M(256M) 1.250ms",
        "[9000ms] GC(2) Pause Full (Allocation Failure) 700M->400M(768M) 812.000ms",
    ].join("\n");

    it("are summed between two times, without concurrent work", () => {
        assert.equal(gcPauseSeconds(log, 1000, 3000), 0.00575);
        assert.equal(gcPauseSeconds(log, 2000, 10_000), 0.81325);
        assert.equal(gcPauseSeconds("", 0, 10_000), 0);
    });
});

describe("the size of a backlog", () => {
    it("fits a rate and a duration, is even over the partitions, and has few values", () => {
        assert.equal(backlogSize(20_000, 10, cell), 200_001);
        assert.equal(backlogSize(450_000, 10, cell), 4_500_000);
        assert.equal(backlogSize(350_000, 20, cell), 9_000_000);
        assert.equal(backlogSize(1, 1, cell), 60_000);
        assert.equal(backlogSize(20_000, 10, { ...cell, partitions: 12 }) % 12, 0);
        const large = backlogSize(4000, 10, { ...cell, recordBytes: 10_000 });
        assert.ok(large * 10_010 < 4_500_000 * 110 + 3 * 10_010);
    });

    it("is in the name of its topic, so that no other backlog is mistaken for it", () => {
        const named = [
            { ...cell, records: 3 },
            { ...cell, records: 6 },
            { ...cell, records: 3, recordBytes: 1000 },
            { ...cell, records: 3, payload: "text" as const },
            { ...cell, records: 3, partitions: 6 },
        ].map(backlogTopic);
        assert.equal(new Set(named).size, named.length);
    });

    it("comes from the model, with less for a new worker", () => {
        const rate = (configuration: string, roundTripMs: number, series = "round-trip") =>
            newWorkerRate({ ...cell, series, configuration, roundTripMs }, 2);
        assert.ok(rate("defaults", 50) < rate("in-flight", 50));
        assert.ok(rate("in-flight", 50) < rate("tutorial", 50));
        const wan = { ...cell, configuration: "wan" };
        assert.ok(newWorkerRate(wan, 2) < predictionOf(wan, 2).recordsPerSecond);
        assert.ok(newWorkerRate(wan, 1) < newWorkerRate(wan, 2));
        // The distance to the source does not delay the producer's batches.
        assert.ok(rate("defaults", 50, "source-distance") > 5 * rate("defaults", 50));
        const slow = "wan, exactly once, polls of 500";
        assert.ok(rate(slow, 10) < rate("wan", 10) / 3);
        assert.throws(() => rate("fast", 10), /unknown configuration fast/);
    });
});

describe("the grid", () => {
    it("names each measurement once", () => {
        const keys = FULL_GRID.map(({ kind, cell }) =>
            kind === "latency"
                ? measurementKey({ kind, cell, repetition: 1, loadPercent: 20 })
                : measurementKey({ kind, cell, repetition: 1 }),
        );
        assert.equal(new Set(keys).size, keys.length);
    });

    it("contains the tutorial's comparison in the quick grid as well", () => {
        const keys = (grid: typeof FULL_GRID) =>
            grid.map(({ kind, cell }) => `${kind} ${JSON.stringify(cell)}`);
        const whole = new Set(keys(FULL_GRID));
        assert.ok(QUICK_GRID.length > 0);
        assert.deepEqual(
            keys(QUICK_GRID).filter((key) => !whole.has(key)),
            [],
        );
    });

    it("measures all cells of a series before it repeats one", () => {
        const order = interleaved(QUICK_GRID, 2);
        assert.equal(order.length, 2 * QUICK_GRID.length);
        const repetitions = order.map(({ repetition }) => repetition);
        assert.deepEqual(repetitions, [...repetitions].sort());
        assert.deepEqual(
            order.slice(0, QUICK_GRID.length).map(({ gridCell }) => gridCell),
            QUICK_GRID,
        );
    });
});

describe("the options of a benchmark", () => {
    const options = (...args: string[]) => {
        const found = benchOptions(args);
        assert.ok(found !== "help");
        return found;
    };

    it("are by default the full grid, three times, with the collector of Strimzi's pods", () => {
        const { grid, repetitions, garbageCollector } = options();
        assert.deepEqual(grid, FULL_GRID);
        assert.equal(repetitions, 3);
        assert.equal(garbageCollector, "G1");
        assert.equal(benchOptions(["--help"]), "help");
    });

    it("choose series and configurations", () => {
        const { grid } = options("--series", "round-trip", "--configuration", "wan");
        assert.ok(grid.length > 0);
        assert.ok(
            grid.every(({ cell }) => cell.series === "round-trip" && cell.configuration === "wan"),
        );
        assert.deepEqual(options("--quick").grid, QUICK_GRID);
        const near = options("--round-trip", "0", "--round-trip", "2", "--transport", "tls").grid;
        assert.deepEqual(
            [...new Set(near.map(({ cell }) => `${cell.roundTripMs} ${cell.transport}`))],
            ["0 tls", "2 tls"],
        );
    });

    const bad: [string[], RegExp][] = [
        [["--series", "speed"], /--series must be one of round-trip, .*, not "speed"/],
        [["--configuration", "fast"], /--configuration must be one of defaults, .*, not "fast"/],
        [["--round-trip", "7"], /--round-trip must be one of 0, 2, .*, not "7"/],
        [["--transport", "ssl"], /--transport must be one of tls, plaintext, not "ssl"/],
        [["--series", "latency", "--round-trip", "2"], /No cell of the grid matches --series/],
        [["--repetitions", "0"], /--repetitions must be a whole number of at least 1, not "0"/],
        [["--seconds", "1.5"], /--seconds must be a whole number of at least 1, not "1.5"/],
        [["--gc", "Z"], /--gc must be one of Serial, Parallel, G1, not "Z"/],
        [["--fast"], /--fast/],
        [["fast"], /fast/],
    ];
    for (const [args, message] of bad) {
        it(`refuse ${args.join(" ")}`, () => {
            assert.throws(() => benchOptions(args), { name: "BenchUsageError", message });
        });
    }
});
