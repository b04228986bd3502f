import type { Registration } from "../../../engine";
import type { KubernetesObject } from "../../support/kubernetes";
import type {
    KafkaMirrorMaker2Object,
    KafkaNodePoolObject,
    KafkaObject,
} from "../../../lab/objects";

/*
 * Pods as Strimzi 1.2.0's operator creates them from the objects that the program registered, as far
 * as the Pod Security Standards check them: containers, volumes, security contexts, the service
 * account's token. They follow its classes KafkaCluster, EntityOperator and KafkaConnectCluster with
 * the default Pod security provider, which copies a container's context from the template.
 */

interface Template {
    readonly securityContext?: unknown;
}

interface Container {
    readonly name: string;
    readonly securityContext?: Readonly<Record<string, unknown>>;
    readonly [other: string]: unknown;
}

/** A Pod, as far as tests read it. */
export interface Pod extends KubernetesObject {
    readonly spec: {
        readonly initContainers: readonly Container[];
        readonly containers: readonly Container[];
        readonly [other: string]: unknown;
    };
}

const IMAGE = "quay.io/strimzi/kafka:1.2.0-kafka-4.3.1";
const OPERATOR_IMAGE = "quay.io/strimzi/operator:1.2.0";

/** The pods of all Kafka clusters and of MM2 among the registered objects, one of each kind. */
export function strimziPods(registrations: readonly Registration[]): Pod[] {
    const objects = <T>(kind: string) =>
        registrations
            .filter(({ type }) => type === `kubernetes:kafka.strimzi.io/v1:${kind}`)
            .map(({ inputs }) => inputs as unknown as T);
    const clusters = objects<KafkaObject>("Kafka");
    return [
        ...objects<KafkaNodePoolObject>("KafkaNodePool").flatMap((pool) =>
            clusters
                .filter(
                    ({ metadata: { name, namespace } }) =>
                        namespace === pool.metadata.namespace &&
                        name === pool.metadata.labels?.["strimzi.io/cluster"],
                )
                .map((kafka) => nodePod(kafka, pool)),
        ),
        ...clusters
            .filter(({ spec }) => spec.entityOperator !== undefined)
            .map((kafka) => entityOperatorPod(kafka)),
        ...objects<KafkaMirrorMaker2Object>("KafkaMirrorMaker2").map(workerPod),
    ];
}

/** A broker or controller. The init container is that of rack awareness and node ports. */
function nodePod({ metadata, spec }: KafkaObject, pool: KafkaNodePoolObject): Pod {
    const { template } = spec.kafka;
    const name = `${metadata.name}-${pool.metadata.name}-0`;
    const nodePorts = spec.kafka.listeners.some(({ type }) => type === "nodeport");
    const { storage } = pool.spec;
    const persistent =
        storage.type === "persistent-claim" ||
        (storage.volumes ?? []).some(({ type }) => type === "persistent-claim");
    const data = storage.type === "jbod" ? "data-0" : "data";
    return pod(name, metadata.namespace, {
        serviceAccountName: `${metadata.name}-kafka`,
        hostname: name,
        // The operator sets the group of the volumes on Kubernetes, but not on OpenShift.
        ...(persistent && { securityContext: { fsGroup: 0 } }),
        initContainers:
            nodePorts && pool.spec.roles.includes("broker")
                ? [container("kafka-init", OPERATOR_IMAGE, template?.initContainer)]
                : [],
        containers: [container("kafka", IMAGE, template?.kafkaContainer)],
        volumes: [
            persistent
                ? { name: data, persistentVolumeClaim: { claimName: `${data}-${name}` } }
                : { name: data, emptyDir: {} },
            tokenVolume,
            memoryVolume("strimzi-tmp", "5Mi"),
            configMapVolume("kafka-metrics-and-logging", name),
            memoryVolume("ready-files", "1Ki"),
            ...(nodePorts ? [memoryVolume("rack-volume", "1Mi")] : []),
        ],
    });
}

function entityOperatorPod({ metadata, spec }: KafkaObject): Pod {
    const { entityOperator } = spec;
    const template = entityOperator?.template;
    const name = `${metadata.name}-entity-operator`;
    return pod(`${name}-0`, metadata.namespace, {
        serviceAccountName: name,
        initContainers: [],
        containers: [
            ...(entityOperator?.topicOperator === undefined
                ? []
                : [container("topic-operator", OPERATOR_IMAGE, template?.topicOperatorContainer)]),
            ...(entityOperator?.userOperator === undefined
                ? []
                : [container("user-operator", OPERATOR_IMAGE, template?.userOperatorContainer)]),
        ],
        volumes: [
            tokenVolume,
            memoryVolume("strimzi-to-tmp", "5Mi"),
            memoryVolume("strimzi-uo-tmp", "5Mi"),
        ],
    });
}

/** A Connect worker; it has an init container when `spec.rack` is set. */
function workerPod({ metadata, spec }: KafkaMirrorMaker2Object): Pod {
    const name = `${metadata.name}-mirrormaker2`;
    return pod(`${name}-0`, metadata.namespace, {
        serviceAccountName: name,
        initContainers: [container("kafka-init", OPERATOR_IMAGE, spec.template?.initContainer)],
        containers: [container(name, IMAGE, spec.template?.connectContainer)],
        volumes: [
            tokenVolume,
            memoryVolume("strimzi-tmp", "5Mi"),
            configMapVolume("kafka-metrics-and-logging", `${name}-config`),
            memoryVolume("rack-volume", "1Mi"),
        ],
    });
}

function pod(name: string, namespace: string, spec: Pod["spec"]): Pod {
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace },
        spec: { automountServiceAccountToken: false, restartPolicy: "Always", ...spec },
    };
}

function container(name: string, image: string, template: Template | undefined): Container {
    const securityContext = template?.securityContext as Container["securityContext"];
    return { name, image, ...(securityContext !== undefined && { securityContext }) };
}

const tokenVolume = {
    name: "strimzi-service-account-token",
    projected: {
        sources: [
            { serviceAccountToken: { path: "token" } },
            { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
            {
                downwardAPI: {
                    items: [
                        {
                            path: "namespace",
                            fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" },
                        },
                    ],
                },
            },
        ],
    },
};

function memoryVolume(name: string, sizeLimit: string) {
    return { name, emptyDir: { medium: "Memory", sizeLimit } };
}

function configMapVolume(name: string, configMap: string) {
    return { name, configMap: { name: configMap } };
}
