/** The part of a Strimzi object's status that says how it is. */
export interface ReportedStatus {
    readonly observedGeneration?: number;
    readonly conditions?: readonly {
        readonly type?: string;
        readonly status?: string;
        readonly reason?: string;
        readonly message?: string;
    }[];
}

/** A Strimzi object of the stack as it is in Kubernetes; no status: it is not there or untouched. */
export interface ReportedObject {
    readonly kind: string;
    /** `namespace/name`. */
    readonly id: string;
    readonly context: string;
    readonly generation?: number;
    readonly status?: ReportedStatus;
}

/** Why an object is not Ready, in one line and the operator's own words; undefined when it is. */
export function notReadyReason(object: ReportedObject): string | undefined {
    const { kind, id, context, generation, status } = object;
    const name = `${kind} ${id} (context ${context})`;
    const conditions = status?.conditions ?? [];
    if (status === undefined || conditions.length === 0) {
        return `${name} has no status: no operator has touched it.`;
    }
    if (generation !== undefined && (status.observedGeneration ?? 0) < generation) {
        return `${name} was changed, and the operator has not acted on it yet.`;
    }
    const isReady = conditions.some(
        ({ type, status: value }) => type === "Ready" && value === "True",
    );
    if (isReady) {
        return undefined;
    }
    const told = conditions.find(({ type }) => type === "NotReady") ?? conditions[0];
    const words = [told?.reason, told?.message].filter(Boolean).join(": ");
    return `${name} is not Ready: ${words === "" ? "the operator gives no reason" : words}`;
}
