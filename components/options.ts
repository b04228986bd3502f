import type * as pulumi from "@pulumi/pulumi";

/** Protection of the objects that hold data. */
export interface DataProtection {
    /** Pulumi refuses to delete or replace them until this is lifted. */
    readonly protect: boolean;
    /** They stay in Kubernetes when they leave the stack. */
    readonly retainOnDelete: boolean;
}

/** Resource options for an object that holds data. */
export function holdsData(
    { protect, retainOnDelete }: DataProtection,
    options: pulumi.CustomResourceOptions,
): pulumi.CustomResourceOptions {
    return { ...options, protect, retainOnDelete };
}

/**
 * Annotations that make Pulumi wait for a custom resource. Pulumi checks the condition for the
 * generation that it has just written, so updates wait too.
 *
 * @param conditions As `pulumi.com/waitFor` takes them; all must hold.
 */
export function waitFor(conditions: readonly string[], timeoutSeconds: number) {
    const [first, ...others] = conditions;
    return {
        "pulumi.com/waitFor": others.length === 0 ? (first ?? "") : JSON.stringify(conditions),
        "pulumi.com/timeoutSeconds": String(timeoutSeconds),
    };
}
