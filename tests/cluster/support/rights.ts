import { type BackendContext, type ProgramResult, providerUrn } from "../../../engine";
import type { KnownObject } from "../../support/kubernetes";
import type { Permission, Verb } from "../../../rbac/permission";
import { resourceOf } from "../../support/resources";
import type { AuditedRequest } from "../apiServers/auditLog";
import { StackBackend, type StackState } from "./stackBackend";

/** Remaining work that needs a certain right. */
export interface Work {
    readonly state: StackState;
    /** Whether a deletion, not an update, needs the right. */
    readonly destroys: boolean;
    /** The affected objects. */
    readonly urns: readonly string[];
}

/** Changes the state of a deployed stack so that work with this right remains. */
export function workFor(
    deployed: StackState,
    context: string,
    permission: Permission,
    verbs: readonly Verb[],
    kubeconfig: string,
): Work {
    const known = new Map(
        [...deployed.kubernetes].map(([urn, object]) => [
            urn,
            { ...object, cluster: { ...object.cluster, kubeconfig } },
        ]),
    );
    const concerned = [...known].filter(
        ([, object]) => object.cluster.context === context && holdsFor(permission, object),
    );
    const urns = concerned.map(([urn]) => urn);
    const isAwaited = concerned.some(([, { inputs }]) =>
        JSON.stringify(inputs.metadata).includes("pulumi.com/waitFor"),
    );
    const destroys = verbs.includes("delete") || (verbs.includes("list") && !isAwaited);
    if (destroys) {
        const one = concerned.slice(0, 1);
        const state = { ...deployed, kubernetes: new Map(one) };
        return { state, destroys, urns: one.map(([urn]) => urn) };
    }
    for (const [urn, object] of concerned) {
        if (verbs.includes("create")) {
            known.delete(urn);
        } else {
            known.set(urn, { ...object, ready: false });
        }
    }
    return { state: { ...deployed, kubernetes: known }, destroys, urns };
}

/**
 * Repeats the remaining requests of a run of the program with another kubeconfig: the same requests
 * without the program, which takes most of a run's time.
 */
export async function doAgain(
    { registrations, reads }: ProgramResult,
    state: StackState,
    kubeconfig: string,
): Promise<void> {
    const context: BackendContext = {
        preview: false,
        project: "kafka-dr",
        stack: "prod",
        signal: new AbortController().signal,
        provider: (reference = "") => {
            const urn = providerUrn(reference);
            const found = registrations.find((registration) => registration.urn === urn);
            return found && { ...found, inputs: { ...found.inputs, kubeconfig } };
        },
    };
    const backend = new StackBackend(state);
    for (const read of reads) {
        await backend.read({ ...read, id: read.id ?? "" }, context);
    }
    for (const registration of registrations) {
        if (registration.type.startsWith("kubernetes:")) {
            await backend.create(registration, context);
        }
    }
}

function holdsFor(permission: Permission, { type, id }: KnownObject): boolean {
    const { apiGroup, resource } = resourceOf(type);
    const name = id.split("/").at(-1) ?? "";
    return (
        apiGroup === permission.apiGroup &&
        resource === permission.resource &&
        (permission.resourceNames?.includes(name) ?? true)
    );
}

/** Verbs of successive requests form a group: the first one is refused. */
export function verbGroups({ verbs }: Permission): Verb[][] {
    const groups: Verb[][] = [["create"], ["get"], ["patch"], ["delete"], ["list", "watch"]];
    return groups
        .map((group) => group.filter((verb) => verbs.includes(verb)))
        .filter((group) => group.length > 0);
}

/** Permissions without some verbs of the matching ones. */
export function without(
    permissions: readonly Permission[],
    verbs: readonly Verb[],
    isConcerned: (permission: Permission) => boolean,
): Permission[] {
    return permissions
        .map((found) =>
            isConcerned(found)
                ? { ...found, verbs: found.verbs.filter((verb) => !verbs.includes(verb)) }
                : found,
        )
        .filter((found) => found.verbs.length > 0);
}

/** Matches the API server's refusal of one verb. */
export function forbidden(
    { resource, apiGroup, namespace, resourceNames }: Permission,
    verb: Verb,
): RegExp {
    // The authorizer treats a namespace as part of itself.
    const inside = resource === "namespaces" ? resourceNames?.[0] : namespace;
    const place = inside === undefined ? "at the cluster scope" : `in the namespace "${inside}"`;
    return new RegExp(
        `forbidden: User "system:serviceaccount:.*" cannot ${verb} resource "${resource}" in API group "${apiGroup}" ${place}`,
    );
}

/** A permission in one line, for messages. */
export function inWords({ resource, verbs, resourceNames }: Permission): string {
    return `${resource} ${resourceNames?.join() ?? ""} ${verbs.join()}`;
}

export interface Attributes {
    readonly verb: string;
    readonly apiGroup: string;
    readonly namespace: string | undefined;
    readonly resource: string;
    readonly name: string | undefined;
}

/** The attributes of a request that Kubernetes authorizes. */
export function attributesOf({ verb, uri }: AuditedRequest): Attributes {
    const [place = ""] = uri.split("?");
    const [, apiGroup = "", rest = ""] = /^\/(?:api|apis\/([^/]+))\/[^/]+\/(.*)$/.exec(place) ?? [];
    const [first = "", second, third, fourth] = rest.split("/");
    return first === "namespaces" && third !== undefined
        ? { verb, apiGroup, namespace: second, resource: third, name: fourth }
        : { verb, apiGroup, namespace: undefined, resource: first, name: second };
}

/** Whether a request needs the permission. */
export function isFor(permission: Permission, verb: Verb, asked: Attributes): boolean {
    return (
        asked.verb === verb &&
        asked.apiGroup === permission.apiGroup &&
        asked.resource === permission.resource &&
        (permission.namespace === undefined || permission.namespace === asked.namespace) &&
        (permission.resourceNames?.includes(asked.name ?? "") ?? true)
    );
}
