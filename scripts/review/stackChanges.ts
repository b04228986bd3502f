import { type Golden, type GoldenResource, inputAt, kindOf } from "./golden";
import { type PropertyChange, propertyChanges } from "./propertyChanges";
import { replacementReasons } from "./replacement";

export type ResourceChange =
    | { readonly kind: "added"; readonly after: GoldenResource }
    | { readonly kind: "removed"; readonly before: GoldenResource }
    | {
          readonly kind: "changed" | "replaced";
          readonly before: GoldenResource;
          readonly after: GoldenResource;
          readonly properties: readonly PropertyChange[];
          /** Why it is replaced; empty when it is changed in place. */
          readonly reasons: readonly string[];
      };

export interface StackChanges {
    readonly resources: readonly ResourceChange[];
    readonly outputs: readonly PropertyChange[];
    readonly before: Golden;
    readonly after: Golden;
}

/** The changes from one golden file to another, without unchanged resources. */
export function stackChanges(before: Golden, after: Golden): StackChanges {
    const { pairs, added, removed } = paired(before.resources, after.resources);
    return {
        resources: [
            ...pairs.flatMap(([old, now]): ResourceChange[] => {
                const properties = propertyChanges(flat(old), flat(now));
                const reasons = replacementReasons(old, now, { before, after });
                return properties.length === 0 && reasons.length === 0
                    ? []
                    : [
                          {
                              kind: reasons.length > 0 ? "replaced" : "changed",
                              before: old,
                              after: now,
                              properties,
                              reasons,
                          },
                      ];
            }),
            ...added.map((resource) => ({ kind: "added" as const, after: resource })),
            ...removed.map((resource) => ({ kind: "removed" as const, before: resource })),
        ],
        outputs: propertyChanges(before.outputs, after.outputs),
        before,
        after,
    };
}

/** Paths of inputs have no prefix, which reads better; those of Pulumi's options have one. */
function flat(resource: GoldenResource): object {
    const options = Object.fromEntries(
        Object.entries(resource).filter(([key]) => !["inputs", "type", "name"].includes(key)),
    );
    return { ...resource.inputs, options };
}

interface Pairing {
    readonly pairs: readonly (readonly [GoldenResource, GoldenResource])[];
    readonly added: readonly GoldenResource[];
    readonly removed: readonly GoldenResource[];
}

type Identity = (resource: GoldenResource) => string | undefined;

/**
 * Pairs the resources of both sides, by the strongest identity first: type and name in the program, as
 * Pulumi does; then the object in Kubernetes, which a rename in the program does not change; then the
 * name in the program, if the type changed.
 */
const IDENTITIES: readonly Identity[] = [
    ({ type, name, read }) => JSON.stringify([type, name, read === undefined]),
    (resource) => {
        const name = inputAt(resource, "metadata", "name");
        const namespace = inputAt(resource, "metadata", "namespace");
        return typeof name === "string"
            ? JSON.stringify([kindOf(resource), namespace, name, resource.provider])
            : undefined;
    },
    ({ name }) => name,
];

function paired(before: readonly GoldenResource[], after: readonly GoldenResource[]): Pairing {
    const removed = new Set(before);
    const added = new Set(after);
    const pairs: [GoldenResource, GoldenResource][] = [];
    for (const identity of IDENTITIES) {
        for (const now of [...added]) {
            const wanted = identity(now);
            const old = [...removed].find(
                (one) => wanted !== undefined && identity(one) === wanted && sameNature(one, now),
            );
            if (old !== undefined) {
                pairs.push([old, now]);
                removed.delete(old);
                added.delete(now);
            }
        }
    }
    return { pairs, added: [...added], removed: [...removed] };
}

/** Whether one can replace the other: a component never replaces an object, nor a read a creation. */
function sameNature(one: GoldenResource, other: GoldenResource): boolean {
    const nature = ({ type, read }: GoldenResource) => `${type.split(":")[0] ?? ""} ${typeof read}`;
    return nature(one) === nature(other);
}
