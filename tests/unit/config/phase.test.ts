import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
    type Phase,
    PHASES,
    type PhasePosition,
    phases,
    recordedPosition,
    shortestWay,
    transitionProblem,
} from "../../../config/phase";

const anyPhase = fc.constantFrom(...PHASES);
const at = (phase: Phase, epoch = 1): PhasePosition => ({ phase, epoch });

describe("phases", () => {
    it("never run both directions: with the same topic names that is a loop", () => {
        for (const phase of PHASES) {
            const { forward, reverse } = phases[phase];
            assert(!(forward === "running" && reverse === "running"), phase);
        }
    });

    it("let applications write at one site at most, and never where a mirror writes", () => {
        for (const phase of PHASES) {
            const { access, forward, reverse, activeSite } = phases[phase];
            assert(!(access.source === "writing" && access.target === "writing"), phase);
            assert(forward === "stopped" || access.target === "standby", phase);
            assert(reverse === "absent" || access.source === "standby", phase);
            const other = activeSite === "source" ? "target" : "source";
            assert.equal(access[other], "standby", phase);
        }
    });

    it("allow no writes while a log drains or before a mirror begins, but let groups finish reading", () => {
        for (const phase of ["draining", "draining-back", "resuming"] as const) {
            assert(!Object.values(phases[phase].access).includes("writing"), phase);
        }
        assert.equal(phases.draining.access.source, "consuming");
        assert.equal(phases["draining-back"].access.target, "consuming");
    });

    it("use nothing of a lost source", () => {
        assert.deepEqual(
            PHASES.filter((phase) => !phases[phase].usesSource),
            ["failed-over"],
        );
    });
});

describe("changes of phase", () => {
    const allowed: readonly (readonly [Phase, Phase, "same" | "next"])[] = [
        ["mirroring", "draining", "same"],
        ["mirroring", "failed-over", "same"],
        ["draining", "mirroring", "same"],
        ["draining", "failed-over", "same"],
        ["failed-over", "failing-back", "same"],
        ["failing-back", "draining-back", "same"],
        ["failing-back", "failed-over", "same"],
        ["draining-back", "failing-back", "same"],
        ["draining-back", "failed-over", "same"],
        ["draining-back", "resuming", "next"],
        ["resuming", "mirroring", "same"],
        ["resuming", "failed-over", "same"],
    ];

    it("are those of the table and no others, whatever the epoch", () => {
        for (const from of PHASES) {
            for (const to of PHASES.filter((phase) => phase !== from)) {
                const row = allowed.find(([one, other]) => one === from && other === to);
                for (const epoch of [1, 2, 3, 4]) {
                    const expected = row === undefined ? undefined : row[2] === "same" ? 2 : 3;
                    assert.equal(
                        transitionProblem(at(from, 2), at(to, epoch)) === undefined,
                        epoch === expected,
                        `${from} 2 -> ${to} ${epoch}`,
                    );
                }
            }
        }
    });

    it("never make the source active again without a new epoch after a failover", () => {
        fc.assert(
            fc.property(fc.array(fc.tuple(anyPhase, fc.integer({ min: 1, max: 4 }))), (wanted) => {
                let now = at("mirroring");
                let lives = 1;
                for (const [phase, epoch] of wanted) {
                    const next = at(phase, epoch);
                    if (transitionProblem(now, next) !== undefined) {
                        continue;
                    }
                    assert(next.epoch >= now.epoch);
                    if (phases[now.phase].activeSite === "target" && phase !== now.phase) {
                        lives += phases[phase].activeSite === "source" ? 1 : 0;
                    }
                    now = next;
                    assert.equal(now.epoch, lives);
                }
            }),
        );
    });

    it("name the allowed way when they are refused", () => {
        const problem = transitionProblem(at("failed-over"), at("mirroring"));
        assert.match(
            problem!,
            /"failed-over" -> "failing-back" -> "draining-back" -> "resuming" -> "mirroring", "resuming" with kafka-dr:mirror\.epoch 2/,
        );
        assert.match(
            transitionProblem(at("mirroring"), at("failing-back"))!,
            /"mirroring" -> "failed-over" -> "failing-back"/,
        );
    });

    it("refuse another epoch within a phase: everything would be copied again", () => {
        assert.equal(transitionProblem(at("mirroring", 2), at("mirroring", 2)), undefined);
        assert.match(
            transitionProblem(at("mirroring"), at("mirroring", 2))!,
            /copy everything again/,
        );
        assert.match(transitionProblem(at("mirroring", 2), at("mirroring", 1))!, /epoch is 1/);
    });

    it("begin with mirroring, of any epoch: Pulumi's state may have been lost", () => {
        for (const phase of PHASES) {
            const isRefused = transitionProblem(undefined, at(phase, 3)) !== undefined;
            assert.equal(isRefused, !["mirroring", "draining"].includes(phase), phase);
        }
    });

    const records: [string, Record<string, unknown> | undefined, PhasePosition | undefined][] = [
        ["as they are written", { phase: "draining", epoch: "2" }, at("draining", 2)],
        [
            "with the epoch's earlier name",
            { phase: "draining", generation: "2" },
            at("draining", 2),
        ],
        ["without an epoch", { phase: "draining" }, undefined],
        ["with an epoch that is no number", { phase: "draining", epoch: "x" }, undefined],
        ["with a phase of another version", { phase: "paused", epoch: "2" }, undefined],
        ["that do not exist", undefined, undefined],
    ];
    for (const [name, data, position] of records) {
        it(`are read from records ${name}`, () => {
            assert.deepEqual(recordedPosition(data), position);
        });
    }

    it("lead from every phase to every other", () => {
        for (const from of PHASES) {
            for (const to of PHASES) {
                assert(shortestWay(from, to) !== undefined, `${from} -> ${to}`);
            }
        }
    });
});
