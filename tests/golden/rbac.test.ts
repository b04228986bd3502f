import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { GOLDEN_STACKS, rolesFile, rolesText } from "../support/goldenStacks";

describe("golden files of roles", () => {
    for (const stack of GOLDEN_STACKS) {
        it(`tests/golden/rbac/${stack}.yaml shows the rights of the deploying identity of ${stack} (npm run golden writes it)`, () => {
            assert.equal(rolesText(stack), readFileSync(rolesFile(stack), "utf8"));
        });
    }
});
