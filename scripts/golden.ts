/**
 * Writes the golden files: the registered resources of each stack, the roles of its deployer, the effect
 * of each phase, and the settings of each throughput profile. In a pull request they show the effect of
 * a change.
 *
 * npm run golden
 */
import { writeFileSync } from "node:fs";
import {
    goldenFile,
    GOLDEN_STACKS,
    goldenText,
    PHASES_FILE,
    phasesText,
    PROFILES_FILE,
    profilesText,
    rolesFile,
    rolesText,
} from "../tests/support/goldenStacks";

async function main(): Promise<void> {
    for (const stack of GOLDEN_STACKS) {
        writeFileSync(goldenFile(stack), await goldenText(stack));
        writeFileSync(rolesFile(stack), rolesText(stack));
    }
    writeFileSync(PHASES_FILE, await phasesText());
    writeFileSync(PROFILES_FILE, profilesText());
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
