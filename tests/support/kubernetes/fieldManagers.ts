/** An entry of `metadata.managedFields`, which says who set which fields. */
export interface ManagedFields {
    readonly manager?: string;
    readonly operation?: string;
    readonly subresource?: string;
    readonly [other: string]: unknown;
}

/**
 * The entries with what a manager created by POST turned into what it applies. Without that, a field
 * that the manager no longer applies would stay for ever, still owned by its own POST. Undefined
 * when there is nothing to turn: after the first update.
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
