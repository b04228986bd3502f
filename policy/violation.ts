import type { Field } from "./field";
import { kindOf, kubernetesName, type Resource } from "./resource";

/** What a rule found wrong at one place. */
export interface Violation {
    readonly resource: Resource;
    /** Where: a property's path, or what else of a resource is meant, such as its provider. */
    readonly property: string;
    /** The value for people. */
    readonly found: string;
    /** What may stand there, as the end of "it must be ...". */
    readonly allowed: string;
    /** What to do, as a sentence. */
    readonly remedy: string;
}

/** A violation at a property, with the value that is there. */
export function violationAt(
    resource: Resource,
    field: Field,
    allowed: string,
    remedy: string,
): Violation {
    return { resource, property: field.path, found: field.found, allowed, remedy };
}

/** The violation in one sentence, and what to do in another. */
export function messageOf({ resource, property, found, allowed, remedy }: Violation): string {
    const inKubernetes = kubernetesName(resource);
    const object = inKubernetes === undefined ? "" : ` (${inKubernetes} in Kubernetes)`;
    return `${kindOf(resource)} "${resource.name}"${object}: ${property} is ${found}; it must be ${allowed}. ${remedy}`;
}
