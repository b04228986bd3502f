import { readyCondition } from "../kafka/kafkaStatus";
import type { Condition, KafkaMirrorMaker2Object, KafkaMirrorMaker2Status } from "../objects";
import type { ConnectorStatus } from "../../kafka/connectRest";

/** The automatic restarts of a failed connector, as Strimzi reports them. */
export interface AutoRestartStatus {
    readonly connectorName: string;
    readonly count: number;
    readonly lastRestartTimestamp: string;
}

/** The status of a KafkaMirrorMaker2 as Strimzi reports it; without replicas it has no `url`. */
export type MirrorMakerStatus = Omit<KafkaMirrorMaker2Status, "connectors"> & {
    readonly connectors?: readonly ConnectorStatus[];
};

/** Builds the status from observations; a FAILED connector makes the object NotReady. */
export function mirrorMakerStatus(
    mm2: KafkaMirrorMaker2Object,
    observed: {
        readonly url?: string;
        readonly connectors: readonly ConnectorStatus[];
        readonly autoRestarts: readonly AutoRestartStatus[];
        /** Further conditions, which leave it Ready; none by default. */
        readonly warnings?: readonly Condition[];
        readonly now: Date;
    },
): MirrorMakerStatus {
    const { name } = mm2.metadata;
    const failed = observed.connectors.some(({ connector }) => connector.state === "FAILED");
    const condition: Condition = failed
        ? {
              ...readyCondition(observed.now),
              type: "NotReady",
              reason: "ConnectRestException",
              message: "One or more connectors are in FAILED state",
          }
        : readyCondition(observed.now);
    return {
        conditions: [condition, ...(observed.warnings ?? [])],
        observedGeneration: mm2.metadata.generation ?? 1,
        replicas: mm2.spec.replicas,
        labelSelector:
            `strimzi.io/cluster=${name},strimzi.io/name=${name}-mirrormaker2,` +
            "strimzi.io/kind=KafkaMirrorMaker2",
        ...(mm2.spec.replicas === 0
            ? {}
            : { url: observed.url, connectors: [...observed.connectors] }),
        ...(observed.autoRestarts.length > 0
            ? { autoRestartStatuses: [...observed.autoRestarts] }
            : {}),
    };
}

/**
 * The differences between the desired and the actual states of the connectors, as text; empty when
 * they agree. A running source connector must have tasks unless `tasksExpected` is false.
 */
export function notReplicating(
    desired: readonly { readonly name: string; readonly state: string }[],
    statuses: readonly ConnectorStatus[],
    tasksExpected = true,
): string[] {
    return desired.flatMap(({ name, state }) => {
        const status = statuses.find((candidate) => candidate.name === name);
        if (status === undefined) {
            return [`${name} does not exist`];
        }
        if (status.connector.state !== state.toUpperCase()) {
            return [`${name} is ${status.connector.state}`];
        }
        if (state !== "running") {
            return [];
        }
        const isSource = name.endsWith(".MirrorSourceConnector");
        return [
            ...(isSource && tasksExpected && status.tasks.length === 0
                ? [`${name} has no tasks`]
                : []),
            ...status.tasks
                .filter((task) => task.state !== "RUNNING")
                .map((task) => `task ${task.id} of ${name} is ${task.state}`),
        ];
    });
}

/** The FAILED connectors and tasks, each with its stack trace. */
export function failures(statuses: readonly ConnectorStatus[]): string[] {
    return statuses.flatMap(({ name, connector, tasks }) => [
        ...(connector.state === "FAILED" ? [`${name}: ${connector.trace ?? "no trace"}`] : []),
        ...tasks
            .filter(({ state }) => state === "FAILED")
            .map(({ id, trace }) => `task ${id} of ${name}: ${trace ?? "no trace"}`),
    ]);
}

/** Strimzi's back-off before automatic restart `count`, counted from 0: n² + n minutes, at most 60. */
export function autoRestartDelayMs(count: number): number {
    return Math.min(count * count + count, 60) * 60_000;
}
