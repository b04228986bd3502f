import type { ConnectRest, ConnectorStatus } from "../../kafka/connectRest";
import type { ConnectorDefinition } from "./connectorConfigs";
import { autoRestartDelayMs, failures, type AutoRestartStatus } from "./mirrorMakerStatus";

/** Restarts failed connectors with `autoRestart` and Strimzi's back-off, and counts. */
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
