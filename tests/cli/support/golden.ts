import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { providerUrn, rootStackType, shortName, urnName } from "../../../engine/urn";
import { goldenFile, type GoldenStack } from "../../support/goldenStacks";
import type { StateResource } from "./cliStack";

/** The properties of a resource in both a golden file and the state of a stack. */
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

/** The provider that Pulumi itself creates for a package whose resources name none. */
const DEFAULT_PROVIDER = /^default(_[\d_]+)?$/;

/** The same from a stack's state; golden files lack the root stack and default providers. */
export function statePlacements(resources: readonly StateResource[]): Placement[] {
    return resources
        .filter(({ type }) => type !== rootStackType)
        .filter(
            ({ type, urn }) =>
                !(type.startsWith("pulumi:providers:") && DEFAULT_PROVIDER.test(urnName(urn))),
        )
        .map(({ urn, type, parent, provider, protect, retainOnDelete }) => ({
            type,
            name: urnName(urn),
            parent:
                parent === undefined || parent.includes(`::${rootStackType}::`)
                    ? undefined
                    : shortName(parent),
            provider: explicitProvider(provider),
            protect: protect ?? false,
            retainOnDelete: retainOnDelete ?? false,
        }))
        .sort(byTypeAndName);
}

function explicitProvider(reference: string | undefined): string | undefined {
    const name = reference ? urnName(providerUrn(reference)) : undefined;
    return name === undefined || DEFAULT_PROVIDER.test(name) ? undefined : name;
}

function byTypeAndName(one: Placement, other: Placement): number {
    const [first, second] = [one, other].map(({ type, name }) => `${type} ${name}`) as [
        string,
        string,
    ];
    return first < second ? -1 : Number(first > second);
}
