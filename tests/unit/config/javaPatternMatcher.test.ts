import assert from "node:assert/strict";
import { patternMatcher, UntranslatablePatternError } from "../../../config/javaPatternMatcher";
import { DEFAULT_GROUPS_EXCLUDE, DEFAULT_TOPICS_EXCLUDE } from "../../../config/mirrorSchema";

describe("patternMatcher", () => {
    const cases: readonly [pattern: string, yes: string[], no: string[]][] = [
        [".*", ["orders", "a.b"], []],
        ["orders", ["orders"], ["orders2", "my-orders", "Orders"]],
        ["orders, payments", ["orders", "payments"], ["orders, payments", "order"]],
        ["orders|payments", ["orders", "payments"], ["orderspayments"]],
        ["(?i)orders.*", ["Orders", "ORDERS-1"], ["border"]],
        ["\\Qorders.v1\\E.*", ["orders.v1", "orders.v1-a"], ["orders-v1"]],
        ["\\p{Alpha}+", ["orders"], ["orders1"]],
        ["\\p{Lu}\\d+", ["O1"], ["o1"]],
        ["(?!__).*", ["orders"], ["__orders"]],
        ["orders\\-eu", ["orders-eu"], ["ordersxeu"]],
        ["\\Aorders\\z", ["orders"], ["orders1"]],
        [DEFAULT_TOPICS_EXCLUDE, ["a.internal", "a-internal", "b.replica", "__c"], ["orders"]],
        [DEFAULT_GROUPS_EXCLUDE, ["console-consumer-1", "connect-x", "__y"], ["orders"]],
    ];
    for (const [pattern, yes, no] of cases) {
        it(`reads ${pattern} as Java does`, () => {
            const matches = patternMatcher(pattern);
            assert.deepEqual(yes.filter(matches), yes);
            assert.deepEqual(no.filter(matches), []);
        });
    }

    const refused = [
        "a++",
        "(?>a|b)",
        "(?i:a)b",
        "(?x)a",
        "[a-z&&[^b]]",
        "\\p{Greek}",
        "[\\p{Lu}-]",
    ];
    for (const pattern of refused) {
        it(`says that it cannot read ${pattern}`, () => {
            assert.throws(() => patternMatcher(pattern), UntranslatablePatternError);
        });
    }
});
