import assert from "node:assert/strict";
import { violationsOf } from "../../policy/rule";
import { rules } from "../../policy/rules";
import { recordStack } from "../support/recordedStack";
import { EXPECTED_VIOLATIONS } from "./support/expectedViolations";
import { resourcesOf } from "./support/recordedResources";

function findings(stack: "dev" | "prod", resources: ReturnType<typeof resourcesOf>): string[] {
    return rules.flatMap((rule) =>
        violationsOf(rule, resources, stack).map(({ resource, property }) =>
            [rule.id, resource.name.replace(/^kafka-dr-/, ""), property].join(" "),
        ),
    );
}

describe("the policy pack over this project's stacks", () => {
    for (const stack of ["dev", "prod"] as const) {
        for (const preview of [false, true]) {
            it(`finds in ${stack} what is listed, in ${preview ? "a first preview" : "a stack that is up"}`, async () => {
                const resources = resourcesOf(await recordStack(stack, { preview }));
                assert.deepEqual(
                    findings(stack, resources).sort(),
                    [...EXPECTED_VIOLATIONS[stack]].sort(),
                );
            });
        }
    }

    it("finds what a production stack must not be", async () => {
        // The small, ephemeral stack, judged by the rules of production.
        const resources = resourcesOf(await recordStack("dev"));
        const broken = rules
            .filter((rule) => violationsOf(rule, resources, "production").length > 0)
            .filter((rule) => rule.scope === "production")
            .map(({ id }) => id);
        assert.deepEqual(broken, [
            "replication-factor",
            "min-isr",
            "broker-count",
            "no-delete-claim",
            "protected-data",
        ]);
    });
});
