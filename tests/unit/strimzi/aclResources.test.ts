import assert from "node:assert/strict";
import fc from "fast-check";
import { patternProblem } from "../../../config/javaPattern";
import {
    aclResources,
    covers,
    EVERY_NAME,
    resourcesAtTarget,
} from "../../../strimzi/builders/aclResources";

/** `orders` for a name, `orders*` for a prefix. */
function written(pattern: string): string[] {
    return aclResources(pattern).map(({ name, patternType }) =>
        patternType === "prefix" ? `${name}*` : name,
    );
}

describe("aclResources", () => {
    const cases: Record<string, string[]> = {
        ".*": ["*"],
        orders: ["orders"],
        "orders, payments": ["orders", "payments"],
        "orders|payments": ["orders", "payments"],
        "orders\\.eu": ["orders.eu"],
        "orders\\.eu\\-1": ["orders.eu-1"],
        "orders.*": ["orders*"],
        "orders\\..*": ["orders.*"],
        // A dot matches any character, so the name alone would not cover every match.
        "orders.eu": ["orders*"],
        // The part before a quantifier may be absent.
        "orders?": ["order*"],
        "orders*": ["order*"],
        "orders{0}": ["order*"],
        "orders+": ["order*"],
        "orders\\-?eu": ["orders*"],
        "[a-z]+": ["*"],
        "(orders|payments)-.*": ["*"],
        "(?i)orders": ["*"],
        "team-(a|b)": ["team-*"],
        "team-[a-z]+\\..*": ["team-*"],
        "\\d+": ["*"],
        "\\Qorders\\E": ["*"],
        // A resource that covers another makes it redundant.
        "orders-eu, orders-.*": ["orders-*"],
        "orders, .*": ["*"],
        "orders, orders": ["orders"],
        "orders|.*": ["*"],
        "|orders": ["*", "orders"].slice(0, 1),
    };
    for (const [pattern, expected] of Object.entries(cases)) {
        it(`covers ${pattern} with ${expected.join(", ")}`, () => {
            assert.deepEqual(written(pattern), expected);
        });
    }

    it("covers every name that a pattern matches: MM2 does not mirror topics that it may not see", () => {
        const piece = fc.constantFrom("a", "b", "-", "_", "\\.", ".", "[ab]", "(a|b)", "(?:ab)");
        const quantified = fc
            .tuple(
                piece,
                fc.constantFrom("", "", "", "*", "?", "+", "{0,1}".replace(",", ""), "{2}"),
            )
            .map(([text, quantifier]) => text + quantifier);
        const expression = fc
            .array(quantified, { minLength: 1, maxLength: 5 })
            .map((parts) => parts.join(""));
        const patterns = fc
            .array(
                fc.oneof(
                    expression,
                    fc.tuple(expression, expression).map((two) => two.join("|")),
                ),
                {
                    minLength: 1,
                    maxLength: 3,
                },
            )
            .map((entries) => entries.join(","))
            .filter((pattern) => patternProblem(pattern) === undefined);
        const names = fc.array(fc.constantFrom("a", "b", "-", "_", "."), {
            minLength: 1,
            maxLength: 6,
        });
        let matched = 0;
        fc.assert(
            fc.property(patterns, names, (pattern, letters) => {
                const name = letters.join("");
                const matches = pattern
                    .split(",")
                    .some((entry) => new RegExp(`^(?:${entry})$`).test(name));
                if (matches) {
                    matched += 1;
                    const literal = { name, patternType: "literal" } as const;
                    assert(aclResources(pattern).some((resource) => covers(resource, literal)));
                }
            }),
            { numRuns: 20_000 },
        );
        assert(matched > 500, `only ${matched} names matched`);
    });

    const naming = {
        topicsPattern: ".*",
        topicsExcludePattern: "x",
        replicationPolicySeparator: ".",
        sourceAlias: "src",
        targetAlias: "tgt",
    };

    it("has the names at the target under the policy that renames topics", () => {
        const atTarget = (pattern: string) =>
            resourcesAtTarget(aclResources(pattern), { ...naming, replicationPolicy: "default" });
        assert.deepEqual(atTarget("orders, payments-.*"), [
            { name: "src.orders", patternType: "literal" },
            { name: "src.payments-", patternType: "prefix" },
        ]);
        assert.deepEqual(atTarget(".*"), [{ name: "src.", patternType: "prefix" }]);
    });

    it("has the names that MirrorMaker 2 gives topics that it takes for heartbeats", () => {
        const atTarget = (pattern: string) =>
            resourcesAtTarget(aclResources(pattern), { ...naming, replicationPolicy: "identity" });
        assert.deepEqual(atTarget("orders, device-heartbeats"), [
            { name: "src.device-heartbeats", patternType: "literal" },
            { name: "orders", patternType: "literal" },
        ]);
        assert.deepEqual(atTarget("payments-.*"), [
            { name: "payments-", patternType: "prefix" },
            { name: "src.payments-", patternType: "prefix" },
        ]);
        assert.deepEqual(atTarget(".*"), [EVERY_NAME]);
    });
});
