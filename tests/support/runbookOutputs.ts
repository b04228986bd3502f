import { failback } from "../../cli/failover/failback";
import { plannedFailover } from "../../cli/failover/plannedFailover";
import { PulumiDeployment } from "../../cli/failover/pulumiDeployment";
import { planText } from "../../cli/failover/runFailover";
import { type Deployment, translationSeconds } from "../../cli/failover/step";
import { unplannedFailover } from "../../cli/failover/unplannedFailover";
import { lossText } from "../../cli/loss/runLoss";
import type { MirrorOperations } from "../../cli/shared/mirror/mirrorOperations";
import type { MirrorProgress, PartitionProgress } from "../../cli/shared/mirror/progress";
import type { PairObservation } from "../../cli/status/evidence";
import { pairStatus } from "../../cli/status/pairStatus";
import { renderStatus } from "../../cli/status/statusText";
import { failuresOf } from "../../cli/verify/failures";
import type { GroupReport } from "../../cli/verify/groups";
import type { PartitionReport, VerifyReport } from "../../cli/verify/report";
import { reportText } from "../../cli/verify/reportText";
import { parseSettings } from "../../config/parseSettings";
import { type PhasePosition, transitionProblem } from "../../config/phase";
import { rawStack } from "./rawSettings";

const STACK = "prod";

/** The outputs that the documentation shows, by name: written by the commands' own code. */
export function runbookOutputs(): ReadonlyMap<string, string> {
    const at = (phase: PhasePosition["phase"]): PhasePosition => ({ phase, epoch: 1 });
    return new Map([
        ["status of a healthy pair", status({})],
        ["status of a degraded pair", status(LAGGING)],
        ["status of a pair that cannot be seen", status(UNSEEN)],
        ["verify of equal clusters", verify(EQUAL)],
        ["verify of clusters that differ", verify(DIFFERENT)],
        [
            "plan of a planned failover",
            planText(
                { command: "failover", mode: "planned", stack: STACK, from: at("mirroring") },
                plannedFailover(deployment(), MIRROR, LIMITS, at("mirroring")),
                {
                    known: {
                        groups: [groupOf({ fromOffset: 40_990, toOffset: 40_948, readAgain: 42 })],
                        leftOut: [],
                    },
                },
            ),
        ],
        [
            "plan of an unplanned failover",
            planText(
                { command: "failover", mode: "unplanned", stack: STACK, from: at("mirroring") },
                unplannedFailover(
                    deployment(),
                    MIRROR,
                    { force: false, quietSeconds: LIMITS.quietSeconds },
                    at("mirroring"),
                ),
            ),
        ],
        [
            "plan of a failback",
            planText(
                { command: "failback", mode: "planned", stack: STACK, from: at("failing-back") },
                failback(
                    deployment(),
                    () => MIRROR,
                    { ...LIMITS, sourceIsNew: false, untilCaughtUp: false },
                    at("failing-back"),
                ),
            ),
        ],
        [
            "loss",
            lossText("2026-05-01T12:00:00.000Z", {
                partitions: [
                    { topic: "orders", partition: 0, ...found(40_312, 40_655) },
                    { topic: "orders", partition: 2, ...found(39_870, 40_025) },
                ],
                unknown: [],
            }),
        ],
        [
            "loss that cannot be known",
            lossText("2026-05-01T12:00:00.000Z", {
                partitions: [],
                unknown: [
                    {
                        topic: "orders",
                        partition: 0,
                        message:
                            "offsets up to 464,999 were mirrored, and its log ends at 0: it was emptied, truncated or created again",
                    },
                ],
            }),
        ],
        ["a phase that is refused", transitionProblem(at("failed-over"), at("mirroring")) ?? ""],
    ]);
}

/** Steps that are only printed call none of its methods. */
const MIRROR = {} as MirrorOperations;

/** The defaults of the commands' options. */
const LIMITS = {
    maxLag: 100_000,
    drainSeconds: 600,
    quietSeconds: 5,
    producersStopped: false,
} as const;

/** The committed stack, whose Kubernetes cluster is not needed for a plan. */
function deployment(): Deployment {
    const { mirror, users } = parseSettings(rawStack(STACK), `Pulumi.${STACK}.yaml`).settings;
    const refused = () => Promise.reject(new Error("a plan changes nothing"));
    return {
        managesUsers: users.length > 0,
        offsetLagMax: mirror.offsetLagMax,
        groupSyncSeconds: translationSeconds(mirror) + 10,
        commandTo: (position) =>
            PulumiDeployment.prototype.commandTo.call({ options: { stack: STACK } }, position),
        position: refused,
        change: refused,
        writeStartPositions: refused,
    };
}

