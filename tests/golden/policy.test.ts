import assert from "node:assert/strict";
import { PHASES } from "../../config/phase";
import { violationsOf } from "../../policy/rule";
import { rules } from "../../policy/rules";
import type { Change } from "../support/rawSettings";
import { recordStack, recordSteps, stepsTo } from "../support/recordedStack";
import { resourcesOf } from "../policy/support/recordedResources";

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
            it(`finds nothing in ${stack}, in ${preview ? "a first preview" : "a stack that is up"}`, async () => {
                const resources = resourcesOf(await recordStack(stack, { preview }));
                assert.deepEqual(findings(stack, resources), []);
            });
        }
    }

    for (const phase of PHASES) {
        it(`finds nothing in prod in the phase ${phase}`, async () => {
            const resources = resourcesOf(await recordSteps("prod", stepsTo(phase)));
            assert.deepEqual(findings("prod", resources), []);
        });
    }

    it("finds insecure settings of a stack that is not protected", async () => {
        const changes: Change[] = [
            ["security", { allowInsecureListeners: true }],
            [
                "source/listeners",
                [{ name: "open", port: 9092, tls: false, authentication: "none" }],
            ],
            ["source/authorization", "none"],
            ["users", []],
        ];
        const resources = resourcesOf(await recordStack("dev", { changes }));
        assert.deepEqual(findings("dev", resources).sort(), [
            "kafka-authorization source-kafka spec.kafka.authorization.type",
            "listener-authentication source-kafka spec.kafka.listeners[0].authentication.type",
            "mirror-authentication mirror-mm2 spec.mirrors[0].source.authentication.type",
            "mirror-authentication mirror-mm2 spec.mirrors[0].source.tls",
            "no-plain-listener source-kafka spec.kafka.listeners[0].tls",
        ]);
    });

    it("finds violations of the rules for production", async () => {
        // The small, ephemeral stack, checked against the rules for production.
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
