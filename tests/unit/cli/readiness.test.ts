import assert from "node:assert/strict";
import { notReadyReason, type ReportedObject } from "../../../cli/preflight/readiness";

const KAFKA: ReportedObject = {
    kind: "Kafka",
    id: "kafka/my-cluster",
    context: "prod",
    generation: 2,
};

describe("the reason that make up prints for an object after a failed update", () => {
    it("is absent when the object is Ready", () => {
        const conditions = [{ type: "Ready", status: "True" }];
        assert.equal(
            notReadyReason({ ...KAFKA, status: { observedGeneration: 2, conditions } }),
            undefined,
        );
    });

    const cases: readonly [string, ReportedObject["status"], RegExp][] = [
        [
            "an object that no operator has processed",
            undefined,
            /^Kafka kafka\/my-cluster \(context prod\) has no status/,
        ],
        ["an object without conditions", { observedGeneration: 2 }, /has no status/],
        [
            "an object that was changed since the operator processed it",
            { observedGeneration: 1, conditions: [{ type: "Ready", status: "True" }] },
            /has not processed the change yet/,
        ],
        [
            "an object that is NotReady",
            {
                observedGeneration: 2,
                conditions: [
                    { type: "Warning", status: "True", message: "unrelated" },
                    {
                        type: "NotReady",
                        status: "True",
                        reason: "FatalProblem",
                        message: "no storage class",
                    },
                ],
            },
            /is not Ready: FatalProblem: no storage class$/,
        ],
        [
            "an object without a reason",
            { observedGeneration: 2, conditions: [{ type: "NotReady", status: "True" }] },
            /is not Ready: the operator gives no reason$/,
        ],
    ];
    for (const [name, status, expected] of cases) {
        it(`names ${name}`, () => {
            const { ...bare } = KAFKA;
            assert.match(
                notReadyReason(status === undefined ? bare : { ...bare, status }) ?? "Ready",
                expected,
            );
        });
    }
});
