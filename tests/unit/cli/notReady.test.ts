import assert from "node:assert/strict";
import { notReadyReason, type ReportedObject } from "../../../cli/preflight/notReady";

const KAFKA: ReportedObject = {
    kind: "Kafka",
    id: "kafka/my-cluster",
    context: "prod",
    generation: 2,
};

describe("what make up says of an object after a failed update", () => {
    it("is nothing when it is Ready", () => {
        const conditions = [{ type: "Ready", status: "True" }];
        assert.equal(
            notReadyReason({ ...KAFKA, status: { observedGeneration: 2, conditions } }),
            undefined,
        );
    });

    const cases: readonly [string, ReportedObject["status"], RegExp][] = [
        [
            "that no operator touched",
            undefined,
            /^Kafka kafka\/my-cluster \(context prod\) has no status/,
        ],
        ["without a condition", { observedGeneration: 2 }, /has no status/],
        [
            "that the operator has not seen since the change",
            { observedGeneration: 1, conditions: [{ type: "Ready", status: "True" }] },
            /has not acted on it yet/,
        ],
        [
            "that is NotReady",
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
            "that gives no reason",
            { observedGeneration: 2, conditions: [{ type: "NotReady", status: "True" }] },
            /is not Ready: the operator gives no reason$/,
        ],
    ];
    for (const [name, status, expected] of cases) {
        it(`names one ${name}`, () => {
            const { ...bare } = KAFKA;
            assert.match(
                notReadyReason(status === undefined ? bare : { ...bare, status }) ?? "Ready",
                expected,
            );
        });
    }
});
