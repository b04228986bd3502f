import type { PhasePosition } from "../../config/phase";
import type { SiteName } from "../../config/settingsSchema";
import type { Looked } from "../../kafka/askLeaders";
import type { Ends } from "../shared/mirror/ends";
import type { MirrorObservation } from "../shared/mirror/mirrorOperations";
import type { GroupStatus } from "./groupStatus";
import type { TopicLag } from "./topicLag";

/** What was seen of a pair. */
export interface PairObservation extends MirrorObservation {
    readonly position: PhasePosition;
    /** Which site each end of the mirror is. */
    readonly sites: Ends<SiteName>;
    /** What the operator has restarted; absent when it was not asked. */
    readonly restarts?: Looked<readonly Restarts[]>;
}

/** How often the operator has restarted a connector or its tasks since they last ran for a while. */
export interface Restarts {
    readonly connector: string;
    readonly count: number;
    /** When it did for the last time, ISO 8601. */
    readonly last: string;
}

/** Limits beyond which a pair is degraded. */
export interface Budget {
    /** Largest age of a record that is not mirrored yet. */
    readonly lagSeconds: number;
    /** Largest age of the newest checkpoint while groups would read records again. */
    readonly checkpointSeconds: number;
}

/** Everything that decides about the health of a pair. */
export interface Evidence {
    readonly seen: PairObservation;
    readonly runs: boolean;
    readonly topics: readonly TopicLag[];
    readonly groups: readonly GroupStatus[];
    readonly budget: Budget;
}

/** What a look found; undefined when it found nothing or was not made. */
export function knownOf<T>(looked: Looked<T> | undefined): T | undefined {
    return looked !== undefined && "known" in looked ? looked.known : undefined;
}
