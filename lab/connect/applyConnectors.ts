import { isDeepStrictEqual } from "node:util";
import { ConnectRestError, type ConnectRest, type ConnectorStatus } from "../../kafka/connectRest";
import { waitFor } from "../process/wait";
import type { ConnectorDefinition } from "./connectorConfigs";
import { autoRestartDelayMs, failures, type AutoRestartStatus } from "./mirrorMakerStatus";

const TIMEOUT_MS = 300_000;

/** The REST call that changes the state of a connector; undefined when none is needed. */
export function stateChange(
    current: string,
    desired: string,
): "pause" | "resume" | "stop" | undefined {
    if (current === desired.toUpperCase()) {
        return undefined;
    }
    switch (desired) {
        case "paused":
            return "pause";
        case "stopped":
            return "stop";
        default:
            // In every other state: while Connect restarts a stopped connector with a new
            // configuration, the reported state is not its final one. Others are unaffected.
            return "resume";
    }
}

async function applyConnector(rest: ConnectRest, desired: ConnectorDefinition): Promise<void> {
    const { name, config, state } = desired;
    const current = await rest.config(name);
    if (current === undefined) {
        await rest.create(name, config, state);
        return;
    }
    if (!isDeepStrictEqual({ ...current }, { ...config })) {
        await rest.update(name, config);
    }
    const status = await rest.status(name);
    const action = status && stateChange(status.connector.state, state);
    if (action !== undefined) {
        await rest.changeState(name, action);
    }
}

/** Whether an error is temporary: the worker has not joined its group, or the group is rebalancing. */
function isTemporary(error: unknown): boolean {
    return !(error instanceof ConnectRestError) || error.status === 409 || error.status >= 500;
}

/**
 * Repeats a request until Connect accepts it.
 * @throws with Connect's answer when it refuses the request
 */
export async function untilAccepted(
    what: string,
    request: () => Promise<void>,
    signal: AbortSignal,
): Promise<void> {
    let refusal: unknown;
    const attempt = async (): Promise<true> => {
        try {
            await request();
        } catch (error) {
            if (isTemporary(error)) {
                throw error;
            }
            refusal = error;
        }
        return true;
    };
    await waitFor(what, attempt, { timeoutMs: TIMEOUT_MS, intervalMs: 100, signal });
    if (refusal !== undefined) {
        throw refusal as Error;
    }
}

/**
 * Creates, changes and deletes connectors through Connect's REST API to match the desired ones.
 * @throws with Connect's answer when it refuses a connector
 */
export async function applyConnectors(
    rest: ConnectRest,
    desired: readonly ConnectorDefinition[],
    signal: AbortSignal,
): Promise<void> {
    // One after the other: each change starts a rebalance, during which Connect refuses others.
    for (const definition of desired) {
        const what = `connector ${definition.name} is accepted`;
        await untilAccepted(what, () => applyConnector(rest, definition), signal);
    }
    const wanted = new Set(desired.map(({ name }) => name));
    for (const name of await rest.connectors()) {
        if (!wanted.has(name)) {
            await untilAccepted(`connector ${name} is deleted`, () => rest.delete(name), signal);
        }
    }
}

/** Restarts failed connectors that have `autoRestart`, with Strimzi's back-off, and counts. */
export class ConnectorRestarts {
    private readonly counts = new Map<string, { count: number; at: number }>();

    get statuses(): AutoRestartStatus[] {
        return [...this.counts].map(([connectorName, { count, at }]) => ({
            connectorName,
            count,
            lastRestartTimestamp: new Date(at).toISOString(),
        }));
    }

    async restartFailed(
        rest: ConnectRest,
        desired: readonly ConnectorDefinition[],
        statuses: readonly ConnectorStatus[],
    ): Promise<void> {
        for (const { name, autoRestart } of desired) {
            const status = statuses.find((candidate) => candidate.name === name);
            const { count, at } = this.counts.get(name) ?? { count: 0, at: 0 };
            const due =
                autoRestart?.enabled === true &&
                status !== undefined &&
                failures([status]).length > 0 &&
                count < (autoRestart.maxRestarts ?? Infinity) &&
                Date.now() - at >= autoRestartDelayMs(count);
            if (due) {
                await rest.restartFailed(name);
                this.counts.set(name, { count: count + 1, at: Date.now() });
            }
        }
    }
}
