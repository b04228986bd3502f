import { isDeepStrictEqual } from "node:util";
import type { ObjectMeta } from "../../strimzi/generated/types/ObjectMeta";
import { validateStrimziObject } from "../../strimzi/schema/validate";
import { LabMirrorMaker } from "../connect/mirrorMaker";
import type { LabContext } from "../context";
import { type LabKafkaCluster, startKafkaCluster } from "../kafka/kafkaCluster";
import { readyCondition } from "../kafka/kafkaStatus";
import { applyTopic, deleteTopic, topicName } from "../kafka/topics";
import type {
    KafkaMirrorMaker2Object,
    KafkaNodePoolObject,
    KafkaObject,
    KafkaTopicObject,
    KafkaUserObject,
    SecretLookup,
} from "../objects";
import { LabUserOperator } from "../users/userOperator";
import { CONFIG_MAP, idOf, type KubernetesObject, type LabObjects } from "./labObjects";

const STRIMZI = "kubernetes:kafka.strimzi.io/v1:";

/** A Strimzi object and, if it existed, its previous version. */
interface Change<T> {
    readonly id: string;
    readonly object: T;
    readonly before: T | undefined;
}

/** Stands for Strimzi's operators: starts and changes processes to match the objects. */
export class LabOperators {
    readonly clusters = new Map<string, LabKafkaCluster>();
    readonly mirrorMakers = new Map<string, LabMirrorMaker>();
    readonly users = new Map<string, LabUserOperator>();
    /** The services of all clusters, including those that start after a MirrorMaker 2. */
    private readonly services = new Map<string, string>();
    /** The last deployed version of each object, by type and id. */
    private readonly deployed = new Map<string, object>();

    constructor(
        private readonly lab: LabContext,
        private readonly kafkaVersion: string,
        private readonly objects: LabObjects,
        private readonly onStep: (text: string) => void,
    ) {}

    /** Finds a Secret, including those that Strimzi's operators create. */
    readonly secret: SecretLookup = (namespace, name) =>
        this.objects.secret(namespace, name) ??
        [...this.clusters]
            .flatMap(([id, cluster]) => [
                cluster.caCertSecret,
                cluster.clientsCaCertSecret,
                this.users.get(id)?.secret(name),
            ])
            .find(
                (secret) =>
                    secret?.metadata.namespace === namespace && secret.metadata.name === name,
            );

    /**
     * Deploys one object and returns its status as the operator would set it; undefined for an object
     * that no Strimzi operator watches.
     * @throws for objects that Strimzi's schemas refuse and for changes that the lab does not support
     */
    async deploy(type: string, id: string, object: object): Promise<unknown> {
        if (!type.startsWith(STRIMZI)) {
            return undefined;
        }
        refuseInvalid(type, id, object);
        const before = this.deployed.get(`${type} ${id}`);
        const status = await this.reconcileObject(type, id, object, before);
        this.deployed.set(`${type} ${id}`, object);
        return status;
    }

    private async reconcileObject(
        type: string,
        id: string,
        object: object,
        before: object | undefined,
    ): Promise<unknown> {
        switch (type.slice(STRIMZI.length)) {
            case "KafkaNodePool":
                return this.deployNodePool(changeOf(id, object, before));
            case "Kafka":
                return this.deployKafka(changeOf(id, object, before));
            case "KafkaTopic":
                return this.deployTopic(changeOf(id, object, before));
            case "KafkaUser":
                return this.runningOf(this.users, object as KafkaUserObject).apply(
                    object as KafkaUserObject,
                );
            case "KafkaMirrorMaker2":
                return this.deployMirrorMaker(id, object as KafkaMirrorMaker2Object);
            default:
                throw new Error(`The lab does not support ${type}.`);
        }
    }

    /** Does what Strimzi's operators do when an object is deleted. */
    async remove(type: string, id: string, object: KubernetesObject): Promise<void> {
        await this.stopProcesses(type, id, object);
        this.deployed.delete(`${type} ${id}`);
    }

    private async stopProcesses(type: string, id: string, object: KubernetesObject): Promise<void> {
        switch (type) {
            case `${STRIMZI}Kafka`:
                this.onStep(`Deleting Kafka ${id}`);
                for (const service of this.clusters.get(id)?.services.keys() ?? []) {
                    this.services.delete(service);
                }
                await this.clusters.get(id)?.remove();
                this.clusters.delete(id);
                this.users.delete(id);
                break;
            case `${STRIMZI}KafkaMirrorMaker2`:
                this.onStep(`Deleting MirrorMaker 2 ${id}`);
                await this.mirrorMakers.get(id)?.stop();
                this.mirrorMakers.delete(id);
                break;
            case `${STRIMZI}KafkaTopic`: {
                // A finalizer keeps the object until the Topic Operator has deleted the topic.
                const topic = object as KafkaTopicObject;
                const cluster = this.runningOf(this.clusters, topic);
                await deleteTopic(cluster.adminConnection(), topicName(topic));
                break;
            }
            case `${STRIMZI}KafkaUser`: {
                // It has no finalizer: the object goes immediately, even if its cluster is gone.
                const cluster = clusterId(object.metadata as ObjectMeta);
                if (this.clusters.get(cluster)?.running === true) {
                    await this.users.get(cluster)?.delete(object.metadata.name);
                }
                break;
            }
        }
    }

