/** A connector as Kafka Connect's REST API reported it to the operator. */
export interface ConnectorState {
    readonly name: string;
    /** RUNNING, PAUSED, STOPPED, FAILED, UNASSIGNED or RESTARTING. */
    readonly state: string;
    readonly tasks: readonly { readonly id: number; readonly state: string }[];
}

/**
 * The states in `KafkaMirrorMaker2.status.connectors`, sorted by name since Strimzi's order is not
 * stable. Worker addresses and stack traces are omitted. The CRD does not specify the fields, so
 * missing ones are reported as UNKNOWN.
 *
 * A state is as old as the operator's last reconciliation, and RUNNING does not mean that records
 * arrive: MM2 hides errors of its source.
 */
export function connectorStates(connectors: readonly unknown[] | undefined): ConnectorState[] {
    return (connectors ?? [])
        .filter(isRecord)
        .map((connector) => ({
            name: textOf(connector.name),
            state: stateOf(connector.connector),
            tasks: arrayOf(connector.tasks)
                .filter(isRecord)
                .map((task) => ({ id: Number(task.id), state: stateOf(task) }))
                .sort((one, other) => one.id - other.id),
        }))
        .sort((one, other) => one.name.localeCompare(other.name));
}

function stateOf(value: unknown): string {
    return isRecord(value) ? textOf(value.state) : "UNKNOWN";
}

function textOf(value: unknown): string {
    return typeof value === "string" ? value : "UNKNOWN";
}

function arrayOf(value: unknown): unknown[] {
    return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
