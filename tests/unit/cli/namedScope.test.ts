import assert from "node:assert/strict";
import { CommandError } from "../../../cli/shared/commandError";
import { refuseUnknownNames } from "../../../cli/verify/namedScope";

const source = {
    topicNames: async () => Promise.resolve(["orders", "payments"]),
    groups: {
        list: async () => Promise.resolve([{ id: "orders-service" }]),
    },
} as unknown as Parameters<typeof refuseUnknownNames>[0];

describe("the names that verify is given", () => {
    const cases: [string, { topic?: string[]; group?: string[] }, RegExp][] = [
        ["a topic", { topic: ["orders", "ordres"] }, /no topic "ordres"; did you mean "orders"\?/],
        [
            "a group",
            { group: ["order-service"] },
            /no group "order-service"; did you mean "orders-service"\?/,
        ],
        ["a topic like no other", { topic: ["x"] }, /no topic "x"$/],
    ];
    for (const [name, { topic = [], group = [] }, message] of cases) {
        it(`are refused when they are those of ${name} that the source does not have`, async () => {
            await assert.rejects(refuseUnknownNames(source, { topic, group }), (error) => {
                assert(error instanceof CommandError);
                assert.equal(error.outcome, "badInput");
                assert.match(error.message, message);
                return true;
            });
        });
    }

    it("are accepted when they exist", async () => {
        await refuseUnknownNames(source, { topic: ["orders"], group: ["orders-service"] });
        await refuseUnknownNames(source, { topic: [], group: [] });
    });
});
