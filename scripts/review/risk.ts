import { type GoldenResource, kindOf } from "./golden";

/** In the order in which a reviewer reads them. */
export const CATEGORIES = [
    "Data loss",
    "Everything is copied again",
    "Mirroring stops",
    "Offset sync",
    "Weaker durability",
    "Weaker security",
    "Nodes and storage",
    "Contract with application stacks",
] as const;

export type RiskCategory = (typeof CATEGORIES)[number];

export interface Risk {
    readonly category: RiskCategory;
    /** The resource, `Kind/name` in the program; absent for the stack's outputs. */
    readonly resource?: string;
    /** What happens, as a sentence of Markdown. */
    readonly message: string;
}

/** `Kind/name` of a resource in the program. */
export function nameOf(resource: GoldenResource): string {
    return `${kindOf(resource)}/${resource.name}`;
}
