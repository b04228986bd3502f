/** What runs of a stack, by the names that its settings have for it. */
import type { KafkaConnection } from "../../kafka/connection";
import type { LabMirrorMaker } from "../connect/mirrorMaker";
import type { LabKafkaCluster } from "../kafka/kafkaCluster";
import { clientListener } from "./labBackend";
import type { RunningStack } from "./runStack";

/** How Kubernetes names an object of one kind. */
interface ObjectName {
    readonly namespace: string;
    readonly name: string;
}

/** @throws when the stack runs no such Kafka */
export function clusterOf(
    { clusters }: Pick<RunningStack, "clusters">,
    { namespace, name }: ObjectName,
): LabKafkaCluster {
    return running(clusters.get(`${namespace}/${name}`), `Kafka ${namespace}/${name}`);
}

/** @throws when the stack runs no such KafkaMirrorMaker2 */
export function mirrorMakerOf(
    { mirrorMakers }: Pick<RunningStack, "mirrorMakers">,
    { namespace, name }: ObjectName,
): LabMirrorMaker {
    const id = `${namespace}/${name}`;
    return running(mirrorMakers.get(id), `KafkaMirrorMaker2 ${id}`);
}

/**
 * How a user of the stack reaches a cluster, with the Secret of its KafkaUser.
 * @param listener the first of the cluster's that clients may use by default
 */
export function connectionAs(
    { users }: Pick<RunningStack, "users">,
    cluster: LabKafkaCluster,
    user: string,
    listener = clientListener(cluster),
): KafkaConnection {
    const operator = users.get(`${cluster.namespace}/${cluster.name}`);
    return cluster.connection(listener, operator?.credentials(user));
}

/** @throws saying what does not run, where it is undefined */
export function running<T>(value: T | undefined, what: string): T {
    if (value === undefined) {
        throw new Error(`the lab does not run ${what}`);
    }
    return value;
}
