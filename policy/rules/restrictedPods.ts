import { z } from "zod";
import { Field, UNKNOWN } from "../field";
import { belongsTo, fields, isIn, isNamespace, isStrimzi, type Resource, spec } from "../resource";
import { stackRule } from "../rule";
import { type Violation, violationAt } from "../violation";

const ENFORCE = "pod-security.kubernetes.io/enforce";

/** A container that Strimzi runs, with the templates that decide its security contexts. */
interface Container {
    readonly resource: Resource;
    readonly container: Field;
    readonly pod: Field;
}

const restrictedPods = stackRule({
    id: "restricted-pods",
    summary:
        "Pods meet the restricted profile of Kubernetes' Pod Security Standards: the Namespaces of the stack that hold Kafka or MirrorMaker 2 enforce it, and the templates set it, because Strimzi's operator does not by default.",
    remedy: "Label the Namespace, and set `template.*Container.securityContext`.",
    level: "mandatory",
    severity: "high",
    scope: "every stack",
    settings: {
        restrictedOperator: z
            .boolean()
            .default(false)
            .describe(
                "The operator runs with STRIMZI_POD_SECURITY_PROVIDER_CLASS=restricted, which sets the security context of every container that has none in a template.",
            ),
    },
    check: (resources, { restrictedOperator }) => [
        ...namespaceViolations(resources),
        ...resources
            .flatMap((resource) => containersOf(resource, resources))
            .filter(({ container }) => !(restrictedOperator && context(container).absent))
            .flatMap(containerViolation),
    ],
});

function namespaceViolations(resources: readonly Resource[]): Violation[] {
    const workloads = resources.filter((resource) =>
        isStrimzi(resource, "Kafka", "KafkaNodePool", "KafkaMirrorMaker2"),
    );
    return resources
        .filter((resource) => isNamespace(resource))
        .filter((namespace) => workloads.some((workload) => isIn(namespace, workload)))
        .map((namespace) => ({
            namespace,
            label: fields(namespace).at("metadata", "labels", ENFORCE),
        }))
        .filter(({ label }) => label.holds((value) => value !== "restricted"))
        .map(({ namespace, label }) =>
            violationAt(
                namespace,
                label,
                '"restricted"',
                "Label the Namespace once its pods meet that profile: Kubernetes then rejects all others.",
            ),
        );
}

function containersOf(resource: Resource, resources: readonly Resource[]): Container[] {
    if (isStrimzi(resource, "KafkaMirrorMaker2")) {
        const template = spec(resource).at("template");
        const names = [
            "connectContainer",
            ...(rackByNode(spec(resource)) ? ["initContainer"] : []),
        ];
        return containersIn(resource, template, names);
    }
    if (isStrimzi(resource, "Kafka")) {
        return operatorContainers(resource);
    }
    return isStrimzi(resource, "KafkaNodePool") ? poolContainers(resource, resources) : [];
}

/** The containers of a Kafka besides its nodes, if it has them. */
function operatorContainers(kafka: Resource): Container[] {
    const entityOperator = spec(kafka).at("entityOperator");
    const operators = ["topicOperator", "userOperator"].filter(
        (operator) => entityOperator.at(operator).present,
    );
    const part = (name: string, container: string) =>
        spec(kafka).at(name).present
            ? containersIn(kafka, spec(kafka).at(name, "template"), [container])
            : [];
    return [
        ...containersIn(
            kafka,
            entityOperator.at("template"),
            operators.map((operator) => `${operator}Container`),
        ),
        ...part("cruiseControl", "cruiseControlContainer"),
        ...part("kafkaExporter", "container"),
    ];
}

/**
 * Each part of a pool's template replaces that part of the Kafka's as a whole (Strimzi's KafkaPool).
 */
function poolContainers(pool: Resource, resources: readonly Resource[]): Container[] {
    const kafka = resources.find(
        (resource) => isStrimzi(resource, "Kafka") && belongsTo(pool, resource),
    );
    // The Kafka of another stack may have the templates, so they are unknown here.
    const cluster = kafka === undefined ? new Field(UNKNOWN) : spec(kafka).at("kafka");
    const own = spec(pool).at("template");
    const shared = cluster.at("template");
    const pod = own.at("pod").or(shared.at("pod"));
    const names = ["kafkaContainer", ...(hasInitContainer(cluster) ? ["initContainer"] : [])];
    return names.map((name) => ({
        resource: own.at(name).absent && shared.at(name).present ? (kafka ?? pool) : pool,
        container: own.at(name).absent && !shared.at(name).absent ? shared.at(name) : own.at(name),
        pod,
    }));
}

/**
 * Whether an init container reads the node's labels, for rack awareness or the address of a node port.
 */
function hasInitContainer(cluster: Field): boolean {
    const nodePort = cluster
        .at("listeners")
        .items()
        .some((listener) => listener.at("type").holds((type) => type === "nodeport"));
    return nodePort || rackByNode(cluster);
}

function rackByNode(owner: Field): boolean {
    const rack = owner.at("rack");
    return rack.present && rack.at("type").holds((type) => type !== "environment-variable");
}

function containersIn(resource: Resource, template: Field, names: readonly string[]): Container[] {
    const pod = template.at("pod");
    return names.map((name) => ({ resource, container: template.at(name), pod }));
}

function context(template: Field): Field {
    return template.at("securityContext");
}

function containerViolation({ resource, container, pod }: Container): Violation[] {
    const missing = requirements(context(container), context(pod))
        .filter(({ broken }) => broken)
        .map(({ text }) => text);
    return missing.length === 0
        ? []
        : [
              violationAt(
                  resource,
                  context(container),
                  `a security context with ${missing.join(", ")}`,
                  "Set it in the template, or run the operator with its restricted pod security provider and declare that in this rule's config.",
              ),
          ];
}

/** The restricted profile, as far as templates can break it; the container's value wins. */
function requirements(container: Field, pod: Field) {
    const either = (...names: string[]) => container.at(...names).or(pod.at(...names));
    const drop = container.at("capabilities", "drop");
    const dropsAll = drop.items().some((item) => item.unknown || item.text === "ALL");
    const adds = container
        .at("capabilities", "add")
        .items()
        .filter((item) => item.holds((name) => name !== "NET_BIND_SERVICE"));
    const isNot = (field: Field, wanted: unknown) => field.holds((value) => value !== wanted);
    return [
        {
            text: "allowPrivilegeEscalation: false",
            broken: isNot(container.at("allowPrivilegeEscalation"), false),
        },
        { text: "capabilities.drop: [ALL]", broken: drop.holds(() => true) && !dropsAll },
        { text: "no capabilities.add but NET_BIND_SERVICE", broken: adds.length > 0 },
        { text: "runAsNonRoot: true", broken: isNot(either("runAsNonRoot"), true) },
        {
            text: "no runAsUser: 0",
            broken: either("runAsUser").holds((value) => value === 0),
        },
        {
            text: "seccompProfile.type: RuntimeDefault",
            broken: either("seccompProfile", "type").holds(
                (value) => value !== "RuntimeDefault" && value !== "Localhost",
            ),
        },
        {
            text: "no privileged: true",
            broken: container.at("privileged").holds((value) => value === true),
        },
    ];
}

/** Rules on the rights of pods on their node. */
export const restrictedPodsRules = [restrictedPods];
