import type { Field } from "./field";
import { kindOf, kubernetesName, type Resource } from "./resource";

/** One violation of a rule. */
export interface Violation {
    readonly resource: Resource;
    /** The path of the property, or another part of the resource, such as its provider. */
    readonly property: string;
    /** The value as the message prints it. */
    readonly found: string;
    /** The allowed values, as the end of "it must be ...". */
    readonly allowed: string;
    /** The remedy, as a sentence. */
    readonly remedy: string;
}

/** A violation at a property, with its value. */
export function violationAt(
    resource: Resource,
    field: Field,
    allowed: string,
    remedy: string,
): Violation {
    return { resource, property: field.path, found: field.found, allowed, remedy };
}

/** The violation in one sentence, and the remedy in another. */
export function messageOf({ resource, property, found, allowed, remedy }: Violation): string {
    const inKubernetes = kubernetesName(resource);
    const object = inKubernetes === undefined ? "" : ` (${inKubernetes} in Kubernetes)`;
    return `${kindOf(resource)} "${resource.name}"${object}: ${property} is ${found}; it must be ${allowed}. ${remedy}`;
}
