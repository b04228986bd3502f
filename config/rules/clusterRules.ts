import { brokerConfig, configNumber, nodesWithRole } from "../brokerConfig";
import { cpuInMillis, heapInBytes, quantityInBytes } from "../quantity";
import type { ListenerSettings, ManagedSite, ResourceSettings } from "../settingsSchema";
import { HEAP_SHARE_OF_MEMORY_LIMIT } from "../throughput/memory";
import { isIgnoredBrokerConfig } from "./ignoredConfig";
import { entry, type Finding, type KeyedSite, managedSites, rule } from "./rule";

/** Replication factors in the broker configuration. */
const REPLICATION_FACTORS = [
    "default.replication.factor",
    "offsets.topic.replication.factor",
    "transaction.state.log.replication.factor",
    "share.coordinator.state.topic.replication.factor",
];

/** Each minimum of in-sync replicas with the replication factor that limits it. */
const MIN_IN_SYNC_REPLICAS = [
    ["min.insync.replicas", "default.replication.factor"],
    ["transaction.state.log.min.isr", "transaction.state.log.replication.factor"],
    ["share.coordinator.state.topic.min.isr", "share.coordinator.state.topic.replication.factor"],
] as const;

/** A rule that checks the source and the target separately. */
function clusterRule(
    id: string,
    summary: string,
    check: (keyed: KeyedSite<ManagedSite>) => readonly Finding[],
) {
    const perSite = (name: "source" | "target") =>
        rule({
            id,
            summary,
            severity: "error",
            needs: [name],
            check: (settings) => managedSites(settings).flatMap(check),
        });
    return [perSite("source"), perSite("target")] as const;
}

function missingRole(role: "broker" | "controller") {
    return clusterRule(
        `no-${role}`,
        `A cluster needs at least one node with the role ${role}.`,
        ({ key, site }) =>
            nodesWithRole(site, role) > 0
                ? []
                : [
                      {
                          key: `${key}.nodePools`,
                          value: site.nodePools.map((pool) => pool.roles),
                          message: `must have at least one pool with the role "${role}"`,
                      },
                  ],
    );
}

const replicationFactor = clusterRule(
    "replication-factor-above-brokers",
    "A replication factor in the broker configuration cannot exceed the number of brokers.",
    ({ key, site }) => {
        const brokers = nodesWithRole(site, "broker");
        return REPLICATION_FACTORS.filter(
            (name) => brokers > 0 && (configNumber(site.config, name) ?? 0) > brokers,
        ).map((name) => ({
            key: `${key}.config${entry(name)}`,
            value: site.config[name],
            message: `must be at most ${brokers}, the number of brokers`,
        }));
    },
);

const minInSyncReplicas = clusterRule(
    "min-isr-above-replication-factor",
    "If min.insync.replicas exceeds the replication factor, no producer with acks=all can write.",
    ({ key, site }) => {
        const config = brokerConfig(site);
        return MIN_IN_SYNC_REPLICAS.flatMap(([name, factorName]) => {
            const factor = configNumber(config, factorName) ?? 1;
            return (configNumber(config, name) ?? 1) <= factor
                ? []
                : [
                      {
                          key: `${key}.config${entry(name)}`,
                          value: config[name],
                          message: `must be at most ${factor}, the value of ${factorName}; otherwise no producer with acks=all can write`,
                      },
                  ];
        });
    },
);

const heap = clusterRule(
    "heap-above-memory-limit",
    "The Java heap may take at most 75 % of the memory limit; the rest is for metaspace, threads and direct buffers.",
    ({ key, site }) =>
        site.nodePools.flatMap((pool, index) =>
            heapFindings(`${key}.nodePools[${index}]`, pool.jvmHeap, pool.resources.limits.memory),
        ),
);

/**
 * Requests above their limits: Kubernetes refuses such a pod, and only the operator's log shows it.
 */
export function resourceFindings(key: string, resources: ResourceSettings): Finding[] {
    const { requests, limits } = resources;
    const found: Finding[] = [];
    if (limits.cpu !== undefined && cpuInMillis(requests.cpu) > cpuInMillis(limits.cpu)) {
        found.push({
            key: `${key}.requests.cpu`,
            value: requests.cpu,
            message: `must be at most the limit ${limits.cpu}`,
        });
    }
    if ((quantityInBytes(requests.memory) ?? 0) > (quantityInBytes(limits.memory) ?? Infinity)) {
        found.push({
            key: `${key}.requests.memory`,
            value: requests.memory,
            message: `must be at most the limit ${limits.memory}`,
        });
    }
    return found;
}