    /**
     * Reconciles the topics and users of a cluster with their objects, as the Topic and the User
     * Operator do periodically.
     */
    async reconcile(id: string): Promise<void> {
        for (const type of [`${STRIMZI}KafkaTopic`, `${STRIMZI}KafkaUser`]) {
            for (const object of this.objects.ofType(type)) {
                if (clusterId(object.metadata as ObjectMeta) === id) {
                    await this.deploy(type, idOf(object), object);
                }
            }
        }
    }

    private deployNodePool({ id, object, before }: Change<KafkaNodePoolObject>) {
        if (before !== undefined && this.clusters.has(clusterId(object.metadata))) {
            refuseChange(`KafkaNodePool ${id}`, before.spec, object.spec);
        }
        return {};
    }

    private async deployKafka({ id, object, before }: Change<KafkaObject>) {
        const running = this.clusters.get(id);
        if (running !== undefined && before !== undefined) {
            refuseChange(`Kafka ${id}`, before.spec, object.spec);
            return running.status;
        }
        this.onStep(`Starting Kafka ${id}`);
        const pools = this.objects.ofType(`${STRIMZI}KafkaNodePool`);
        const cluster = await startKafkaCluster(this.lab, {
            kafka: object,
            nodePools: pools as unknown as KafkaNodePoolObject[],
            kafkaVersion: this.kafkaVersion,
            configMaps: this.objects.configMap,
        });
        this.clusters.set(id, cluster);
        this.users.set(id, new LabUserOperator(this.lab, cluster, this.secret));
        for (const [service, address] of cluster.services) {
            this.services.set(service, address);
        }
        const nodes = cluster.nodes.map(({ roles }) => roles.join(" and ")).join(", ");
        this.onStep(`Kafka ${id} is Ready (${nodes})`);
        return cluster.status;
    }

    private async deployTopic({ object, before }: Change<KafkaTopicObject>) {
        const cluster = this.runningOf(this.clusters, object);
        await applyTopic(cluster.adminConnection(), object, before);
        return { conditions: [readyCondition(new Date())], observedGeneration: 1 };
    }

    private async deployMirrorMaker(id: string, mirrorMaker: KafkaMirrorMaker2Object) {
        const known = this.mirrorMakers.get(id);
        this.onStep(`${known === undefined ? "Starting" : "Updating"} MirrorMaker 2 ${id}`);
        const applied =
            known ??
            LabMirrorMaker.prepare(this.lab, {
                mirrorMaker,
                services: this.services,
                secrets: this.secret,
                configMaps: this.objects.configMap,
                applyConfigMap: (configMap) => {
                    this.objects.put(CONFIG_MAP, configMap);
                },
            });
        this.mirrorMakers.set(id, applied);
        await applied.apply(mirrorMaker);
        if (mirrorMaker.spec.replicas > 0) {
            await applied.waitUntilReplicating({ tasksExpected: false });
        }
        this.onStep(`MirrorMaker 2 ${id} is Ready`);
        return applied.status();
    }

    /** The entry of the cluster that an object's label names, which must be running. */
    private runningOf<T>(
        all: ReadonlyMap<string, T>,
        { kind, metadata }: { readonly kind: string; readonly metadata: ObjectMeta },
    ): T {
        const id = clusterId(metadata);
        const found = all.get(id);
        if (found === undefined) {
            throw new Error(`${kind} ${metadata.name}: the Kafka ${id} does not exist`);
        }
        if (this.clusters.get(id)?.running === false) {
            throw new Error(`${kind} ${metadata.name}: the Kafka ${id} is not running`);
        }
        return found;
    }
}

function changeOf<T>(id: string, object: object, before: object | undefined): Change<T> {
    return { id, object: object as T, before: before as T | undefined };
}

/** The id of the Kafka that an object's label names. */
function clusterId({ namespace, labels }: ObjectMeta): string {
    return `${namespace}/${labels?.["strimzi.io/cluster"] ?? ""}`;
}

/** @throws with every problem that Strimzi's schemas find */
export function refuseInvalid(type: string, id: string, object: object): void {
    const problems = type.startsWith(STRIMZI) ? validateStrimziObject(object) : [];
    if (problems.length > 0) {
        throw new Error(`${type} "${id}" is invalid: ${problems.join("; ")}`);
    }
}

function refuseChange(what: string, before: object, after: object): void {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const valueOf = (of: object, key: string) => (of as Record<string, unknown>)[key];
    const changed = keys.filter(
        (key) => !isDeepStrictEqual(valueOf(before, key), valueOf(after, key)),
    );
    if (changed.length > 0) {
        throw new Error(
            `${what}: the lab cannot change ${changed.map((key) => `spec.${key}`).join(", ")} of ` +
                "running nodes; stop the lab and start it with the new settings",
        );
    }
}
