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

const resources = partial({
    requests: partial({ cpu, memory }),
    limits: partial({ cpu, memory }),
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

/** Pools that make a whole cluster, since the first has both roles. */
const combinedPools = fc
    .tuple(nodePool, fc.array(nodePool, { maxLength: 2 }))
    .map(([first, others]) => [{ ...first, roles: ["controller", "broker"] }, ...others]);

const listener = fc.record(
    {
        name: fc.stringMatching(/^[a-z0-9]{1,11}$/),
        port: fc.integer({ min: 9092, max: 9400 }),
        type: fc.constantFrom("internal", "cluster-ip", "nodeport", "loadbalancer", "ingress"),
        tls: fc.boolean(),
    },
    { requiredKeys: ["name", "port"] },
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
        listeners: fc.array(listener, { minLength: 1, maxLength: 3 }),
        config,
        entityOperator: partial({ topicOperator: fc.boolean(), userOperator: fc.boolean() }),
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
        protect: fc.boolean(),
        retainOnDelete: fc.boolean(),
        readinessTimeouts: partial({ kafkaSeconds: seconds, mirrorMakerSeconds: seconds }),
    },
    { requiredKeys: ["source", "target", "mirror"] },
);
