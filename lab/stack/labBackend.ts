import type {
    Backend,
    BackendContext,
    KnownReadRequest,
    Registration,
    ResourceState,
} from "../../engine/backend";
import { validateStrimziObject } from "../../strimzi/schema/validate";
import { KafkaClient } from "../client/kafkaClient";
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
    SecretObject,
} from "../objects";

const KUBERNETES = "kubernetes:";
const STRIMZI = "kubernetes:kafka.strimzi.io/v1:";

/** What the stack's program made, as it runs on this machine. */
export interface LabDeployment {
    readonly clusters: ReadonlyMap<string, LabKafkaCluster>;
    readonly mirrorMakers: ReadonlyMap<string, LabMirrorMaker>;
}

interface KubernetesObject {
    readonly metadata: { readonly name: string; readonly namespace?: string };
}

/**
 * Runs what the program registers: clusters and MirrorMaker 2 as local processes, Secrets and
 * ConfigMaps in memory. It stands for the API server and for Strimzi's operator: an object that
 * Strimzi's schemas refuse is refused here, and an id is given only when Strimzi would report
 * Ready. One API server plays all contexts; namespaces keep the objects apart.
 */
export class LabBackend implements Backend, LabDeployment {
    readonly clusters = new Map<string, LabKafkaCluster>();
    readonly mirrorMakers = new Map<string, LabMirrorMaker>();
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
        if (!type.startsWith(KUBERNETES)) {
            throw new Error(`The lab runs Kubernetes objects only, and no ${type}.`);
        }
        const object = inputs as unknown as KubernetesObject;
        const id = idOf(object);
        const key = `${type} ${id}`;
        if (this.objects.has(key)) {
            throw new Error(`${type} "${id}" already exists`);
        }
        this.objects.set(key, object);
        const status = await this.deploy(type, id, inputs);
        return { id, outputs: { ...inputs, ...(status !== undefined && { status }) } };
    }

    read({ type, id }: KnownReadRequest): Promise<ResourceState> {
        const [namespace = "", name = ""] = id.split("/");
        const found =
            type === "kubernetes:core/v1:Secret" ? this.secret(namespace, name) : undefined;
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
        const nodes = cluster.nodes.map((node) => node.roles.join("+")).join(", ");
        this.onStep(`Kafka ${id} is Ready: ${nodes}`);
        return cluster.status;
    }

    /** Does what the Topic Operator of the cluster does. */
    private async createTopic(topic: KafkaTopicObject) {
        const { namespace, labels } = topic.metadata;
        const id = `${namespace}/${labels?.["strimzi.io/cluster"] ?? ""}`;
        const cluster = this.clusters.get(id);
        if (cluster === undefined) {
            throw new Error(`KafkaTopic ${topic.metadata.name}: there is no Kafka ${id}`);
        }
        const client = new KafkaClient(cluster.connection(clientListener(cluster)));
        try {
            await client.ensureTopics([topic]);
        } finally {
            await client.close();
        }
        return { conditions: [{ type: "Ready", status: "True" }], observedGeneration: 1 };
    }

    private async startMirrorMaker(id: string, mirrorMaker: KafkaMirrorMaker2Object) {
        this.onStep(`Starting MirrorMaker 2 ${id}`);
        const services = new Map(
            [...this.clusters.values()].flatMap((cluster) => [...cluster.services]),
        );
        const started = await LabMirrorMaker.start(this.lab, {
            mirrorMaker,
            services,
            secrets: (namespace, name) => this.secret(namespace, name),
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

    /** A Secret that the program made, or the CA of a cluster, which Strimzi makes. */
    private secret(namespace: string, name: string): SecretObject | undefined {
        const made = this.objects.get(`kubernetes:core/v1:Secret ${namespace}/${name}`);
        if (made !== undefined) {
            return made as unknown as SecretObject;
        }
        return [...this.clusters.values()]
            .map((cluster) => cluster.caCertSecret)
            .find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
    }
}

function idOf({ metadata: { name, namespace } }: KubernetesObject): string {
    return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The listener that the lab's own clients use: the first that the cluster declares. */
export function clientListener(cluster: LabKafkaCluster): string {
    const [first] = cluster.status.listeners ?? [];
    if (first?.name === undefined) {
        throw new Error(`Kafka ${cluster.name} reports no listener`);
    }
    return first.name;
}
