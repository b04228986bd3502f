import type { Settings, SiteName } from "../config/settingsSchema";

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
    /** The only objects that it covers; all if absent. */
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly Verb[];
    /** Its purpose, in a few words. */
    readonly why: string;
    /**
     * `always`: every `pulumi up` may need it. `secret-deletion`: only one that deletes a Secret
     * does. `preflight`: `make up` checks something, and skips the check without the right.
     */
    readonly when: "always" | "secret-deletion" | "preflight";
}

/** Permissions in the Kubernetes cluster of a site. */
export type AtSite = readonly [SiteName, Permission[]];

/** The API group of Strimzi's kinds. */
export const STRIMZI = "kafka.strimzi.io";

/** The scope of a site's permissions: all namespaces while its own does not exist yet. */
export function namespaceOf(settings: Settings, name: SiteName): string | undefined {
    const { createNamespace, namespace } = settings[name];
    return createNamespace ? undefined : namespace;
}

/** How Pulumi treats the objects of a kind. */
export interface Handling {
    /** Names of all objects; the rights are then limited to these. */
    readonly names?: readonly string[];
    /** Whether Pulumi waits until they are Ready. */
    readonly awaited?: boolean;
    /** Whether Pulumi ever deletes them. */
    readonly deleted?: boolean;
}

type Place = Pick<Permission, "namespace" | "apiGroup" | "resource" | "why">;

/**
 * What Pulumi's Kubernetes provider needs for the stack's own objects: it creates with POST,
 * updates with GET and a server-side apply (PATCH), and reads again after a deletion. While it
 * waits for readiness or for the end of a deletion, it lists and watches all objects of the kind in
 * the namespace; no role can limit that to names.
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

/** The permission to read an object that the stack does not manage. */
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
        // A list of Secrets shows their contents, so a role of its own can be bound for one update.
        when: isSecret ? "secret-deletion" : "always",
    };
}

/** Merges permissions with the same verbs on the same kind into one with all their names. */
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
