/** An entry of `metadata.managedFields`: the fields of one manager. */
export interface ManagedFields {
    readonly manager?: string;
    readonly operation?: string;
    readonly subresource?: string;
    readonly [other: string]: unknown;
}

/**
 * The entries with the fields that a manager created by POST changed to applied fields. Otherwise a
 * field that the manager no longer applies stays, because its POST still owns it. Undefined when there
 * is nothing to change: after the first update.
 */
export function createdToApplied(
    entries: readonly ManagedFields[],
    manager: string,
): readonly ManagedFields[] | undefined {
    const isCreated = (entry: ManagedFields) =>
        entry.manager === manager &&
        entry.operation === "Update" &&
        (entry.subresource ?? "") === "";
    return entries.some(isCreated)
        ? entries.map((entry) => (isCreated(entry) ? { ...entry, operation: "Apply" } : entry))
        : undefined;
}
