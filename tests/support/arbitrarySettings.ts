import fc from "fast-check";
import type { RawSettings } from "./rawSettings";

/*
 * Raw settings as people could write them: most are accepted, some break a rule between settings.
 * Properties ask that each is either refused by SettingsError or built into valid objects.
 */

const kubernetesName = fc.stringMatching(/^[a-z][a-z0-9-]{0,18}[a-z0-9]$/);
const topicName = fc
    .stringMatching(/^[A-Za-z0-9._-]{1,40}$/)
    .filter((name) => !/^\.\.?$/.test(name));
const alias = fc.stringMatching(/^[A-Za-z0-9._-]{1,30}$/);
const configValue = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/),
);
const configName = fc.stringMatching(/^[a-z]{2,8}(\.[a-z]{2,8}){0,4}$/);
const config = fc.dictionary(configName, configValue, { maxKeys: 4 });
const memory = fc.constantFrom("1Gi", "2Gi", "8Gi", "1500M", "1.5Gi");
const cpu = fc.constantFrom<string | number>("500m", "2", 1, 0.5);
const heap = fc.constantFrom("256m", "512m", "700m");

/** A record in which every key may be missing. */
function partial(model: Record<string, fc.Arbitrary<unknown>>) {
    return fc.record(model, { requiredKeys: [] });
}

const resources = fc.record({
    requests: fc.record({ cpu, memory: fc.constantFrom("512Mi", "1Gi") }),
    limits: fc.oneof(fc.record({ memory }), fc.record({ cpu: fc.constantFrom("2", 3), memory })),
});

const storage = fc.oneof(
    fc.record({ type: fc.constant("ephemeral"), sizeLimit: memory }, { requiredKeys: ["type"] }),
    fc.record(
        {
            type: fc.constant("persistent-claim"),
            size: memory,
            class: kubernetesName,
            deleteClaim: fc.boolean(),
        },
        { requiredKeys: ["type", "size"] },
    ),
);

const nodePool = fc.record(
    {
        name: kubernetesName,
        roles: fc.subarray(["controller", "broker"], { minLength: 1 }),
        replicas: fc.integer({ min: 1, max: 9 }),
        nextNodeIds: fc.constantFrom("[0-9]", "[10-100]", "[1, 3-5]"),
        storage,
        resources,
        jvmHeap: heap,
    },
    { requiredKeys: ["name", "roles", "replicas", "storage"] },
);

/** Pools that form a complete cluster, because the first has both roles. */
const combinedPools = fc
    .tuple(nodePool, fc.array(nodePool, { maxLength: 2 }))
    .map(([first, others]) => [{ ...first, roles: ["controller", "broker"] }, ...others]);

const listener = fc.record(
    {
        name: fc.stringMatching(/^[a-z0-9]{1,11}$/),
        port: fc.integer({ min: 9092, max: 9400 }),
        type: fc.constantFrom("internal", "cluster-ip", "nodeport", "loadbalancer", "ingress"),
        tls: fc.boolean(),
        authentication: fc.constantFrom("scram-sha-512", "scram-sha-512", "tls", "none"),
    },
    { requiredKeys: ["name", "port"] },
);

/** Mostly listeners that break no rule, sometimes arbitrary ones. */
const listeners = fc.oneof(
    {
        arbitrary: fc.constantFrom(
            [{ name: "tls", port: 9093 }],
            [{ name: "tls", port: 9093, authentication: "tls" }],
            [
                { name: "tls", port: 9093 },
                { name: "external", port: 9094, type: "loadbalancer" },
                { name: "nodes", port: 9095, type: "nodeport", authentication: "tls" },
            ],
        ),
        weight: 4,
    },
    { arbitrary: fc.array(listener, { minLength: 1, maxLength: 3 }), weight: 1 },
);

const managedSite = fc.record(
    {
        name: kubernetesName,
        alias,
        namespace: kubernetesName,
        context: fc.constantFrom("one", "two"),
        kubeconfig: fc.constantFrom("/etc/kube/config", "~/.kube/config"),
        clusterIdentifier: alias,
        createNamespace: fc.boolean(),
        kafkaVersion: fc.constantFrom("4.2.0", "4.2.1", "4.3.0", "4.3.1"),
        nodePools: fc.oneof(
            { arbitrary: combinedPools, weight: 9 },
            { arbitrary: fc.array(nodePool, { minLength: 1, maxLength: 3 }), weight: 1 },
        ),
        listeners,
        authorization: fc.constantFrom("simple", "simple", "simple", "none"),
        config,
        entityOperator: fc.oneof(
            { arbitrary: partial({ topicOperator: fc.boolean(), resources }), weight: 4 },
            { arbitrary: fc.record({ userOperator: fc.boolean() }), weight: 1 },
        ),
        metrics: fc.boolean(),
    },
    { requiredKeys: ["name", "namespace", "context", "nodePools"] },
);

const existingSite = fc.record(
    {
        managed: fc.constant(false),
        name: kubernetesName,
        alias,
        namespace: kubernetesName,
        context: fc.constantFrom("one", "two"),
        bootstrapServers: fc.constantFrom("kafka:9092", "a.example.com:9094,b.example.com:9094"),
        tls: fc.boolean(),
        caSecretName: kubernetesName,
    },
    { requiredKeys: ["managed", "name", "namespace", "context", "bootstrapServers"] },
);

