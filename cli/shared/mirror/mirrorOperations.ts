import type { Looked } from "../../../kafka/askLeaders";
import type { ConnectState } from "../../../kafka/connectRest";
import type { ClusterLook } from "../../../kafka/logLook";
import type { MirroredOffset } from "../../../strimzi/builders/startPositions";
import type { OffsetRange } from "../../verify/comparisonResult";
import type { GroupsReport } from "../../verify/groups";
import type { VerifyReport } from "../../verify/report";
import type { Ends, MirrorEnd } from "./ends";
import type { Contradiction } from "./identity";
import type { MirrorWarnings } from "./recordWarnings";
import type { TaskFailure } from "./taskFailure";
import type { MirrorProgress, UnknownPartition } from "./progress";
import type { OpenTransactions, TransactionPlace } from "./transactions";

/**
 * What can be asked of a mirror and done to it: by a process that reaches brokers and Kafka Connect,
 * or through a Job that does. Every answer is plain JSON.
 */
export interface MirrorOperations {
    /** Why the cluster at an end does not respond; undefined when it does. */
    unreachable(end: MirrorEnd): Promise<string | undefined>;
    connectors(): Promise<readonly ConnectorReport[]>;
    /**
     * Stops both connectors and waits until they have stopped. Uses neither cluster.
     * @throws when they have not stopped after `seconds`; the request to stop remains
     */
    stop(seconds: number): Promise<readonly ConnectorReport[]>;
    progress(request: ProgressRequest): Promise<MirrorProgress>;
    /** What Kafka Connect has noted as mirrored; works without the cluster at `from`. */
    mirroredOffsets(): Promise<readonly MirroredOffset[]>;
    /** Where the logs of the mirrored topics stand at an end, under their names at `from`. */
    ends(end: MirrorEnd): Promise<ClusterLook>;
    /** Where the groups of `from` would resume at `to`. */
    groups(): Promise<GroupsReport>;
    verify(request: VerifyRequest): Promise<VerifyReport>;
    /**
     * What the cluster at an end already holds of the mirrored topics and groups, one line for each;
     * empty when it is clean.
     */
    existingData(end: MirrorEnd): Promise<readonly string[]>;
    /** Records at `from`, which is back, that the cluster at `to` lacked at the recovery point. */
    loss(recoveryPoint: RecoveryPoint): Promise<Loss>;
    /**
     * Looks at everything that tells how the mirror does; what cannot be seen is in the answer, with
     * its reason.
     */
    observe(request: ObserveRequest): Promise<MirrorObservation>;
    /** Age of the newest translated group offset, in seconds; undefined without one. */
    checkpointSeconds(): Promise<number | undefined>;
    /** What the settings and both clusters hold against the mirror of some topics or records. */
    warnings(): Promise<MirrorWarnings>;
    /**
     * The partitions of `from` whose last records, or next ones to be mirrored, cannot be decoded or
     * looked at, with the reason.
     */
    unreadable(): Promise<readonly UnknownPartition[]>;
    /** The transactions that are open at an end, in the partitions of the mirrored topics. */
    transactions(end: MirrorEnd): Promise<OpenTransactions>;
    /**
     * Ends a hanging transaction with an abort.
     * @throws {CommandError} when there is no such transaction, or it does not hang; nothing is changed
     */
    abortTransaction(end: MirrorEnd, at: TransactionPlace): Promise<void>;
    /** Ids of both clusters. */
    clusterIds(): Promise<Ends<string>>;
}

/** The names of all operations, for a command that receives one as an argument. */
export const OPERATIONS = [
    "unreachable",
    "connectors",
    "stop",
    "progress",
    "mirroredOffsets",
    "ends",
    "groups",
    "verify",
    "existingData",
    "loss",
    "observe",
    "checkpointSeconds",
    "warnings",
    "unreadable",
    "transactions",
    "abortTransaction",
    "clusterIds",
] as const satisfies readonly (keyof MirrorOperations)[];

export type OperationName = (typeof OPERATIONS)[number];

/** A connector as Kafka Connect reports it, without workers, and with the essence of stack traces. */
export interface ConnectorReport {
    readonly name: string;
    /** `ABSENT` when Connect knows no such connector. */
    readonly state: ConnectState | "ABSENT";
    /** Why the connector itself is FAILED. */
    readonly failure?: TaskFailure;
    readonly tasks: readonly TaskReport[];
}

export interface TaskReport {
    readonly id: number;
    readonly state: ConnectState;
    /** Why it is FAILED. */
    readonly failure?: TaskFailure;
}

export interface ProgressRequest {
    /** Reads the first record of each lag: whether there is one, and its timestamp. */
    readonly records: boolean;
    /**
     * Looks again for up to so many seconds, until everything is mirrored that the first look saw:
     * only that proves how long records wait. 0 looks once.
     */
    readonly watchSeconds: number;
}

export interface ObserveRequest {
    /** Whether the cluster at `from` may be asked: a phase in which it counts as lost leaves it alone. */
    readonly usesFrom: boolean;
    /** As for `progress`; only while all tasks run and both ends respond. */
    readonly watchSeconds: number;
}

/** What was seen of a mirror. What was not looked at, because the phase leaves it alone, is absent. */
export interface MirrorObservation {
    /** When the look began, ISO 8601. */
    readonly at: string;
    /** Why a cluster does not respond. */
    readonly unreachable: Readonly<Partial<Record<MirrorEnd, string>>>;
    readonly connectors: Looked<readonly ConnectorReport[]>;
    readonly progress?: Looked<MirrorProgress>;
    /** Where both ends contradict each other. */
    readonly contradictions?: Looked<readonly Contradiction[]>;
    readonly groups?: Looked<GroupsReport>;
    readonly warnings?: Looked<MirrorWarnings>;
    /** The logs that the mirror writes. */
    readonly ends: Looked<ClusterLook>;
    /** Age of the newest translated group offset, in seconds; null without one. */
    readonly checkpointSeconds: Looked<number | null>;
}

export interface VerifyRequest {
    /** The fraction of partitions to read, from 0 to 1; all by default. */
    readonly sample?: number;
    /** Reads only records from this time on, in milliseconds since 1970. */
    readonly since?: number;
    /** Most records of a topic that are not mirrored yet; no limit by default. */
    readonly maxLag?: number;
}

/** Where both logs stood when the target took over, as an unplanned failover records it. */
export interface RecoveryPoint {
    /** ISO 8601. */
    readonly at: string;
    /** The target's logs before applications wrote to them. */
    readonly target: ClusterLook;
    /** What Kafka Connect had noted as mirrored; absent when it did not answer. */
    readonly mirrored?: readonly MirroredOffset[];
    /** The source's logs; absent when it did not answer. */
    readonly source?: ClusterLook;
}

/** What an unplanned failover lost, as far as the source still shows it. */
export interface Loss {
    readonly partitions: readonly PartitionLoss[];
    /** What cannot be known, with the reason: records may be lost there that nothing lists. */
    readonly unknown: readonly Contradiction[];
}

/** Records of one partition of the source that the target did not have at the recovery point. */
export interface PartitionLoss {
    readonly topic: string;
    readonly partition: number;
    readonly records: number;
    /** Offsets of the source; the first ranges, there may be more. */
    readonly ranges: readonly OffsetRange[];
}
