import type { Field } from "../field";
import { isStrimzi, type Resource, spec } from "../resource";
import { resourceRule } from "../rule";
import { violationAt } from "../violation";

/** Optional parts of a Kafka that run in their own pods. */
const PARTS = [
    ["entityOperator", "topicOperator"],
    ["entityOperator", "userOperator"],
    ["cruiseControl"],
    ["kafkaExporter"],
];

/**
 * A CPU limit is not required: it protects other pods on a shared node, but throttles a broker even
 * while the CPU is idle. A memory limit is required: a broker that grows without one takes the node's
 * other pods down with it.
 */
const resourcesSet = resourceRule({
    id: "resources-set",
    summary:
        "Each KafkaNodePool, KafkaMirrorMaker2 and entity operator requests CPU and memory and has a memory limit. A CPU limit is left to the team: it protects other pods, but throttles brokers.",
    remedy: "Set `resources.requests.cpu`, `resources.requests.memory` and `resources.limits.memory`.",
    level: "advisory",
    severity: "medium",
    scope: "every stack",
    check: (resource) =>
        containers(resource).flatMap((container) => {
            const requests = container.at("resources", "requests");
            const limits = container.at("resources", "limits");
            // Kubernetes uses the limit as the request if that is absent.
            const missing = [
                requests.at("cpu").or(limits.at("cpu")).absent && requests.at("cpu"),
                requests.at("memory").or(limits.at("memory")).absent && requests.at("memory"),
                limits.at("memory").absent && limits.at("memory"),
            ].filter((field) => field !== false);
            return missing.map((field) =>
                violationAt(
                    resource,
                    field,
                    'a quantity such as "500m" of CPU or "2Gi" of memory',
                    "Set it: the scheduler places the pod by its requests, and a node out of memory evicts pods without them first.",
                ),
            );
        }),
});

function containers(resource: Resource): Field[] {
    if (isStrimzi(resource, "KafkaNodePool", "KafkaMirrorMaker2")) {
        return [spec(resource)];
    }
    return isStrimzi(resource, "Kafka")
        ? PARTS.map((part) => spec(resource).at(...part)).filter((part) => part.present)
        : [];
}

/** Rules on the resources of pods. */
export const resourceRules = [resourcesSet];
