import { type GoldenResource, inputAt, isRecord, kindOf } from "./golden";
import { nameOf, type Risk } from "./risk";
import type { StackChanges } from "./stackChanges";

/** Settings on which the survival of records depends, anywhere in an object. */
const DURABILITY = /(^|\.)(min\.insync\.replicas|min\.isr|replication\.factor)$/;

/** Fewer replicas, fewer in-sync replicas, or leaders that may lose records. */
export function durabilityRisks({ resources }: StackChanges): Risk[] {
    return resources.flatMap((change): Risk[] => {
        if (change.kind === "added" || change.kind === "removed") {
            return [];
        }
        const old = durability(change.before);
        const now = durability(change.after);
        const weaker = (what: string): Risk => ({
            category: "Weaker durability",
            resource: nameOf(change.after),
            message: what,
        });
        return [
            ...[...old].flatMap(([key, value]) => {
                const after = now.get(key);
                if (after === undefined) {
                    return value > 1
                        ? [
                              weaker(
                                  `no longer sets \`${key}\` (it was ${value}): the default applies.`,
                              ),
                          ]
                        : [];
                }
                return after < value
                    ? [weaker(`lowers \`${key}\` from ${value} to ${after}.`)]
                    : [];
            }),
            ...(unclean(change.after) && !unclean(change.before)
                ? [
                      weaker(
                          "sets `unclean.leader.election.enable`: a replica that lags may become leader, and the records that it lacks are lost.",
                      ),
                  ]
                : []),
        ];
    });
}

/** The values by setting; -1 means the brokers' default, so it counts as absent. */
function durability(resource: GoldenResource): Map<string, number> {
    const found = new Map<string, number>();
    const visit = (value: unknown, path: readonly string[]): void => {
        if (Array.isArray(value)) {
            value.forEach((item, index) => {
                visit(item, [...path, String(index)]);
            });
        } else if (isRecord(value)) {
            for (const [key, item] of Object.entries(value)) {
                const place = [...path, key];
                if (DURABILITY.test(key) && Number(item) >= 0) {
                    found.set(place.join(" ").replace(/^spec /, ""), Number(item));
                } else {
                    visit(item, place);
                }
            }
        }
    };
    visit(inputAt(resource, "spec"), ["spec"]);
    const replicas = inputAt(resource, "spec", "replicas");
    if (kindOf(resource) === "KafkaTopic" && typeof replicas === "number") {
        found.set("replicas", replicas);
    }
    return found;
}

function unclean(resource: GoldenResource): boolean {
    const configs = [
        inputAt(resource, "spec", "config"),
        inputAt(resource, "spec", "kafka", "config"),
    ];
    return configs.some(
        (config) => isRecord(config) && String(config["unclean.leader.election.enable"]) === "true",
    );
}
