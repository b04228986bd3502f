import type { Edit, Path } from "./goodStack";

/** A change of the good stack and the messages that a rule must report. */
export interface Case {
    readonly rule: string;
    readonly edits: readonly Edit[];
    /** Parts of the one expected message, or of each of several; empty if the rule passes. */
    readonly says: readonly (readonly string[])[];
    /** The rule's config. */
    readonly config?: Readonly<Record<string, unknown>>;
}

type Change = readonly [of: string, path: Path, value?: unknown];

function edits(changes: readonly Change[]): Edit[] {
    return changes.map(([of, path, value]) => ({ of, set: [path, value] }));
}

/** A case in which the rule reports one message, which has all of these parts. */
export function fails(rule: string, change: Change | readonly Change[], ...says: string[]): Case {
    return { rule, edits: edits(listOf(change)), says: [says] };
}

export function passes(
    rule: string,
    change: Change | readonly Change[],
    config?: Case["config"],
): Case {
    return { rule, edits: edits(listOf(change)), says: [], ...(config && { config }) };
}

function listOf(change: Change | readonly Change[]): readonly Change[] {
    return typeof change[0] === "string" ? [change as Change] : (change as readonly Change[]);
}

/** Paths of the good stack that cases change. */
export const LISTENER: Path = ["spec", "kafka", "listeners", 0];
export const CUSTOM_AUTHENTICATION: Path = ["spec", "kafka", "listeners", 1, "authentication"];
export const BROKER_CONFIG: Path = ["spec", "kafka", "config"];
export const ACL: Path = ["spec", "authorization", "acls"];
export const MIRROR: Path = ["spec", "mirrors", 0];
export const SOURCE_CONFIG: Path = [...MIRROR, "sourceConnector", "config"];
export const CHECKPOINT_CONFIG: Path = [...MIRROR, "checkpointConnector", "config"];
export const WORKER_CONFIG: Path = ["spec", "target", "config"];
