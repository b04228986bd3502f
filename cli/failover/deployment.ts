import type { PhasePosition } from "../../config/phase";
import type { Direction } from "../../config/reversed";
import type { MirrorSettings } from "../../config/settingsSchema";
import type { MirroredOffset, MirrorOperations } from "../shared/mirror/types";

/** What a failover changes of the stack, and what it must know of it. */
export interface Deployment {
    /** The phase that was deployed last, as the stack recorded it next to MM2. */
    position(): Promise<PhasePosition>;
    /** Changes the phase in the stack's config and deploys it. Ends when the update has. */
    change(to: PhasePosition): Promise<void>;
    /**
     * Hands the start positions of an epoch to the operator, waits until it has taken them, and
     * marks them as complete where `isComplete` agrees.
     */
    writeStartPositions(
        epoch: number,
        offsets: readonly MirroredOffset[],
        isComplete: () => Promise<boolean>,
    ): Promise<void>;
    /** How to change to a phase by hand. */
    commandTo(to: PhasePosition): string;
    /** Whether the stack has the users of applications, and so can keep them from writing. */
    readonly managesUsers: boolean;
    /** Seconds within which MM2 translates group offsets and writes them. */
    readonly groupSyncSeconds: number;
    /** `offset.lag.max` of the mirror. */
    readonly offsetLagMax: number;
}

/**
 * Seconds within which MM2 translates group offsets and writes them: twice its intervals, as a
 * checkpoint may have been emitted just before the last record arrived.
 */
export function translationSeconds({
    emitCheckpointsIntervalSeconds,
    syncGroupOffsetsIntervalSeconds,
}: MirrorSettings): number {
    return 2 * (emitCheckpointsIntervalSeconds + syncGroupOffsetsIntervalSeconds);
}

/** How patient and how strict a failover is. */
export interface FailoverOptions {
    /** Offsets that may be pending at the start of a planned switch. */
    readonly maxLag: number;
    /** How long the drain may take, in seconds. */
    readonly drainSeconds: number;
    /** Seconds without a new record after which nobody writes any more. */
    readonly quietSeconds: number;
    /** The part of all partitions that the comparison reads; all of them if undefined. */
    readonly sample?: number;
    /** Go on although the cluster that is left is alive and written to. */
    readonly force: boolean;
    /** Said by whoever runs it: the source is new, and its CA and users are not known here yet. */
    readonly sourceIsNew: boolean;
    /** Said by whoever runs it where the stack has no users to fence. */
    readonly producersStopped: boolean;
}

/** Everything that the steps work with. */
export interface Switchover {
    readonly deployment: Deployment;
    /** A mirror by its direction, and of a later life than the present one where it is named. */
    mirror(direction: Direction, epoch: number): MirrorOperations;
    readonly options: FailoverOptions;
    readonly signal: AbortSignal;
    /** Tells what goes on within a step. */
    progress(text: string): void;
    /** Asks a person; false where nobody can be asked. */
    confirm(question: string): Promise<boolean>;
    /** Keeps what a later command needs, under a name. */
    keep(name: string, value: unknown): void;
}
