import type { ManagedSite, NodePoolSettings } from "../../config/settingsSchema";
import type { KafkaNodePoolObject } from "../resources";
import { jvmOptions, resourceRequirements } from "./podTemplate";

type PoolStorage = KafkaNodePoolObject["spec"]["storage"];

/** The KafkaNodePools of a cluster. */
export function kafkaNodePools(site: ManagedSite): KafkaNodePoolObject[] {
    return site.nodePools.map((pool) => kafkaNodePool(site, pool));
}

function kafkaNodePool(site: ManagedSite, pool: NodePoolSettings): KafkaNodePoolObject {
    return {
        apiVersion: "kafka.strimzi.io/v1",
        kind: "KafkaNodePool",
        metadata: {
            name: pool.name,
            namespace: site.namespace,
            labels: { "strimzi.io/cluster": site.name },
            ...(pool.nextNodeIds !== undefined && {
                annotations: { "strimzi.io/next-node-ids": pool.nextNodeIds },
            }),
        },
        spec: {
            replicas: pool.replicas,
            roles: [...pool.roles],
            storage: poolStorage(pool.storage),
            ...resourceRequirements(pool.resources),
            ...jvmOptions(pool.jvmHeap),
        },
    };
}

/**
 * Persistent storage is a JBOD of one volume: Strimzi never lets the type of a pool's storage
 * change, and only a JBOD can be given a second volume later.
 */
function poolStorage(storage: NodePoolSettings["storage"]): PoolStorage {
    if (storage.type === "ephemeral") {
        return {
            type: "ephemeral",
            ...(storage.sizeLimit !== undefined && { sizeLimit: storage.sizeLimit }),
        };
    }
    return {
        type: "jbod",
        volumes: [
            {
                id: 0,
                type: "persistent-claim",
                size: storage.size,
                ...(storage.class !== undefined && { class: storage.class }),
                deleteClaim: storage.deleteClaim,
                kraftMetadata: "shared",
            },
        ],
    };
}
