/**
 * Writes the golden files: every resource of a stack as it is registered, and the roles of whoever
 * deploys it, and what each profile of throughput sets. They show in a pull request what a change of settings or code does.
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