const requests = clusterRule(
    "request-above-limit",
    "A container's request cannot exceed its limit.",
    ({ key, site }) => [
        ...site.nodePools.flatMap((pool, index) =>
            resourceFindings(`${key}.nodePools[${index}].resources`, pool.resources),
        ),
        ...resourceFindings(`${key}.entityOperator.resources`, site.entityOperator.resources),
    ],
);

/** Heaps above 75 % of the memory limit: of brokers here, of Connect workers in mirrorRules. */
export function heapFindings(
    key: string,
    heapSize: string | undefined,
    memoryLimit: string,
): Finding[] {
    const heapBytes = heapSize === undefined ? undefined : heapInBytes(heapSize);
    const limitBytes = quantityInBytes(memoryLimit);
    if (heapBytes === undefined || limitBytes === undefined) {
        return [];
    }
    const most = Math.floor((limitBytes * HEAP_SHARE_OF_MEMORY_LIMIT) / 2 ** 20);
    return heapBytes <= limitBytes * HEAP_SHARE_OF_MEMORY_LIMIT
        ? []
        : [
              {
                  key: `${key}.jvmHeap`,
                  value: heapSize,
                  message: `must be at most ${most}m, 75 % of the memory limit ${memoryLimit}, otherwise the container is killed when the heap fills`,
              },
          ];
}

const listeners = clusterRule(
    "duplicate-listener",
    "Names and ports of listeners are unique in a cluster.",
    ({ key, site }) =>
        site.listeners.flatMap((listener, index) => {
            const earlier = site.listeners.slice(0, index);
            return (["name", "port"] as const)
                .filter((field) => earlier.some((other) => other[field] === listener[field]))
                .map((field) => ({
                    key: `${key}.listeners[${index}].${field}`,
                    value: listener[field],
                    message: `must be unique among the listeners of this cluster`,
                }));
        }),
);

const tlsForExposure = clusterRule(
    "exposure-without-tls",
    "Strimzi exposes `ingress` and `route` listeners only with TLS.",
    ({ key, site }) =>
        site.listeners.flatMap((listener, index) =>
            (listener.type === "ingress" || listener.type === "route") && !listener.tls
                ? [
                      {
                          key: `${key}.listeners[${index}].tls`,
                          value: listener.tls,
                          message: `must be true for a listener of type "${listener.type}"`,
                      },
                  ]
                : [],
        ),
);

const ingressHosts = clusterRule(
    "ingress-without-hosts",
    "Strimzi needs the hostnames of an `ingress` listener: `bootstrap.host`, and one for each broker.",
    ({ key, site }) =>
        site.listeners.flatMap((listener, index) =>
            listener.type === "ingress" && !hasBootstrapHost(listener.configuration)
                ? [
                      {
                          key: `${key}.listeners[${index}].configuration`,
                          value: listener.configuration,
                          message:
                              'must have bootstrap.host, and brokers with broker and host, for a listener of type "ingress"',
                      },
                  ]
                : [],
        ),
);

function hasBootstrapHost(configuration: ListenerSettings["configuration"]): boolean {
    const bootstrap = configuration?.bootstrap;
    return typeof bootstrap === "object" && bootstrap !== null && "host" in bootstrap;
}

const ignoredConfig = clusterRule(
    "ignored-broker-config",
    "Strimzi sets some broker configuration itself and silently ignores it in `config`.",
    ({ key, site }) =>
        Object.entries(site.config)
            .filter(([name]) => isIgnoredBrokerConfig(name))
            .map(([name, value]) => ({
                key: `${key}.config${entry(name)}`,
                value,
                message: "is set by Strimzi, which ignores this value without an error; remove it",
            })),
);

export const clusterRules = [
    ...missingRole("controller"),
    ...missingRole("broker"),
    ...replicationFactor,
    ...minInSyncReplicas,
    ...heap,
    ...requests,
    ...listeners,
    ...tlsForExposure,
    ...ingressHosts,
    ...ignoredConfig,
];
