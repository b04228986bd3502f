import { parseSettings } from "../../../config/parseSettings";
import type { ProgramResult, Registration } from "../../../engine";
import { deployerPermissions } from "../../../rbac/deployerPermissions";
import type { Permission, Verb } from "../../../rbac/permission";
import type { RawSettings } from "../../support/rawSettings";
import { resourceOf } from "../../support/resources";

/** A request of Pulumi's provider to an API server. */
export interface Need {
    readonly context: string;
    readonly namespace: string | undefined;
    readonly apiGroup: string;
    readonly resource: string;
    readonly name: string;
    readonly verb: Verb;
}

/** Every request for a run of the program: to create, update, await, read and delete. */
export function needsOf(result: ProgramResult): Need[] {
    const objects = result.registrations.filter(({ type }) => type.startsWith("kubernetes:"));
    return [
        ...objects.flatMap((object) => {
            const { metadata } = object.inputs as {
                metadata: {
                    name: string;
                    namespace?: string;
                    annotations?: Record<string, string>;
                };
            };
            const awaited = metadata.annotations?.["pulumi.com/waitFor"] !== undefined;
            const deleted = object.options.retainOnDelete !== true;
            const verbs: Verb[] = [
                ...(["create", "get", "patch"] as const),
                ...(deleted ? (["delete"] as const) : []),
                ...(awaited || deleted ? (["list", "watch"] as const) : []),
            ];
            const context = contextOf(result, object.options.provider);
            const { namespace, name } = metadata;
            return [
                ...verbs.map((verb) => ({
                    context,
                    namespace,
                    name,
                    ...resourceOf(object.type),
                    verb,
                })),
                ...givenAway(object).map((right) => ({ context, namespace, ...right })),
            ];
        }),
        ...result.reads
            .filter(({ type }) => type.startsWith("kubernetes:"))
            .map((read) => {
                const [first = "", second] = (read.id ?? "").split("/");
                return {
                    context: contextOf(result, read.provider),
                    namespace: second === undefined ? undefined : first,
                    name: second ?? first,
                    ...resourceOf(read.type),
                    verb: "get" as const,
                };
            }),
    ];
}

/** All permissions of a stack, by context. */
export function permissionsByContext(raw: RawSettings): Map<string, readonly Permission[]> {
    const { settings } = parseSettings(structuredClone(raw), "Pulumi.test.yaml");
    return new Map(
        deployerPermissions(settings).map(({ context, permissions }) => [context, permissions]),
    );
}

/** Whether a permission covers a need. */
export function allows(permission: Permission, need: Need): boolean {
    return (
        (permission.namespace === undefined || permission.namespace === need.namespace) &&
        permission.apiGroup === need.apiGroup &&
        permission.resource === need.resource &&
        permission.verbs.includes(need.verb) &&
        (permission.resourceNames?.includes(need.name) ?? true)
    );
}

/** A need in one line, for messages. */
export function inWords({ context, verb, apiGroup, resource, namespace, name }: Need): string {
    return `${context}: ${verb} ${resource}.${apiGroup} ${namespace ?? ""}/${name}`;
}

/** Kubernetes refuses to create a Role with rights that its creator lacks. */
function givenAway({ type, inputs }: Registration): Omit<Need, "context" | "namespace">[] {
    if (type !== "kubernetes:rbac.authorization.k8s.io/v1:Role") {
        return [];
    }
    const { rules } = inputs as {
        rules: {
            apiGroups: string[];
            resources: string[];
            resourceNames: string[];
            verbs: Verb[];
        }[];
    };
    return rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
        apiGroups.flatMap((apiGroup) =>
            resources.flatMap((resource) =>
                resourceNames.flatMap((name) =>
                    verbs.map((verb) => ({ apiGroup, resource, name, verb })),
                ),
            ),
        ),
    );
}

function contextOf(result: ProgramResult, reference: string | undefined): string {
    const urn = reference?.slice(0, reference.lastIndexOf("::"));
    const provider = result.registrations.find((candidate) => candidate.urn === urn);
    return String(provider?.inputs.context);
}