const pattern = fc.constantFrom(".*", "orders.*", "orders, payments.*", "team-[a-z]+\\..*");
const seconds = fc.integer({ min: 1, max: 600 });

const mirror = fc.record(
    {
        name: kubernetesName,
        replicas: fc.integer({ min: 0, max: 5 }),
        tasksMax: fc.integer({ min: 1, max: 50 }),
        sourceBootstrapServers: fc.constant("source.example.com:9094"),
        topicsPattern: pattern,
        groupsPattern: pattern,
        replicationPolicy: fc.constantFrom("identity", "default"),
        replicationPolicySeparator: fc.constantFrom(".", "-", "_"),
        offsetSyncsTopicLocation: fc.constantFrom("source", "target"),
        offsetLagMax: fc.integer({ min: 0, max: 10_000 }),
        throughput: fc.record(
            {
                recordsPerSecond: fc.integer({ min: 1, max: 1_000_000 }),
                recordBytes: fc.integer({ min: 1, max: 1_000_000 }),
                partitions: fc.integer({ min: 1, max: 1000 }),
                roundTripMs: fc.integer({ min: 0, max: 300 }),
                linkMbitPerSecond: fc.integer({ min: 1, max: 10_000 }),
                compressionRatio: fc.constantFrom(1, 2.5),
            },
            { requiredKeys: ["recordsPerSecond", "recordBytes", "partitions"] },
        ),
        profile: fc.constantFrom("kafka", "tutorial", "lan", "wan"),
        producerOverrides: config,
        consumerOverrides: config,
        workerConfig: config,
        refreshTopicsIntervalSeconds: seconds,
        emitCheckpointsIntervalSeconds: seconds,
        syncGroupOffsetsEnabled: fc.boolean(),
        syncTopicAclsEnabled: fc.boolean(),
        autoRestart: partial({ enabled: fc.boolean(), maxRestarts: fc.integer({ min: 1 }) }),
        resources,
        jvmHeap: heap,
        jvmFlags: fc.dictionary(
            fc.constantFrom("UseParallelGC", "MaxGCPauseMillis", "CompileCommand"),
            fc.oneof(fc.boolean(), fc.nat(), fc.constantFrom("a,b::*,0.1", "x=y")),
            { maxKeys: 2 },
        ),
        exactlyOnceSourceSupport: fc.constantFrom("disabled", "preparing", "enabled"),
        credentialsRevision: fc.integer({ min: 1, max: 9 }),
        metrics: fc.boolean(),
    },
    { requiredKeys: ["name"] },
);

const topic = fc.record(
    {
        name: topicName,
        partitions: fc.integer({ min: 1, max: 100 }),
        replicas: fc.integer({ min: 1, max: 5 }),
        config,
    },
    { requiredKeys: ["name", "partitions"] },
);

const kafkaResource = fc.record(
    { name: topicName, patternType: fc.constantFrom("literal", "prefix") },
    { requiredKeys: ["name"] },
);
const kafkaResources = fc.array(kafkaResource, { maxLength: 2 });

const user = fc.record(
    {
        name: fc.stringMatching(/^app-[a-z0-9]{1,8}$/),
        produces: kafkaResources,
        consumes: kafkaResources,
        groups: kafkaResources,
        transactionalIds: kafkaResources,
        credentialsRevision: fc.integer({ min: 1, max: 3 }),
    },
    { requiredKeys: ["name"] },
);

const cidrs = fc.array(fc.constantFrom("10.0.0.0/8", "203.0.113.7/32", "2001:db8::/32"), {
    maxLength: 2,
});
const peer = fc.constantFrom(
    { namespaceSelector: { matchLabels: { name: "monitoring" } } },
    { podSelector: { matchExpressions: [{ key: "app", operator: "Exists" }] } },
    { ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } },
);

const networkPolicies = partial({
    enabled: fc.boolean(),
    restApiFrom: fc.array(peer, { maxLength: 2 }),
    metricsFrom: fc.array(peer, { maxLength: 2 }),
    sourceCidrs: cidrs,
    targetCidrs: cidrs,
    apiServerPorts: fc.constantFrom([443], [443, 6443]),
});

const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
const images = partial({
    kafka: digest.map((hash) => `quay.io/strimzi/kafka@sha256:${hash}`),
    operator: digest.map(
        (hash) => `registry.example.com:5000/strimzi/operator:1.2.0@sha256:${hash}`,
    ),
});

/** The settings of a whole stack. */
export const arbitrarySettings: fc.Arbitrary<RawSettings> = fc.record(
    {
        source: fc.oneof(
            { arbitrary: managedSite, weight: 4 },
            { arbitrary: existingSite, weight: 1 },
        ),
        target: fc.oneof(
            { arbitrary: managedSite, weight: 4 },
            { arbitrary: existingSite, weight: 1 },
        ),
        mirror,
        topics: fc.array(topic, { maxLength: 3 }),
        users: fc.oneof(
            { arbitrary: fc.constant([]), weight: 1 },
            { arbitrary: fc.array(user, { maxLength: 3 }), weight: 1 },
        ),
        security: fc.record({ allowInsecureListeners: fc.boolean() }),
        networkPolicies,
        images,
        protect: fc.boolean(),
        retainOnDelete: fc.boolean(),
        readinessTimeouts: partial({ kafkaSeconds: seconds, mirrorMakerSeconds: seconds }),
    },
    { requiredKeys: ["source", "target", "mirror"] },
);
