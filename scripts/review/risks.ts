import { durabilityRisks } from "./durabilityRisks";
import { lossRisks } from "./lossRisks";
import { mirrorRisks } from "./mirrorRisks";
import { CATEGORIES, type Risk } from "./risk";
import { securityRisks } from "./securityRisks";
import type { StackChanges } from "./stackChanges";

/** The risks of a change, the worst first. */
export function risks(changes: StackChanges): Risk[] {
    const found = [
        ...lossRisks(changes),
        ...mirrorRisks(changes),
        ...durabilityRisks(changes),
        ...securityRisks(changes),
        ...contractRisks(changes),
    ];
    return CATEGORIES.flatMap((category) => found.filter((risk) => risk.category === category));
}

/** Outputs that applications read through a StackReference. */
function contractRisks({ outputs }: StackChanges): Risk[] {
    return outputs.flatMap(({ path, before, after }): Risk[] => {
        const gone = before !== undefined && after === undefined;
        const otherType = before !== undefined && typeof before !== typeof after;
        // Paths below an output are observed values, such as the state of a connector.
        if (path.includes(".") || path.includes("[") || !(gone || otherType)) {
            return [];
        }
        return [
            {
                category: "Contract with application stacks",
                message: gone
                    ? `Output \`${path}\` disappears: stacks that read it fail on their next preview.`
                    : `Output \`${path}\` changes its type from ${typeof before} to ${typeof after}.`,
            },
        ];
    });
}
