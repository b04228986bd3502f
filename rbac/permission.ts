/** Verbs of the Kubernetes API that a deployment uses; `update` is not among them. */
export type Verb = "create" | "get" | "patch" | "delete" | "list" | "watch";

/** A right on one kind of object of one Kubernetes cluster. */
export interface Permission {
    /** Undefined for objects without a namespace, and for all namespaces. */
    readonly namespace: string | undefined;
    /** `""` for the core group. */
    readonly apiGroup: string;
    /** Plural, such as `secrets`. */
    readonly resource: string;
    /** The only objects that it holds for; all if absent. */
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly Verb[];
    /** What it is for, in a few words. */
    readonly why: string;
    /**
     * `always`: every `pulumi up` may need it. `secret-deletion`: only one that deletes a Secret
     * does. `preflight`: `make up` looks at something, and does without where it may not.
     */
    readonly when: "always" | "secret-deletion" | "preflight";
}

/** How Pulumi treats the objects of a kind. */
export interface Handling {
    /** Names of all objects; their rights are then limited to these. */
    readonly names?: readonly string[];
    /** Whether Pulumi waits until they are Ready. */
    readonly awaited?: boolean;
    /** Whether Pulumi ever deletes them. */
    readonly deleted?: boolean;
}

type Place = Pick<Permission, "namespace" | "apiGroup" | "resource" | "why">;

/**
 * What Pulumi's Kubernetes provider needs for objects of the stack's own: it creates by POST,
 * updates by a GET and a server-side apply (PATCH), and reads again after a deletion. Wherever it
 * waits, for readiness or for the end of a deletion, it lists and watches all objects of the kind
 * in the namespace; no role can limit that to names.
 */
export function ownObjects(
    place: Place,
    { names, awaited = false, deleted = true }: Handling = {},
): Permission[] {
    const observed = awaited || deleted;
    const onObjects: Verb[] = ["get", "patch", ...(deleted ? ["delete" as const] : [])];
    if (names === undefined) {
        const verbs: Verb[] = ["create", ...onObjects, ...(observed ? OBSERVE : [])];
        return [{ ...place, verbs, when: "always" }];
    }
    return [
        { ...place, verbs: ["create"], when: "always" },
        { ...place, resourceNames: names, verbs: onObjects, when: "always" },
        ...(observed ? [observe(place)] : []),
    ];
}

/** What it takes to read an object that is not the stack's. */
export function readObject(
    place: Place,
    name: string,
    when: Permission["when"] = "always",
): Permission {
    return { ...place, resourceNames: [name], verbs: ["get"], when };
}

const OBSERVE: Verb[] = ["list", "watch"];

function observe(place: Place): Permission {
    const isSecret = place.apiGroup === "" && place.resource === "secrets";
    return {
        ...place,
        verbs: OBSERVE,
        why: isSecret ? "Pulumi waits until a deleted Secret is gone" : place.why,
        // A list of Secrets has their contents, so this one can be given for a while only.
        when: isSecret ? "secret-deletion" : "always",
    };
}

/** Permissions with the same verbs on the same kind as one, for the names of all. */
export function merged(permissions: readonly Permission[]): Permission[] {
    const byKey = new Map<string, Permission>();
    for (const permission of permissions) {
        const { resourceNames, why, ...place } = permission;
        const key = JSON.stringify([place, resourceNames === undefined]);
        const before = byKey.get(key);
        byKey.set(key, {
            ...permission,
            ...(resourceNames !== undefined && {
                resourceNames: unique([...(before?.resourceNames ?? []), ...resourceNames]).sort(),
            }),
            why: unique([...(before?.why.split("; ") ?? []), why]).join("; "),
        });
    }
    return [...byKey.values()];
}

function unique(values: readonly string[]): string[] {
    return [...new Set(values)];
}
