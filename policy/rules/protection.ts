import type { Field } from "../field";
import { isIn, isNamespace, isStrimzi, type Resource, spec } from "../resource";
import { resourceRule, stackRule } from "../rule";
import { type Violation, violationAt } from "../violation";

const noDeleteClaim = resourceRule({
    id: "no-delete-claim",
    summary:
        "The records of a KafkaNodePool outlive the pool: no `deleteClaim: true`, no ephemeral storage.",
    remedy: "Use storage of type `persistent-claim` without `deleteClaim`.",
    level: "mandatory",
    severity: "critical",
    scope: "production",
    check: (resource) => {
        if (!isStrimzi(resource, "KafkaNodePool")) {
            return [];
        }
        const storage = spec(resource).at("storage");
        return [storage, ...storage.at("volumes").items()].flatMap((volume) =>
            volumeViolations(resource, volume),
        );
    },
});

function volumeViolations(resource: Resource, volume: Field): Violation[] {
    const type = volume.at("type");
    const deleteClaim = volume.at("deleteClaim");
    return [
        ...(type.holds((value) => value === "ephemeral")
            ? [
                  violationAt(
                      resource,
                      type,
                      '"persistent-claim", or "jbod" of such volumes',
                      "Create a new KafkaNodePool with persistent storage and move the partitions: the type of a pool's storage cannot change.",
                  ),
              ]
            : []),
        ...(deleteClaim.holds((value) => value === true)
            ? [
                  violationAt(
                      resource,
                      deleteClaim,
                      "false or absent",
                      "Remove it: the volumes would be deleted together with the pool.",
                  ),
              ]
            : []),
    ];
}

const protectedData = stackRule({
    id: "protected-data",
    summary:
        "Kafka, KafkaNodePool, KafkaTopic and the Namespaces that hold them have Pulumi's `protect`, so that no update deletes or replaces them by accident.",
    remedy: "Give the resource the option `protect: true`.",
    level: "mandatory",
    severity: "high",
    scope: "production",
    check: (resources) => {
        const data = resources.filter((resource) =>
            isStrimzi(resource, "Kafka", "KafkaNodePool", "KafkaTopic"),
        );
        const namespaces = resources.filter(
            (resource) => isNamespace(resource) && data.some((object) => isIn(resource, object)),
        );
        return [...data, ...namespaces]
            .filter((resource) => resource.protect !== true)
            .map((resource) => ({
                resource,
                property: "the option protect",
                found: resource.protect === undefined ? "absent" : "false",
                allowed: "true",
                remedy: "Set protect: true in the resource's options, or on a component above it.",
            }));
    },
});

/** Rules against the deletion of records. */
export const protectionRules = [noDeleteClaim, protectedData];
