import type { Resource } from "../../../policy/resource";
import { rules } from "../../../policy/rules";

export type Path = readonly (string | number)[];

export const STACK = "prod";

/** A rule by its id, so that a case with a wrong id fails where it is defined. */
export function ruleOf(id: string) {
    const found = rules.find((rule) => rule.id === id);
    if (found === undefined) {
        throw new Error(`no rule "${id}" exists`);
    }
    return found;
}

function resource(type: string, name: string, props: Record<string, unknown>): Resource {
    return {
        type,
        name,
        urn: `urn:pulumi:${STACK}::project::${type}::${name}`,
        props,
        protect: true,
        provider: { name: "kubernetes", urn: "urn:pulumi:prod::p::pulumi:providers:kubernetes::k" },
    };
}

const RESTRICTED = {
    securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
    },
};

const RESOURCES = {
    requests: { cpu: "500m", memory: "2Gi" },
    limits: { memory: "2Gi" },
};

const NAMESPACE = resource("kubernetes:core/v1:Namespace", "namespace", {
    metadata: { name: "kafka", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
});

const KAFKA = resource("kubernetes:kafka.strimzi.io/v1:Kafka", "kafka", {
    metadata: { name: "my-cluster", namespace: "kafka" },
    spec: {
        kafka: {
            listeners: [
                {
                    name: "tls",
                    port: 9093,
                    type: "internal",
                    tls: true,
                    authentication: { type: "tls" },
                },
                {
                    name: "oauth",
                    port: 9094,
                    type: "loadbalancer",
                    tls: true,
                    authentication: { type: "custom", sasl: true, listenerConfig: {} },
                },
            ],
            authorization: { type: "simple", superUsers: ["CN=admin"] },
            config: { "default.replication.factor": 3, "min.insync.replicas": 2 },
            template: { kafkaContainer: RESTRICTED },
        },
        entityOperator: {
            topicOperator: { resources: RESOURCES },
            userOperator: { resources: RESOURCES },
            template: { topicOperatorContainer: RESTRICTED, userOperatorContainer: RESTRICTED },
        },
    },
});

function pool(name: string, roles: readonly string[]): Resource {
    return resource("kubernetes:kafka.strimzi.io/v1:KafkaNodePool", name, {
        metadata: { name, namespace: "kafka", labels: { "strimzi.io/cluster": "my-cluster" } },
        spec: {
            replicas: 3,
            roles,
            storage: {
                type: "jbod",
                volumes: [{ id: 0, type: "persistent-claim", size: "100Gi", deleteClaim: false }],
            },
            resources: RESOURCES,
        },
    });
}

const TOPIC = resource("kubernetes:kafka.strimzi.io/v1:KafkaTopic", "topic", {
    metadata: {
        name: "my-topic",
        namespace: "kafka",
        labels: { "strimzi.io/cluster": "my-cluster" },
    },
    spec: { partitions: 3, replicas: 3, config: { "min.insync.replicas": 2 } },
});

const USER = resource("kubernetes:kafka.strimzi.io/v1:KafkaUser", "user", {
    metadata: { name: "mirror", namespace: "kafka" },
    spec: {
        authentication: { type: "tls" },
        authorization: {
            type: "simple",
            acls: [
                {
                    resource: { type: "topic", name: "*", patternType: "literal" },
                    operations: ["Read", "DescribeConfigs"],
                },
                { resource: { type: "cluster" }, operations: ["Describe"] },
                {
                    resource: { type: "topic", name: "own-", patternType: "prefix" },
                    operations: ["All"],
                },
            ],
        },
    },
});

const IDENTITY = "org.apache.kafka.connect.mirror.IdentityReplicationPolicy";

const SHARED = {
    "replication.policy.class": IDENTITY,
    "replication.policy.separator": ".",
    "offset-syncs.topic.location": "target",
};

const WITH_TLS = {
    tls: { trustedCertificates: [{ secretName: "ca", pattern: "*.crt" }] },
    authentication: {
        type: "tls",
        certificateAndKey: { secretName: "mirror", certificate: "user.crt", key: "user.key" },
    },
};

const MIRROR_MAKER = resource("kubernetes:kafka.strimzi.io/v1:KafkaMirrorMaker2", "mirror-maker", {
    metadata: { name: "my-mm2", namespace: "kafka" },
    spec: {
        replicas: 3,
        target: {
            alias: "b",
            bootstrapServers: "b.example.com:9093",
            ...WITH_TLS,
            config: { "config.storage.replication.factor": -1 },
        },
        mirrors: [
            {
                source: { alias: "a", bootstrapServers: "a.example.com:9093", ...WITH_TLS },
                sourceConnector: {
                    config: {
                        ...SHARED,
                        "replication.factor": -1,
                        "producer.override.acks": "all",
                        "producer.override.max.in.flight.requests.per.connection": 5,
                        "producer.override.enable.idempotence": true,
                        "consumer.isolation.level": "read_committed",
                    },
                },
                checkpointConnector: {
                    config: { ...SHARED, "sync.group.offsets.enabled": true },
                },
            },
        ],
        resources: RESOURCES,
        template: { connectContainer: RESTRICTED },
    },
});

/** A second mirror, between other clusters. */
const OTHER_MIRROR_MAKER = edited(
    edited({ ...MIRROR_MAKER, name: "other-mirror-maker" }, ["spec", "target", "alias"], "c"),
    ["spec", "target", "bootstrapServers"],
    "c.example.com:9093",
);

/** A production stack without violations; each case breaks it at one place. */
export const GOOD_STACK: readonly Resource[] = [
    NAMESPACE,
    pool("controllers", ["controller"]),
    pool("brokers", ["broker"]),
    KAFKA,
    TOPIC,
    USER,
    MIRROR_MAKER,
    OTHER_MIRROR_MAKER,
];

/** One change of the good stack, at one resource. */
export interface Edit {
    /** Name of the resource. */
    readonly of: string;
    /** Path in its properties; the value `undefined` removes the property. */
    readonly set?: readonly [path: Path, value: unknown];
    /** Changes besides its properties. */
    readonly options?: Partial<Resource>;
}

export function goodStackWith(...edits: readonly Edit[]): Resource[] {
    return edits.reduce<Resource[]>(
        (stack, edit) => {
            const index = stack.findIndex(({ name }) => name === edit.of);
            const found = stack[index];
            if (found === undefined) {
                throw new Error(`the stack has no resource "${edit.of}"`);
            }
            const inProps = edit.set === undefined ? found : edited(found, ...edit.set);
            return stack.with(index, { ...inProps, ...edit.options });
        },
        [...GOOD_STACK],
    );
}

/** A copy of a resource with another value at a path of its properties. */
export function edited(resource: Resource, path: Path, value: unknown): Resource {
    return { ...resource, props: changed(resource.props, path, value) as Resource["props"] };
}

function changed(container: unknown, path: Path, value: unknown): unknown {
    const [first, ...rest] = path;
    if (first === undefined) {
        return value;
    }
    if (Array.isArray(container)) {
        const list: unknown[] = container;
        const index = Number(first);
        return Object.assign([...list], { [index]: changed(list[index], rest, value) });
    }
    const map = (container ?? {}) as Record<string, unknown>;
    return { ...map, [first]: changed(map[first], rest, value) };
}

/** Every path in a value, except its root. */
export function pathsIn(value: unknown): Path[] {
    if (typeof value !== "object" || value === null) {
        return [];
    }
    return Object.entries(value).flatMap(([name, member]) => {
        const key = Array.isArray(value) ? Number(name) : name;
        return [[key], ...pathsIn(member).map((path) => [key, ...path])];
    });
}
