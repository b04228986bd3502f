import type { Field } from "../field";

/** A member of a map at any depth below a field, with its name. */
export interface Member {
    readonly name: string;
    readonly field: Field;
}

/** Every member of every map below a field, at any depth. */
export function members(field: Field): Member[] {
    return [
        ...field.entries().flatMap((member) => [member, ...members(member.field)]),
        ...field.items().flatMap(members),
    ];
}
