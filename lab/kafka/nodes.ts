import type { LabContext } from "../context";
import type { KafkaObject, KafkaNodePoolObject, NodeRole } from "../objects";
import { freePorts } from "../process/ports";

/** One Kafka process of a cluster: a broker, a controller or both. */
export interface KafkaNode {
    readonly id: number;
    /** `<cluster>-<pool>-<id>`, the name of the pod. */
    readonly name: string;
    readonly pool: string;
    readonly roles: readonly NodeRole[];
    readonly jvmOptions?: { readonly "-Xmx"?: string };
}

/** The loopback ports of the listeners of one node. */
export interface NodePorts {
    readonly controller?: number;
    readonly replication?: number;
    /** By the name of the listener in the Kafka object. */
    readonly listeners: ReadonlyMap<string, number>;
    /** The ports to advertise where they differ, by listener; see `LabContext.advertise`. */
    readonly advertised?: ReadonlyMap<string, number>;
}

const NEXT_NODE_IDS = "strimzi.io/next-node-ids";

/**
 * The node ids of an annotation such as `[0-2, 5, 12-10]` in their order; none when the annotation
 * is missing or malformed. Strimzi ignores a malformed one with a warning.
 */
function* annotatedIds(annotation: string | undefined): Generator<number> {
    const text = annotation?.replaceAll(/\s/g, "") ?? "";
    if (!/^\[(\d+(-\d+)?)(,\d+(-\d+)?)*\]$/.test(text)) {
        return;
    }
    for (const range of text.slice(1, -1).split(",")) {
        const [first = 0, last = first] = range.split("-").map(Number);
        const step = first <= last ? 1 : -1;
        for (let id = first; id !== last + step; id += step) {
            yield id;
        }
    }
}

function* allIds(): Generator<number> {
    for (let id = 0; ; id++) {
        yield id;
    }
}

function firstFree(ids: Iterable<number>, used: ReadonlySet<number>): number | undefined {
    for (const id of ids) {
        if (!used.has(id)) {
            return id;
        }
    }
    return undefined;
}

/** The node pools of a cluster, selected by namespace and the label `strimzi.io/cluster`. */
export function poolsOf(
    cluster: { readonly name: string; readonly namespace?: string },
    pools: readonly KafkaNodePoolObject[],
): KafkaNodePoolObject[] {
    return pools.filter(
        ({ metadata }) =>
            metadata.namespace === cluster.namespace &&
            metadata.labels?.["strimzi.io/cluster"] === cluster.name,
    );
}

/**
 * The nodes of new pools with the ids that Strimzi's operator assigns. It goes through the pools by
 * name and takes ids from the pool's `strimzi.io/next-node-ids`, then the lowest free ids.
 */
export function assignNodes(
    clusterName: string,
    pools: readonly KafkaNodePoolObject[],
): KafkaNode[] {
    const used = new Set<number>();
    const byName = [...pools].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    return byName.flatMap(({ metadata, spec }) => {
        const annotation = metadata.annotations?.[NEXT_NODE_IDS];
        return Array.from({ length: spec.replicas }, () => {
            const id = firstFree(annotatedIds(annotation), used) ?? firstFree(allIds(), used) ?? 0;
            used.add(id);
            return {
                id,
                name: `${clusterName}-${metadata.name}-${id}`,
                pool: metadata.name,
                roles: spec.roles,
                ...(spec.jvmOptions ? { jvmOptions: spec.jvmOptions } : {}),
            };
        });
    });
}

/** Assigns free ports, and the ports to advertise, to every listener of every node; by node id. */
export async function assignPorts(
    lab: Pick<LabContext, "advertise">,
    kafka: KafkaObject,
    nodes: readonly KafkaNode[],
): Promise<Map<number, NodePorts>> {
    const { name: cluster, namespace } = kafka.metadata;
    const names = kafka.spec.kafka.listeners.map(({ name }) => name);
    const ports = new Map<number, NodePorts>();
    for (const { id: nodeId, roles } of nodes) {
        const isBroker = roles.includes("broker");
        const [controller, replication, ...others] = await freePorts(
            2 + (isBroker ? names.length : 0),
        );
        const listeners = new Map(isBroker ? names.map((name, i) => [name, others[i] ?? 0]) : []);
        const advertised = new Map<string, number>();
        for (const [listener, port] of listeners) {
            const other = await lab.advertise?.({ cluster, namespace, nodeId, listener, port });
            if (other !== undefined) {
                advertised.set(listener, other);
            }
        }
        ports.set(nodeId, {
            ...(roles.includes("controller") && controller !== undefined && { controller }),
            ...(isBroker && replication !== undefined && { replication }),
            listeners,
            ...(advertised.size > 0 && { advertised }),
        });
    }
    return ports;
}
