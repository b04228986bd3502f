import type { SiteName } from "../../../config/settingsSchema";
import type { Right } from "../../../strimzi/builders/mirrorRights";
import type { RightSubject } from "../../../strimzi/builders/rightSubject";

/** Settings of `kafka-dr:mirror` that decide whether a right is needed, and their values. */
export interface RightCondition {
    readonly offsetSyncsTopicLocation?: readonly ["source" | "target"];
    readonly syncGroupOffsetsEnabled?: readonly [true];
    readonly syncTopicAclsEnabled?: readonly [true];
    readonly exactlyOnceSourceSupport?: readonly ("preparing" | "enabled")[];
}

/** The sign of a missing right: a response of Connect's REST API, or the end of the worker. */
export type StateWithoutRight =
    | "RUNNING"
    | "source task FAILED"
    | "checkpoint task FAILED"
    | "no connector is created"
    | "404, no status of a connector"
    | "the worker ends";

/** A right of MM2, and the effect on the mirror without it. */
export interface MissingRight {
    readonly site: SiteName;
    readonly operation: Right["operation"];
    readonly on: RightSubject;
    /** Empty: always needed. */
    readonly neededWith: RightCondition;
    /** The failure of the mirror without it. */
    readonly effect: string;
    readonly state: StateWithoutRight;
    /** A text that the worker logs; names stand in angle brackets, see {@link LogNames}. */
    readonly log: string;
}

/** What the names in angle brackets of {@link MissingRight.log} stand for. */
export interface LogNames {
    /** The topic, or the group, of which the right is missing. */
    readonly topic: string;
    readonly group: string;
    readonly "offset-syncs": string;
    readonly checkpoints: string;
    readonly workers: string;
    readonly config: string;
    readonly offset: string;
    readonly status: string;
    /** The source connector. */
    readonly source: string;
    /** The checkpoint connector. */
    readonly checkpoint: string;
}
