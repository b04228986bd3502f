import { Field } from "./field";

/** A resource of a stack as plain data, as a rule sees it. */
export interface Resource {
    /** The type token, such as `kubernetes:kafka.strimzi.io/v1:Kafka`. */
    readonly type: string;
    /** The name in Pulumi, which can differ from the name in Kubernetes. */
    readonly name: string;
    readonly urn?: string;
    /**
     * Inputs or, for a stack rule, outputs; `UNKNOWN` for values that a preview does not know. Secrets
     * are unwrapped.
     */
    readonly props: Readonly<Record<string, unknown>>;
    readonly protect?: boolean;
    /** Absent for components; the engine sets one on every other resource. */
    readonly provider?: { readonly name: string; readonly urn?: string };
}

export type StrimziKind =
    "Kafka" | "KafkaNodePool" | "KafkaTopic" | "KafkaUser" | "KafkaMirrorMaker2";

/** Whether a resource is of one of these kinds of Strimzi's API `kafka.strimzi.io/v1`. */
export function isStrimzi(resource: Resource, ...kinds: readonly StrimziKind[]): boolean {
    return kinds.some((kind) => resource.type === `kubernetes:kafka.strimzi.io/v1:${kind}`);
}

export function isNamespace(resource: Resource): boolean {
    return resource.type === "kubernetes:core/v1:Namespace";
}

export function fields(resource: Resource): Field {
    return new Field(resource.props);
}

export function spec(resource: Resource): Field {
    return fields(resource).at("spec");
}

/** The last part of the type token: `Kafka`. */
export function kindOf(resource: Resource): string {
    return resource.type.split(/[:/]/).at(-1) ?? resource.type;
}

/** The stack that a URN names: `urn:pulumi:<stack>::<project>::<type>::<name>`. */
export function stackOf(urn: string | undefined): string | undefined {
    return urn === undefined ? undefined : /^urn:pulumi:(.+?)::/.exec(urn)?.[1];
}

/** `namespace/name` in Kubernetes, as far as it is known. */
export function kubernetesName(resource: Resource): string | undefined {
    const { name, namespace } = identity(resource);
    return name === undefined || namespace === undefined ? name : `${namespace}/${name}`;
}

/** Whether an object lies in this Namespace: the same name, through the same provider. */
export function isIn(namespace: Resource, object: Resource): boolean {
    const { name } = identity(namespace);
    return (
        name !== undefined && identity(object).namespace === name && sameProvider(namespace, object)
    );
}

/**
 * The KafkaNodePools of a Kafka: Strimzi finds them by label, in the same namespace. Undefined while a
 * preview does not know to which Kafka every pool belongs.
 */
export function poolsOf(kafka: Resource, resources: readonly Resource[]): Resource[] | undefined {
    const pools = resources.filter((resource) => isStrimzi(resource, "KafkaNodePool"));
    const undecided = pools.some(
        (pool) => clusterLabel(pool).unknown || fields(pool).at("metadata", "namespace").unknown,
    );
    return undecided ? undefined : pools.filter((pool) => belongsTo(pool, kafka));
}

/** Whether an object's label `strimzi.io/cluster` names this Kafka. */
export function belongsTo(object: Resource, kafka: Resource): boolean {
    const cluster = identity(kafka);
    return (
        cluster.name !== undefined &&
        clusterLabel(object).text === cluster.name &&
        identity(object).namespace === cluster.namespace &&
        sameProvider(object, kafka)
    );
}

function clusterLabel(object: Resource): Field {
    return fields(object).at("metadata", "labels", "strimzi.io/cluster");
}

function identity(resource: Resource) {
    const metadata = fields(resource).at("metadata");
    return { name: metadata.at("name").text, namespace: metadata.at("namespace").text };
}

/** One provider stands for one Kubernetes cluster; the same namespace may exist in two of them. */
function sameProvider(left: Resource, right: Resource): boolean {
    return left.provider?.urn === right.provider?.urn;
}