const SOURCE_CONNECTOR = "my-cluster->my-cluster-tgt.MirrorSourceConnector";
const CHECKPOINT_CONNECTOR = "my-cluster->my-cluster-tgt.MirrorCheckpointConnector";
const task = (id: number) => ({ id, state: "RUNNING" as const });
const PROGRESS: PartitionProgress = {
    topic: "orders",
    partition: 0,
    firstOffset: 0,
    endOffset: 41_000,
    stableOffset: 41_000,
    mirroredOffset: 40_999,
    lag: 0,
    deletedUnmirrored: 0,
};

const progress = (
    partition: PartitionProgress,
    unknown: MirrorProgress["unknown"] = [],
): Pick<PairObservation, "progress"> => ({
    progress: {
        known: {
            clusterId: "5x0XnTQ7S3-cGv5AjkLCuA",
            partitions: [partition],
            unknown,
            contradictions: [],
            held: [],
        },
    },
});

const LAGGING = progress({
    ...PROGRESS,
    mirroredOffset: 40_311,
    lag: 688,
    lagSeconds: { atLeast: 61 },
});

const UNSEEN = progress(PROGRESS, [
    { topic: "orders", partition: 1, unknown: "the partition has no leader" },
]);

function status(changes: Partial<PairObservation>): string {
    const observation: PairObservation = {
        position: { phase: "mirroring", epoch: 1 },
        sites: { from: "source", to: "target" },
        at: "2026-05-01T12:00:00.000Z",
        unreachable: {},
        connectors: {
            known: [
                { name: SOURCE_CONNECTOR, state: "RUNNING", tasks: [0, 1, 2].map(task) },
                { name: CHECKPOINT_CONNECTOR, state: "RUNNING", tasks: [task(0)] },
            ],
        },
        ...progress(PROGRESS),
        contradictions: { known: [] },
        groups: {
            known: {
                groups: [groupOf({ fromOffset: 40_990, toOffset: 40_948, readAgain: 42 })],
                leftOut: [],
            },
        },
        warnings: { known: { unexpectedMirrorings: [], limits: [], refused: [], unknown: [] } },
        ends: {
            known: {
                clusterId: "9Wm2hLq1Rz6dYpT0sVbNeg",
                topics: [
                    {
                        name: "orders",
                        id: "vSx3ZB9jQQqwFk0B3TtQ5w",
                        partitions: [
                            {
                                known: {
                                    firstOffset: 0,
                                    lastStableOffset: 41_000,
                                    highWatermark: 41_000,
                                    leaderEpoch: 0,
                                },
                            },
                        ],
                    },
                ],
            },
        },
        checkpointSeconds: { known: 3 },
        ...changes,
    };
    return renderStatus(pairStatus(observation, { lagSeconds: 60, checkpointSeconds: 120 }));
}

function groupOf(
    position: Pick<GroupReport["partitions"][number], "fromOffset" | "toOffset" | "readAgain">,
): GroupReport {
    return {
        group: "orders-service",
        fromState: "Stable",
        toState: "Empty",
        partitions: [{ topic: "orders", partition: 0, verdict: "protected", ...position }],
    };
}

const NONE = { records: 0, ranges: [] };
const log = (records: number) => ({
    firstOffset: 0,
    endOffset: records,
    records,
    isTrimmed: false,
});
const found = (firstOffset: number, lastOffset: number) => {
    const records = lastOffset - firstOffset + 1;
    return { records, ranges: [{ firstOffset, lastOffset, records }] };
};

const EQUAL: PartitionReport = {
    partition: 0,
    heldBack: 0,
    from: log(1_000_000),
    to: log(1_000_000),
    matched: 1_000_000,
    missing: NONE,
    lag: NONE,
    duplicate: NONE,
    unexpected: NONE,
    outOfOrder: NONE,
    unverifiable: { from: NONE, to: NONE },
};

const DIFFERENT: PartitionReport = {
    ...EQUAL,
    to: log(1_000_118),
    matched: 999_998,
    missing: found(4711, 4712),
    duplicate: found(80_318, 80_437),
};

function verify(partition: PartitionReport): string {
    const topics: VerifyReport["topics"] = [
        {
            topic: "orders",
            toTopic: "orders",
            fromPartitions: 1,
            toPartitions: 1,
            partitions: [partition],
            notSampled: [],
            configDifferences: [],
            notes: [],
        },
    ];
    const groups = [groupOf({ fromOffset: 999_990, toOffset: 999_906, readAgain: 84 })];
    const failures = failuresOf(
        { topics, groups, groupsLeftOut: [] },
        { from: "source", to: "target" },
    );
    return reportText({
        isOk: failures.length === 0,
        failures,
        unknown: [],
        from: { site: "source", clusterId: "5x0XnTQ7S3-cGv5AjkLCuA", bootstrapServers: "a:9093" },
        to: { site: "target", clusterId: "9Wm2hLq1Rz6dYpT0sVbNeg", bootstrapServers: "b:9093" },
        snapshotAt: "2026-05-01T12:00:00.000Z",
        seconds: 41,
        recordsRead: partition.from.records + partition.to.records,
        topics,
        groups,
        unexpectedMirrorings: [],
        groupsLeftOut: [],
        notes: [],
    });
}
