import type {
    Backend,
    BackendContext,
    KnownReadRequest,
    Registration,
    ResourceState,
} from "../../engine/backend";
import type { ObjectMeta } from "../../strimzi/generated/types/ObjectMeta";
import { validateStrimziObject } from "../../strimzi/schema/validate";
import { KafkaClient } from "../../kafka/kafkaClient";
import { LabMirrorMaker } from "../connect/mirrorMaker";
import type { LabContext } from "../context";
import { type LabKafkaCluster, startKafkaCluster } from "../kafka/kafkaCluster";
import type {
    ConfigMapLookup,
    ConfigMapObject,
    KafkaMirrorMaker2Object,
    KafkaNodePoolObject,
    KafkaObject,
    KafkaTopicObject,
    KafkaUserObject,
    SecretLookup,
    SecretObject,
} from "../objects";
import { LabUserOperator } from "../users/userOperator";
import { randomPassword } from "./randomPassword";

const KUBERNETES = "kubernetes:";
const STRIMZI = "kubernetes:kafka.strimzi.io/v1:";
const SECRET = "kubernetes:core/v1:Secret";
const RANDOM_PASSWORD = "random:index/randomPassword:RandomPassword";

/** What the stack's program made, as it runs on this machine. */
export interface LabDeployment {
    readonly clusters: ReadonlyMap<string, LabKafkaCluster>;
    readonly mirrorMakers: ReadonlyMap<string, LabMirrorMaker>;
    /** What acts on the KafkaUsers of each cluster, by the id of the Kafka. */
    readonly users: ReadonlyMap<string, LabUserOperator>;
    /** A Secret as it is now, whoever made it; undefined when there is none. */
    readonly secret: SecretLookup;
    /**
     * Creates or replaces a Secret. What reads it, reads it again when it is applied: a KafkaUser or
     * a MirrorMaker 2.
     */
    applySecret(secret: SecretObject): void;
}

interface KubernetesObject {
    readonly metadata: { readonly name: string; readonly namespace?: string };
}

/**
 * Runs what the program registers: clusters and MirrorMaker 2 as local processes, topics and users
 * in those clusters; Secrets, ConfigMaps and what else Kubernetes has are kept in memory. It stands
 * for the API server and for Strimzi's operators: an object that Strimzi's schemas refuse is refused
 * here, and an id is given only when Strimzi would report Ready. One API server plays all contexts;
 * namespaces keep the objects apart.
 */
export class LabBackend implements Backend, LabDeployment {
    readonly clusters = new Map<string, LabKafkaCluster>();
    readonly mirrorMakers = new Map<string, LabMirrorMaker>();
    readonly users = new Map<string, LabUserOperator>();
    private readonly nodePools: KafkaNodePoolObject[] = [];
    private readonly objects = new Map<string, KubernetesObject>();

    constructor(
        private readonly lab: LabContext,
        private readonly kafkaVersion: string,
        private readonly onStep: (text: string) => void = () => undefined,
    ) {}

    async create(registration: Registration, context: BackendContext): Promise<ResourceState> {
        if (context.preview) {
            throw new Error("The lab deploys; it has no preview.");
        }
        const { type, inputs } = registration;
        if (type === RANDOM_PASSWORD) {
            return { id: "none", outputs: { ...inputs, result: randomPassword(inputs) } };
        }
        if (!type.startsWith(KUBERNETES)) {
            throw new Error(
                `The lab runs Kubernetes objects and random passwords, and no ${type}.`,
            );
        }
        const object = (type === SECRET ? storedSecret(inputs) : inputs) as unknown;
        const id = idOf(object as KubernetesObject);
        const key = `${type} ${id}`;
        if (this.objects.has(key)) {
            throw new Error(`${type} "${id}" already exists`);
        }
        this.objects.set(key, object as KubernetesObject);
        const status = await this.deploy(type, id, inputs);
        return { id, outputs: { ...(object as object), ...(status !== undefined && { status }) } };
    }

    read({ type, id }: KnownReadRequest): Promise<ResourceState> {
        const [namespace = "", name = ""] = id.split("/");
        const found = type === SECRET ? this.secret(namespace, name) : undefined;
        if (found === undefined) {
            return Promise.reject(new Error(`resource '${id}' does not exist`));
        }
        return Promise.resolve({ id, outputs: { ...found } });
    }

    /** Carries out one object and returns its status, as the operator would set it. */
    private async deploy(type: string, id: string, inputs: Record<string, unknown>) {
        if (!type.startsWith(STRIMZI)) {
            return undefined;
        }
        const problems = validateStrimziObject(inputs);
        if (problems.length > 0) {
            throw new Error(`${type} "${id}" is invalid: ${problems.join("; ")}`);
        }
        switch (type.slice(STRIMZI.length)) {
            case "KafkaNodePool":
                this.nodePools.push(inputs as unknown as KafkaNodePoolObject);
                return {};
            case "Kafka":
                return this.startKafka(id, inputs as unknown as KafkaObject);
            case "KafkaTopic":
                return this.createTopic(inputs as unknown as KafkaTopicObject);
            case "KafkaUser":
                return this.applyUser(inputs as unknown as KafkaUserObject);
            case "KafkaMirrorMaker2":
                return this.startMirrorMaker(id, inputs as unknown as KafkaMirrorMaker2Object);
            default:
                throw new Error(`The lab has nothing that acts on a ${type}.`);
        }
    }

