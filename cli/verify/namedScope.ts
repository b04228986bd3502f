import { closest, distance } from "fastest-levenshtein";
import type { ClusterView } from "../../kafka/clusterView";
import { CommandError } from "../shared/commandError";

/** Names that a command line may have. */
interface Named {
    readonly topic: readonly string[];
    readonly group: readonly string[];
}

/**
 * Refuses topics and groups that the source does not have: nothing about them would be found, which is
 * not the same as nothing wrong.
 * @throws {CommandError} `badInput`, with the nearest name that exists
 */
export async function refuseUnknownNames(
    source: Pick<ClusterView, "topicNames" | "groups">,
    { topic, group }: Named,
): Promise<void> {
    if (topic.length > 0) {
        refuseUnknown("topic", topic, await source.topicNames());
    }
    if (group.length > 0) {
        const groups = await source.groups.list();
        refuseUnknown(
            "group",
            group,
            groups.map(({ id }) => id),
        );
    }
}

function refuseUnknown(
    kind: "topic" | "group",
    named: readonly string[],
    existing: readonly string[],
): void {
    const known = new Set(existing);
    const unknown = named.filter((name) => !known.has(name));
    const [first] = unknown;
    if (first === undefined) {
        return;
    }
    const near = existing.length === 0 ? undefined : closest(first, [...existing]);
    const isNear = near !== undefined && distance(first, near) <= Math.max(2, first.length / 3);
    throw new CommandError(
        "UnknownName",
        `the source has no ${kind} ${unknown.map((name) => `"${name}"`).join(", ")}${isNear ? `; did you mean "${near}"?` : ""}`,
        `Check --${kind}, and that the user may describe the ${kind}: to others it does not exist.`,
    );
}
