import assert from "node:assert/strict";
import { patternProblem } from "../../../config/javaPattern";
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
    for (const [pattern, why] of refused) {
        it(`refuses ${JSON.stringify(pattern)}`, () => {
            assert.match(patternProblem(pattern) ?? "accepted", why);
        });
    }
});