    private async startKafka(id: string, kafka: KafkaObject) {
        this.onStep(`Starting Kafka ${id}`);
        const cluster = await startKafkaCluster(this.lab, {
            kafka,
            nodePools: this.nodePools.filter(
                (pool) => pool.metadata.namespace === kafka.metadata.namespace,
            ),
            kafkaVersion: this.kafkaVersion,
            configMaps: this.configMap,
        });
        this.clusters.set(id, cluster);
        this.users.set(id, new LabUserOperator(this.lab, cluster, this.secret));
        const nodes = cluster.nodes.map((node) => node.roles.join("+")).join(", ");
        this.onStep(`Kafka ${id} is Ready: ${nodes}`);
        return cluster.status;
    }

    /** Does what the Topic Operator of the cluster does. */
    private async createTopic(topic: KafkaTopicObject) {
        const { name } = topic.metadata;
        const cluster = ofCluster(this.clusters, `KafkaTopic ${name}`, topic.metadata);
        const client = new KafkaClient(cluster.adminConnection());
        try {
            await client.ensureTopics([topic]);
        } finally {
            await client.close();
        }
        return { conditions: [{ type: "Ready", status: "True" }], observedGeneration: 1 };
    }

    /** Does what the User Operator of the cluster does. */
    private async applyUser(user: KafkaUserObject) {
        const { name } = user.metadata;
        return ofCluster(this.users, `KafkaUser ${name}`, user.metadata).apply(user);
    }

    private async startMirrorMaker(id: string, mirrorMaker: KafkaMirrorMaker2Object) {
        this.onStep(`Starting MirrorMaker 2 ${id}`);
        const services = new Map(
            [...this.clusters.values()].flatMap((cluster) => [...cluster.services]),
        );
        const started = await LabMirrorMaker.start(this.lab, {
            mirrorMaker,
            services,
            secrets: this.secret,
            configMaps: this.configMap,
        });
        this.mirrorMakers.set(id, started);
        if (mirrorMaker.spec.replicas > 0) {
            await started.waitUntilReplicating({ tasksExpected: false });
        }
        this.onStep(`MirrorMaker 2 ${id} is Ready`);
        return started.status();
    }

    /** A ConfigMap that the program made. */
    private readonly configMap: ConfigMapLookup = (namespace, name) =>
        this.objects.get(`kubernetes:core/v1:ConfigMap ${namespace}/${name}`) as
            ConfigMapObject | undefined;

    readonly secret: SecretLookup = (namespace, name) => {
        const made = this.objects.get(`${SECRET} ${namespace}/${name}`);
        if (made !== undefined) {
            return made as unknown as SecretObject;
        }
        const ofStrimzi = [...this.clusters].flatMap(([id, cluster]) => [
            cluster.caCertSecret,
            cluster.clientsCaCertSecret,
            this.users.get(id)?.secret(name),
        ]);
        return ofStrimzi.find(
            (secret) => secret?.metadata.namespace === namespace && secret.metadata.name === name,
        );
    };

    applySecret(secret: SecretObject): void {
        this.objects.set(`${SECRET} ${idOf(secret)}`, secret);
    }
}

function idOf({ metadata: { name, namespace } }: KubernetesObject): string {
    return namespace === undefined ? name : `${namespace}/${name}`;
}

/** A Secret as the API server keeps it: `stringData` is in `data`, in base64. */
function storedSecret({ stringData, data, ...secret }: Readonly<Record<string, unknown>>) {
    const encoded: Record<string, unknown> = { ...(data as object | undefined) };
    for (const [key, text] of Object.entries((stringData ?? {}) as Record<string, string>)) {
        encoded[key] = Buffer.from(text).toString("base64");
    }
    return { ...secret, data: encoded };
}

/** What belongs to the cluster that an object's label names. */
function ofCluster<T>(
    all: ReadonlyMap<string, T>,
    what: string,
    { namespace, labels }: ObjectMeta,
): T {
    const id = `${namespace}/${labels?.["strimzi.io/cluster"] ?? ""}`;
    const found = all.get(id);
    if (found === undefined) {
        throw new Error(`${what}: there is no Kafka ${id}`);
    }
    return found;
}

/** The listener to tell people of: the first that the cluster declares. */
export function clientListener(cluster: LabKafkaCluster): string {
    const [first] = cluster.status.listeners ?? [];
    if (first?.name === undefined) {
        throw new Error(`Kafka ${cluster.name} reports no listener`);
    }
    return first.name;
}
