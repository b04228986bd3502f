import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { providerUrn, rootStackType, shortName, urnName } from "../../../engine/urn";
import { goldenFile, type GoldenStack } from "../../support/goldenStacks";
import type { StateResource } from "./cliStack";

/** What a golden file and the state of a stack both say about a resource. */
export interface Placement {
    readonly type: string;
    readonly name: string;
    readonly parent: string | undefined;
    readonly provider: string | undefined;
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
}

/** The resources of a golden file, sorted by type and name. */
export function goldenPlacements(stack: GoldenStack): Placement[] {
    return parseAllDocuments(readFileSync(goldenFile(stack), "utf8"))
        .map((document) => document.toJS() as Partial<Placement>)
        .flatMap(({ type, name, parent, provider, protect, retainOnDelete }) =>
            type === undefined || name === undefined
                ? []
                : [
                      {
                          type,
                          name,
                          parent,
                          provider,
                          protect: protect ?? false,
                          retainOnDelete: retainOnDelete ?? false,
                      },
                  ],
        )
        .sort(byTypeAndName);
}

/** The same of a stack's state; the root stack itself is in no golden file. */
export function statePlacements(resources: readonly StateResource[]): Placement[] {
    return resources
        .filter(({ type }) => type !== rootStackType)
        .map(({ urn, type, parent, provider, protect, retainOnDelete }) => ({
            type,
            name: urnName(urn),
            parent:
                parent === undefined || parent.includes(`::${rootStackType}::`)
                    ? undefined
                    : shortName(parent),
            // A component's own is none of a resource in Kubernetes.
            provider:
                provider === undefined || provider === ""
                    ? undefined
                    : urnName(providerUrn(provider)),
            protect: protect ?? false,
            retainOnDelete: retainOnDelete ?? false,
        }))
        .sort(byTypeAndName);
}

function byTypeAndName(one: Placement, other: Placement): number {
    const [first, second] = [one, other].map(({ type, name }) => `${type} ${name}`) as [
        string,
        string,
    ];
    return first < second ? -1 : Number(first > second);
}
