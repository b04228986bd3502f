import type { Field } from "../field";
import { isStrimzi, type Resource, spec } from "../resource";
import { resourceRule } from "../rule";
import { violationAt } from "../violation";

/** Parts of a Kafka that run in pods of their own, when they are there. */
const PARTS = [
    ["entityOperator", "topicOperator"],
    ["entityOperator", "userOperator"],
    ["cruiseControl"],
    ["kafkaExporter"],
];

/**
 * A limit of CPU is not asked for: it protects neighbours on a shared node, and it throttles a
 * broker that would have found the CPU idle. A limit of memory is: a broker that grows without one
 * takes the node's other pods with it.
 */
const resourcesSet = resourceRule({
    id: "resources-set",
    summary:
        "Containers ask for CPU and memory and have a limit of memory: each KafkaNodePool, KafkaMirrorMaker2 and entity operator. A limit of CPU is left to the team: it protects neighbours and throttles brokers.",
    remedy: "Set `resources.requests.cpu`, `resources.requests.memory` and `resources.limits.memory`.",
    level: "advisory",
    severity: "medium",
    scope: "every stack",
    check: (resource) =>
        containers(resource).flatMap((container) => {
            const requests = container.at("resources", "requests");
            const limits = container.at("resources", "limits");
            // Kubernetes takes a limit for the request where that is absent.
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

/** What pods ask of their node. */
export const resourceRules = [resourcesSet];
