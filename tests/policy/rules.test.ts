import assert from "node:assert/strict";
import { UNKNOWN } from "../../policy/field";
import { violationsOf } from "../../policy/rule";
import { rules } from "../../policy/rules";
import { messageOf } from "../../policy/violation";
import type { Case } from "./support/cases";
import * as dataCases from "./support/dataCases";
import * as mirrorCases from "./support/mirrorCases";
import * as podCases from "./support/podCases";
import * as securityCases from "./support/securityCases";
import { edited, GOOD_STACK, goodStackWith, pathsIn, ruleOf, STACK } from "./support/goodStack";

const cases: readonly Case[] = [
    ...Object.values(securityCases).flat(),
    ...Object.values(podCases).flat(),
    ...Object.values(dataCases).flat(),
    ...Object.values(mirrorCases).flat(),
];

function messages({ rule, edits, config }: Case): string[] {
    return violationsOf(ruleOf(rule), goodStackWith(...edits), STACK, config).map(messageOf);
}

function describeCase({ rule, edits, says, config }: Case): string {
    const changes = edits.map(({ of, set, options }) =>
        [of, set?.[0].join("."), JSON.stringify(set?.[1] ?? options)].join(" "),
    );
    const verb = says.length === 0 ? "accepts" : "refuses";
    return `${rule} ${verb} ${changes.join(", ")}${config === undefined ? "" : ` with ${JSON.stringify(config)}`}`;
}

describe("rules of the policy pack", () => {
    for (const rule of rules) {
        it(`${rule.id} accepts a stack without violations`, () => {
            assert.deepEqual(violationsOf(rule, GOOD_STACK, STACK).map(messageOf), []);
        });

        it(`${rule.id} has a case that it refuses`, () => {
            assert(cases.some((one) => one.rule === rule.id && one.says.length > 0));
        });

        it(`${rule.id} reports nothing for values that a preview does not know`, () => {
            for (const [index, resource] of GOOD_STACK.entries()) {
                for (const path of pathsIn(resource.props)) {
                    const stack = GOOD_STACK.with(index, edited(resource, path, UNKNOWN));
                    const found = violationsOf(rule, stack, STACK).map(messageOf);
                    assert.deepEqual(found, [], `${resource.name}: ${path.join(".")} is unknown`);
                }
            }
        });
    }

    for (const one of cases) {
        it(describeCase(one), () => {
            const found = messages(one);
            assert.equal(found.length, one.says.length, found.join("\n"));
            for (const [index, parts] of one.says.entries()) {
                for (const part of parts) {
                    assert(found[index]!.includes(part), `${found[index]}\nhas no: ${part}`);
                }
            }
        });
    }

    it("never shows a credential", () => {
        for (const one of securityCases.secretCases) {
            assert(!messages(one).join("\n").includes("hunter2"));
        }
    });

    it("counts a stack without a name as production", () => {
        const unprotected = goodStackWith({ of: "kafka", options: { protect: false } });
        assert.equal(violationsOf(ruleOf("protected-data"), unprotected, undefined).length, 1);
        assert.equal(violationsOf(ruleOf("protected-data"), unprotected, "dev").length, 0);
    });
});
