import type * as pulumi from "@pulumi/pulumi";

/** What a component says about the objects whose loss is the loss of data. */
export interface DataProtection {
    /** Pulumi refuses to delete or replace them until this is lifted. */
    readonly protect: boolean;
    /** They stay in Kubernetes when the stack lets go of them. */
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
 * Annotations that make Pulumi wait for a custom resource. The condition is compared with the
 * generation that was just written, so an update waits as well.
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
