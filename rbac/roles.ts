import type { ClusterPermissions } from "./deployerPermissions";
import type { Permission } from "./permission";

const GROUP = "rbac.authorization.k8s.io";
const API_VERSION = `${GROUP}/v1`;

/** The deploying identity, as the subject of a binding. */
export type Subject =
    | { readonly kind: "User" | "Group"; readonly name: string }
    | { readonly kind: "ServiceAccount"; readonly name: string; readonly namespace: string };

/** A rule of a role, and its purpose. */
export interface RoleRule {
    readonly permission: Permission;
    readonly rule: {
        readonly apiGroups: readonly string[];
        readonly resources: readonly string[];
        readonly resourceNames?: readonly string[];
        readonly verbs: readonly string[];
    };
}

/** A role and its binding. */
export interface BoundRole {
    /** Undefined for a ClusterRole. */
    readonly namespace: string | undefined;
    readonly name: string;
    /** Its purpose, in one or two sentences. */
    readonly why: string;
    readonly rules: readonly RoleRule[];
}

const PURPOSES: Readonly<Record<Permission["when"], readonly [suffix: string, why: string]>> = {
    always: ["deployer", "What every pulumi preview, up and destroy needs."],
    "secret-deletion": [
        "secret-deleter",
        "For an update that deletes Secrets: new credentials, a removed user, pulumi destroy. " +
            "It shows the contents of all Secrets in its scope; bind it for that update only.",
    ],
    preflight: ["preflight", "What make up checks before Pulumi starts; it can be left out."],
};

/** The roles of one Kubernetes cluster: by namespace, and by when they are needed. */
export function deployerRoles(stack: string, { permissions }: ClusterPermissions): BoundRole[] {
    const scopes = [...new Set(permissions.map(({ namespace }) => namespace))].sort((one, other) =>
        (one ?? "").localeCompare(other ?? ""),
    );
    return scopes.flatMap((namespace) =>
        (["always", "secret-deletion", "preflight"] as const).flatMap((when) => {
            const found = permissions.filter(
                (permission) => permission.namespace === namespace && permission.when === when,
            );
            const [suffix, why] = PURPOSES[when];
            return found.length === 0
                ? []
                : [
                      {
                          namespace,
                          name: `kafka-dr-${stack}-${suffix}`,
                          why,
                          rules: found.map((permission) => ({
                              permission,
                              rule: ruleOf(permission),
                          })),
                      },
                  ];
        }),
    );
}

/** A permission as a Kubernetes rule. */
export function ruleOf({ apiGroup, resource, resourceNames, verbs }: Permission): RoleRule["rule"] {
    return {
        apiGroups: [apiGroup],
        resources: [resource],
        ...(resourceNames !== undefined && { resourceNames }),
        verbs,
    };
}

/** The role as a Kubernetes object. */
export function roleObject({ namespace, name, rules }: BoundRole) {
    return {
        apiVersion: API_VERSION,
        kind: namespace === undefined ? "ClusterRole" : "Role",
        metadata: { name, ...(namespace !== undefined && { namespace }) },
        rules: rules.map(({ rule }) => rule),
    };
}

/** The binding of the role to the deploying identity. */
export function bindingObject({ namespace, name }: BoundRole, subject: Subject) {
    const kind = namespace === undefined ? "ClusterRole" : "Role";
    return {
        apiVersion: API_VERSION,
        kind: `${kind}Binding`,
        metadata: { name, ...(namespace !== undefined && { namespace }) },
        roleRef: { apiGroup: GROUP, kind, name },
        subjects: [subject.kind === "ServiceAccount" ? subject : { apiGroup: GROUP, ...subject }],
    };
}
