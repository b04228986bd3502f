import type { Group, GroupKind } from "../../kafka/groupView";
import type { MirrorScope } from "./scope";

/**
 * Why nothing of a group is carried over:
 *
 * - `share`, `streams`: MirrorMaker 2 4.3.1 lists consumer groups alone.
 * - `excluded`: the mirror's patterns leave the group out, `connect-*` by default.
 * - `no-position`: it has committed nothing in a mirrored topic.
 */
export type LeftOutCause = "share" | "streams" | "excluded" | "no-position";

/** A group of `from` of which nothing is carried over. */
export interface GroupLeftOut {
    readonly group: string;
    readonly kind: GroupKind;
    readonly fromState: string;
    readonly cause: LeftOutCause;
}

/** What the application of a group finds after a failover. */
export const LEFT_OUT_TEXTS: Readonly<Record<LeftOutCause, string>> = {
    share: "share group: MirrorMaker 2 does not carry it over, and it begins where its configuration share.auto.offset.reset places it, by default after the last record",
    streams:
        "Streams group: MirrorMaker 2 does not carry it over, and it begins where its application's auto.offset.reset places it, with empty state stores",
    excluded:
        "left out by the mirror's group patterns: it begins where its auto.offset.reset places it",
    "no-position":
        "no committed offset in a mirrored topic: it begins where its auto.offset.reset places it",
};

/** The causes by group. Groups of other protocols, such as Connect's workers, read no positions. */
export function groupsLeftOut(
    groups: readonly Group[],
    scope: Pick<MirrorScope, "isMirroredGroup" | "isNarrowedToTopics">,
): GroupLeftOut[] {
    return groups.flatMap(({ id, kind, state }) => {
        const cause = causeOf(id, kind, scope);
        // A choice of topics says nothing of the positions in others.
        return cause === undefined || (cause === "no-position" && scope.isNarrowedToTopics)
            ? []
            : [{ group: id, kind, fromState: state, cause }];
    });
}

function causeOf(
    id: string,
    kind: GroupKind,
    scope: Pick<MirrorScope, "isMirroredGroup">,
): LeftOutCause | undefined {
    if (kind === "share" || kind === "streams") {
        return kind;
    }
    if (kind === "other") {
        return undefined;
    }
    return scope.isMirroredGroup(id) ? "no-position" : "excluded";
}
