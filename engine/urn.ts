/** The type of the root stack, the ancestor of all resources of a program. */
export const rootStackType = "pulumi:pulumi:Stack";

/** The parts of a URN. */
export interface UrnParts {
    readonly project: string;
    readonly stack: string;
    readonly type: string;
    readonly name: string;
    /** The parent's URN. */
    readonly parent?: string | undefined;
}

/**
 * The URN that Pulumi's engine gives a resource. It contains the types of all ancestors except the root
 * stack, so that equal names under different kinds of components do not collide.
 */
export function makeUrn(parts: UrnParts): string {
    const ancestors = parts.parent === undefined ? rootStackType : qualifiedType(parts.parent);
    const type = ancestors === rootStackType ? parts.type : `${ancestors}$${parts.type}`;
    return `urn:pulumi:${parts.stack}::${parts.project}::${type}::${parts.name}`;
}

/** The types of a resource's ancestors and its own, joined by `$`. */
export function qualifiedType(urn: string): string {
    return urn.split("::")[2] ?? "";
}

/** A resource's own type. */
export function urnType(urn: string): string {
    return qualifiedType(urn).split("$").at(-1) ?? "";
}

/** A resource's name: the text after the type, which may contain `::`. */
export function urnName(urn: string): string {
    return urn.split("::").slice(3).join("::");
}

/** The short form for messages: the last part of the type, and the name: `Secret/copy`. */
export function shortName(urn: string): string {
    const kind = urnType(urn).split(/[:/]/).at(-1) ?? "";
    return `${kind}/${urnName(urn)}`;
}

/** The URN in a provider reference `urn::id`. The name in a URN may contain `::`; an id never does. */
export function providerUrn(reference: string): string {
    return reference.slice(0, reference.lastIndexOf("::"));
}
