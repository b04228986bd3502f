import assert from "node:assert/strict";
import { runsOf } from "../../../lab/bench/cells";
import type { Measurement } from "../../../lab/bench/measurementKeys";
import { type Goal, evaluateGoals, producerFor } from "../../../lab/bench/goals";
import { cell, mirror, producer } from "./synthetic";

type Point = readonly [roundTripMs: number, configuration: string, rates: readonly number[]];

function lines(points: readonly Point[], transport: "tls" | "plaintext" = "tls"): Measurement[] {
    return points.flatMap(([roundTripMs, configuration, rates]) =>
        rates.map((rate, i) => mirror({ roundTripMs, configuration, transport }, i + 1, rate)),
    );
}

function judge(measurements: readonly Measurement[]): Goal[] {
    return evaluateGoals(runsOf(measurements, "mirror"), runsOf(measurements, "producer"));
}

function goalOf(goals: readonly Goal[], text: string, transport: Goal["transport"] = "tls"): Goal {
    const found = goals.filter((goal) => goal.transport === transport && goal.goal.includes(text));
    assert.equal(found.length, 1, text);
    return found[0]!;
}

describe("the goals", () => {
    const cases: readonly [
        name: string,
        points: readonly Point[],
        goal: string,
        verdict: Goal["verdict"],
        found: string,
    ][] = [
        [
            "takes the median over the repetitions",
            [
                [10, "wan", [260, 1400, 1300]],
                [10, "defaults", [20, 100, 100]],
            ],
            "at least 13 x `defaults`",
            "met",
            "13 x (13–14)",
        ],
        [
            "says that a gain was not there in every run",
            [
                [10, "wan", [150, 200, 140]],
                [10, "tutorial", [100, 100, 100]],
            ],
            "at least 1.5 x `tutorial`",
            "met",
            "1.5 x (1.4–2), not in every run",
        ],
        [
            "says that a missed gain was there in some runs",
            [
                [50, "wan", [290, 280, 300]],
                [50, "tutorial", [100, 100, 100]],
            ],
            "at least 3 x `tutorial`",
            "missed",
            "2.9 x (2.8–3), reached in some runs",
        ],
        [
            "misses just below",
            [
                [50, "wan", [4499]],
                [50, "defaults", [100]],
            ],
            "at least 45 x `defaults`",
            "missed",
            "45 x, just below",
        ],
        [
            "recommends wan and no other",
            [
                [10, "lan", [9000]],
                [10, "defaults", [100]],
            ],
            "at least 13 x `defaults`",
            "not measured",
            "",
        ],
        [
            "compares with the better of two at 0 ms",
            [
                [0, "wan", [100, 101]],
                [0, "defaults", [10, 11]],
                [0, "tutorial", [110, 111]],
            ],
            "the better of",
            "missed",
            "0 ms: 101 (100–101) against 111 (110–111)",
        ],
        [
            "takes ranges that overlap for noise",
            [
                [0, "wan", [100, 112]],
                [0, "defaults", [111, 120]],
                [0, "tutorial", [10, 11]],
            ],
            "the better of",
            "met",
            "0 ms: 106 (100–112) against 116 (111–120), within the noise",
        ],
        [
            "does not know the better of two of which one was not measured",
            [
                [0, "wan", [100]],
                [0, "defaults", [10]],
            ],
            "the better of",
            "not measured",
            "",
        ],
        [
            "compares a far target with a near one",
            [
                [0, "wan", [100, 100]],
                [100, "wan", [90, 92]],
            ],
            "at least 0.9 x what",
            "met",
            "0.91 x (0.9–0.92)",
        ],
        [
            "is missed at any round trip when it is at one",
            [
                [0, "wan", [100]],
                [0, "defaults", [10]],
                [10, "wan", [100]],
                [10, "defaults", [101]],
                [50, "defaults", [1]],
            ],
            "any round trip",
            "missed",
            "0 ms: 100 against 10; 10 ms: 100 against 101; 50 ms: not measured",
        ],
        [
            "is not met at any round trip when one was not measured",
            [
                [0, "wan", [100]],
                [0, "defaults", [10]],
                [50, "defaults", [1]],
            ],
            "any round trip",
            "not measured",
            "0 ms: 100 against 10; 50 ms: not measured",
        ],
    ];
    for (const [name, points, text, verdict, found] of cases) {
        it(name, () => {
            const goal = goalOf(judge(lines(points)), text);
            assert.deepEqual([goal.verdict, goal.found], [verdict, found]);
        });
    }

    it("do not compare runs of different repetitions", () => {
        const goals = judge([
            mirror({ configuration: "wan" }, 1, 9000),
            mirror({ configuration: "defaults" }, 2, 100),
        ]);
        assert.equal(goalOf(goals, "at least 13 x `defaults`").verdict, "not measured");
    });

    it("are not measured without measurements; goals for both transports are listed for each", () => {
        const goals = judge([]);
        assert.equal(goals.length, 9 + 7);
        assert(goals.every(({ verdict, found }) => verdict === "not measured" && found === ""));
    });

    it("ignore other workloads, other series and the other transport", () => {
        const points: Point[] = [
            [10, "wan", [1300]],
            [10, "defaults", [100]],
        ];
        const verdict = (change: Partial<typeof cell>) =>
            goalOf(
                judge(
                    lines(points).map((line) =>
                        line.kind === "mirror"
                            ? { ...line, cell: { ...line.cell, ...change } }
                            : line,
                    ),
                ),
                "at least 13 x `defaults`",
            ).verdict;
        assert.equal(verdict({}), "met");
        assert.equal(verdict({ recordBytes: 1000 }), "not measured");
        assert.equal(verdict({ partitions: 12 }), "not measured");
        assert.equal(verdict({ series: "record-size" }), "not measured");
        assert.equal(verdict({ transport: "plaintext" }), "not measured");
    });

    it("compares TLS with plaintext", () => {
        const loss = (rate: number) =>
            goalOf(
                judge([
                    ...lines([[10, "wan", [rate]]]),
                    ...lines([[10, "wan", [100]]], "plaintext"),
                ]),
                "against plaintext",
            );
        assert.deepEqual([loss(65).verdict, loss(65).found], ["met", "10 ms: 35 %"]);
        assert.deepEqual([loss(64).verdict, loss(64).found], ["missed", "10 ms: 36 %"]);
        assert.deepEqual([loss(105).verdict, loss(105).found], ["met", "10 ms: -5.0 %"]);
    });

    it("compares with a producer that writes the same records over the same network", () => {
        const points = lines([[0, "wan", [100]]]);
        const verdict = (change: Partial<typeof cell>, rate: number) =>
            goalOf(
                judge([
                    ...points,
                    producer({ roundTripMs: 0, series: "producer", ...change }, 1, rate),
                ]),
                "ProducerPerformance",
            ).verdict;
        assert.equal(verdict({}, 200), "met");
        assert.equal(verdict({}, 201), "missed");
        assert.equal(verdict({ roundTripMs: 10 }, 200), "not measured");
        assert.equal(verdict({ transport: "plaintext" }, 200), "not measured");
    });

    it("prefers a producer with the same configuration, then the fastest", () => {
        const at = (configuration: string, rate: number) => producer({ configuration }, 1, rate);
        const chosen = (...produced: ReturnType<typeof at>[]) =>
            producerFor({ ...cell, configuration: "lan" }, runsOf(produced, "producer"))?.cell
                .configuration;
        assert.equal(chosen(at("wan", 9), at("lan", 1), at("defaults", 5)), "lan");
        assert.equal(chosen(at("defaults", 5), at("wan", 9)), "wan");
        assert.equal(chosen(), undefined);
    });
});
