import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
    goldenFile,
    GOLDEN_STACKS,
    goldenText,
    PHASES_FILE,
    phasesText,
    PROFILES_FILE,
    profilesText,
} from "../support/goldenStacks";
import { CA_SECRET } from "../support/recordedStack";

describe("golden files", () => {
    for (const stack of GOLDEN_STACKS) {
        it(`tests/golden/${stack}.yaml shows what ${stack} registers (npm run golden writes it)`, async () => {
            assert.equal(await goldenText(stack), readFileSync(goldenFile(stack), "utf8"));
        });
    }

    it("tests/golden/phases.md shows what each change of phase does to prod", async () => {
        assert.equal(await phasesText(), readFileSync(PHASES_FILE, "utf8"));
    });

    it("tests/golden/profiles.md shows what each profile of throughput sets", () => {
        assert.equal(profilesText(), readFileSync(PROFILES_FILE, "utf8"));
    });

    it("are the same in every run, in whatever order resources finish", async () => {
        assert.equal(await goldenText("prod"), await goldenText("prod"));
    });

    it("hold no certificate and no password", () => {
        for (const stack of GOLDEN_STACKS) {
            const text = readFileSync(goldenFile(stack), "utf8");
            for (const secret of Object.values(CA_SECRET.data)) {
                assert(!text.includes(secret), `${stack} shows ${secret.slice(0, 20)}`);
            }
            assert(text.includes("[secret]"));
        }
    });
});
