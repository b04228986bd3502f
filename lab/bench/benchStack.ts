/** Name of the benchmark's stack. */
export const STACK = "bench";

export const SOURCE = { namespace: "kafka-source", name: "my-cluster" } as const;
export const TARGET = { namespace: "kafka-target", name: "my-cluster-tgt" } as const;
export const MIRROR = "my-mm2-cluster";

/**
 * Heap of each JVM in MiB. MM2 needs room for a full `buffer.memory` of small records: 32 MiB per task
 * hold 300,000 records of 100 bytes, and Connect keeps about a kilobyte for each of them.
 */
export const HEAP_MEGABYTES = { mirrorMaker: 2048, source: 768, target: 768 } as const;

/** Memory for all processes together, in MiB. */
export const MEMORY_MEGABYTES = 10_240;

/** The listeners of a site; those with `far` are behind the proxy. */
export type ListenerName = "tls" | "plain" | "tlsfar" | "plainfar";

const LISTENERS: readonly { name: ListenerName; port: number; tls: boolean }[] = [
    { name: "tls", port: 9093, tls: true },
    { name: "plain", port: 9092, tls: false },
    { name: "tlsfar", port: 9095, tls: true },
    { name: "plainfar", port: 9096, tls: false },
];

/** The listeners that are behind proxies. */
export const FAR_LISTENERS: readonly ListenerName[] = ["tlsfar", "plainfar"];

function site(side: "source" | "target") {
    const { namespace, name } = side === "source" ? SOURCE : TARGET;
    return {
        name,
        namespace,
        context: "lab",
        createNamespace: true,
        nodePools: [
            {
                name: "combined",
                roles: ["controller", "broker"],
                replicas: 1,
                storage: { type: "ephemeral" },
                jvmHeap: `${HEAP_MEGABYTES[side]}m`,
            },
        ],
        listeners: LISTENERS.map((listener) => ({ ...listener, type: "internal" })),
    };
}

/**
 * The config of the stack: that of the demo, with a listener for each transport and distance, and
 * without a worker until a backlog exists.
 */
export const CONFIG = {
    "pulumi:disable-default-providers": ["kubernetes"],
    "kafka-dr:security": { allowInsecureListeners: true },
    "kafka-dr:source": site("source"),
    "kafka-dr:target": site("target"),
    "kafka-dr:mirror": {
        name: MIRROR,
        replicas: 0,
        topicsPattern: "bench-none",
        jvmHeap: `${HEAP_MEGABYTES.mirrorMaker}m`,
        resources: {
            requests: { cpu: "2", memory: "3Gi" },
            limits: { cpu: "2", memory: "3Gi" },
        },
        refreshTopicsIntervalSeconds: 5,
    },
};
