import assert from "node:assert/strict";
import {
    patternMatcher,
    patternProblem,
    UntranslatablePatternError,
} from "../../../config/javaPattern";
import { DEFAULT_GROUPS_EXCLUDE, DEFAULT_TOPICS_EXCLUDE } from "../../../config/mirrorSchema";

describe("patternProblem", () => {
    const accepted = [
        ".*",
        "orders",
        "orders, payments",
        "orders.*|payments.*",
        DEFAULT_TOPICS_EXCLUDE,
        DEFAULT_GROUPS_EXCLUDE,
        "(?i)orders.*",
        "(?i:orders).*",
        "[a-z]++",
        "(?>orders|payments)",
        "\\Qorders.v1\\E.*",
        "\\p{Alpha}+",
        "(?<team>[a-z]+)-.*",
        "(?!__).*",
        "orders-[0-9]{3}",
        "orders\\-eu",
        "\\d+\\.\\w+",
        "[a-z&&[^b]]",
        "[]a]",
        "[\\p{Lu}.-]+",
    ];
    for (const pattern of accepted) {
        it(`accepts ${pattern}`, () => {
            assert.equal(patternProblem(pattern), undefined);
        });
    }

    const refused: readonly [pattern: string, why: RegExp][] = [
        ["orders(", /"orders\(" is not a Java regular expression/],
        ["[a-z", /"\[a-z"/],
        ["*orders", /"\*orders"/],
        ["orders, *", /"\*"/],
        ["[0-9]{1,3}", /Kafka splits the list at every comma/],
        ["orders,", /is empty/],
        ["", /is empty/],
        ["a{", /"a\{"/],
        ["\\y", /"\\y"/],
    ];
    it("refuses a pattern that is too large to match", () => {
        for (const prefix of ["", "(?i)"]) {
            const problem = patternProblem(prefix + "a".repeat(70_000)) ?? "";
            assert.match(
                problem,
                /is not a Java regular expression: Regular expression too large$/,
            );
        }
    });

    for (const [pattern, why] of refused) {
        it(`refuses ${JSON.stringify(pattern)}`, () => {
            assert.match(patternProblem(pattern) ?? "accepted", why);
        });
    }
});

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
        ["\\P{Lu}", ["o", "1"], ["O"]],
        ["[\\p{Lu}.-]+", ["A.B-C"], ["a"]],
        ["[\\Q]-\\E]+", ["]-"], ["a"]],
        ["(?!__).*", ["orders"], ["__orders"]],
        ["orders\\-eu", ["orders-eu"], ["ordersxeu"]],
        ["\\Aorders\\z", ["orders"], ["orders1"]],
        ["(?i)orders, Payments", ["ORDERS", "PAYMENTS"], ["a"]],
        [DEFAULT_TOPICS_EXCLUDE, ["mm2-a.internal", "b.replica", "__c"], ["orders.internal"]],
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
        "[\\P{Lu}-]",
        "a\\R",
    ];
    for (const pattern of refused) {
        it(`refuses ${pattern}, which only Java can match`, () => {
            assert.throws(() => patternMatcher(pattern), UntranslatablePatternError);
        });
    }
});
