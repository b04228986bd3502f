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

/** An object of Strimzi, now and, where it was there, before. */
interface Change<T> {
    readonly id: string;
    readonly object: T;
    readonly before: T | undefined;
}

/** Stands for Strimzi's operators: makes running processes what the objects say. */
export class LabOperators {
    readonly clusters = new Map<string, LabKafkaCluster>();
    readonly mirrorMakers = new Map<string, LabMirrorMaker>();
    readonly users = new Map<string, LabUserOperator>();
    /** The services of all clusters; a MirrorMaker 2 sees those that come later, too. */
    private readonly services = new Map<string, string>();
    /** The objects as they were last carried out, by type and id: what runs is this. */
    private readonly carriedOut = new Map<string, object>();

    constructor(
        private readonly lab: LabContext,
        private readonly kafkaVersion: string,
        private readonly objects: LabObjects,
        private readonly onStep: (text: string) => void,
    ) {}

    /** A Secret as it is now, whoever made it, Strimzi's operators included. */
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
     * Carries out one object and returns its status, as the operator would set it; undefined for what
     * no operator of Strimzi acts on.
     * @throws for what Strimzi's schemas refuse, and for changes that the lab cannot make
     */
    async deploy(type: string, id: string, object: object): Promise<unknown> {
        if (!type.startsWith(STRIMZI)) {
            return undefined;
        }
        refuseInvalid(type, id, object);
        const before = this.carriedOut.get(`${type} ${id}`);
        const status = await this.carryOut(type, id, object, before);
        this.carriedOut.set(`${type} ${id}`, object);
        return status;
    }

    private async carryOut(
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
                throw new Error(`The lab has nothing that acts on a ${type}.`);
        }
    }

    /** Does what the operators do when an object is deleted. */
    async remove(type: string, id: string, object: KubernetesObject): Promise<void> {
        await this.end(type, id, object);
        this.carriedOut.delete(`${type} ${id}`);
    }

    private async end(type: string, id: string, object: KubernetesObject): Promise<void> {
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
                // Its finalizer keeps the object until the Topic Operator has deleted the topic.
                const topic = object as KafkaTopicObject;
                const cluster = this.runningOf(this.clusters, topic);
                await deleteTopic(cluster.adminConnection(), topicName(topic));
                break;
            }
            case `${STRIMZI}KafkaUser`: {
                // Without a finalizer: the object goes at once, also where its cluster is gone.
                const cluster = clusterId(object.metadata as ObjectMeta);
                if (this.clusters.get(cluster)?.running === true) {
                    await this.users.get(cluster)?.delete(object.metadata.name);
                }
                break;
            }
        }
    }

    /**
     * Does what the Topic and the User Operator of a cluster do by themselves at their next
     * reconciliation: makes its topics and users what their objects say.
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
        const nodes = cluster.nodes.map((node) => node.roles.join("+")).join(", ");
        this.onStep(`Kafka ${id} is Ready: ${nodes}`);
        return cluster.status;
    }

    private async deployTopic({ object, before }: Change<KafkaTopicObject>) {
        const cluster = this.runningOf(this.clusters, object);
        await applyTopic(cluster.adminConnection(), object, before);
        return { conditions: [readyCondition(new Date())], observedGeneration: 1 };
    }

    private async deployMirrorMaker(id: string, mirrorMaker: KafkaMirrorMaker2Object) {
        const known = this.mirrorMakers.get(id);
        this.onStep(`${known === undefined ? "Starting" : "Changing"} MirrorMaker 2 ${id}`);
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

    /** What belongs to the cluster that an object's label names, which must run. */
    private runningOf<T>(
        all: ReadonlyMap<string, T>,
        { kind, metadata }: { readonly kind: string; readonly metadata: ObjectMeta },
    ): T {
        const id = clusterId(metadata);
        const found = all.get(id);
        if (found === undefined) {
            throw new Error(`${kind} ${metadata.name}: there is no Kafka ${id}`);
        }
        if (this.clusters.get(id)?.running === false) {
            throw new Error(
                `${kind} ${metadata.name}: Kafka ${id} does not run, so nothing acts on it`,
            );
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

/** @throws with all that Strimzi's schemas refuse */
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
                "nodes that run; stop the lab, and start it with the new settings",
        );
    }
}
