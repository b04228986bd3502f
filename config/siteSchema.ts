import { z } from "zod";
import { certificatesOfPem } from "./pem";
import {
    bootstrapServers,
    clusterAlias,
    dnsLabel,
    heapSize,
    integer,
    KAFKA_VERSIONS,
    kafkaConfig,
    namespaceName,
    printableJson,
    quantity,
    resources,
    singleLine,
    strimziName,
} from "./fields";

/** The two sites, by the config keys that hold them. */
export type SiteName = "source" | "target";

const storage = z.discriminatedUnion("type", [
    z.strictObject({
        type: z.literal("ephemeral"),
        sizeLimit: quantity().optional().describe("Limit of the emptyDir volume."),
    }),
    z.strictObject({
        type: z.literal("persistent-claim"),
        size: quantity().describe("Size of each node's volume; Strimzi can only let it grow."),
        class: dnsLabel(253).optional().describe("StorageClass; the cluster's default if absent."),
        deleteClaim: z
            .boolean()
            .default(false)
            .describe("Whether the volume claims go when the node pool goes."),
    }),
]);

const nodePool = z.strictObject({
    name: strimziName().describe("Name of the KafkaNodePool, unique in its namespace."),
    roles: z
        .array(z.enum(["controller", "broker"]))
        .min(1, { error: "must name at least one of controller, broker" })
        .describe("KRaft roles of the nodes."),
    replicas: integer(1, "nodes").describe("Number of nodes."),
    nextNodeIds: z
        .string()
        .regex(/^\[\d+(-\d+)?(, ?\d+(-\d+)?)*\]$/, {
            error: 'must be a list of node ids such as "[0-9]" or "[10-100]"',
        })
        .optional()
        .describe("Node ids that Strimzi assigns next (strimzi.io/next-node-ids)."),
    storage: storage.describe("`ephemeral`, or `persistent-claim` with a size."),
    resources: resources({
        requests: { cpu: "500m", memory: "2Gi" },
        limits: { cpu: "2", memory: "2Gi" },
    }).describe("Requests and limits of each node."),
    jvmHeap: heapSize().optional().describe("-Xms and -Xmx of each node."),
});

const listener = z.strictObject({
    name: z
        .string()
        .regex(/^[a-z0-9]{1,11}$/, { error: "must be 1 to 11 lower-case letters or digits" })
        .describe("Name of the listener."),
    port: integer(9092)
        .max(65535, { error: "must be a port from 9092 to 65535" })
        .refine((port) => port !== 9404 && port !== 9999, {
            error: "must not be 9404 or 9999, which Strimzi keeps for metrics and JMX",
            params: { rule: "listener-port" },
        })
        .describe("Port inside the Kubernetes cluster."),
    type: z
        .enum(["internal", "cluster-ip", "nodeport", "loadbalancer", "ingress", "route"])
        .default("internal")
        .describe("How the listener is exposed."),
    tls: z.boolean().default(true).describe("Whether the listener is encrypted."),
    authentication: z
        .enum(["scram-sha-512", "tls", "none"])
        .default("scram-sha-512")
        .describe(
            "How clients identify themselves: by user name and password, or by a client certificate.",
        ),
    configuration: z
        .record(singleLine(), printableJson())
        .optional()
        .describe(
            "Strimzi's `configuration` of an exposed listener, as it is: hosts of an ingress, annotations of a load balancer, advertised addresses.",
        ),
});

const entityOperator = z
    .strictObject({
        topicOperator: z.boolean().default(true).describe("Run Strimzi's Topic Operator."),
        userOperator: z.boolean().default(true).describe("Run Strimzi's User Operator."),
        resources: resources({
            requests: { cpu: "100m", memory: "384Mi" },
            limits: { cpu: "1", memory: "384Mi" },
        }).describe("Requests and limits of each of the two operators."),
    })
    .prefault({});

/** What every site has, whether its Kafka cluster is managed here or not. */
const location = {
    name: strimziName().describe("Name of the Kafka cluster."),
    alias: clusterAlias()
        .optional()
        .describe(
            "MirrorMaker 2's alias of the cluster; the cluster's name if absent. Never change it on a running mirror: everything would be copied again.",
        ),
    namespace: namespaceName().describe("Namespace of the cluster; at the target also of MM2."),
    context: singleLine().describe("Context of the kubeconfig that leads to this site."),
    kubeconfig: singleLine()
        .optional()
        .describe("Path of the kubeconfig; $KUBECONFIG or ~/.kube/config if absent."),
    clusterIdentifier: singleLine()
        .optional()
        .describe(
            "Identity of the Kubernetes cluster for Pulumi; only its change replaces resources. The context if absent.",
        ),
    kubernetesClusterUid: z
        .uuid({ error: "must be a UID such as 3f1c9c0e-5d1b-4f1e-9f43-0c2b8a7d6e5f" })
        .optional()
        .describe(
            "UID of the namespace kube-system of the Kubernetes cluster; another cluster behind the context is then refused before anything is created. See it with: kubectl --context <context> get namespace kube-system -o jsonpath='{.metadata.uid}'",
        ),
    createNamespace: z
        .boolean()
        .default(false)
        .describe("Whether the namespace is created, and destroyed, with this stack."),
};

export const managedSiteSchema = z.strictObject({
    managed: z.literal(true).default(true).describe("The Kafka cluster is part of this stack."),
    ...location,
    kafkaVersion: z
        .enum(KAFKA_VERSIONS)
        .default("4.3.1")
        .describe("Kafka version; one that Strimzi 1.2.0 runs."),
    nodePools: z
        .array(nodePool)
        .min(1, { error: "must have at least one node pool" })
        .describe("Node pools with name, roles, replicas, storage, resources and JVM heap."),
    listeners: z
        .array(listener)
        .min(1, { error: "must have at least one listener" })
        .default([
            {
                name: "tls",
                port: 9093,
                type: "internal",
                tls: true,
                authentication: "scram-sha-512",
            },
        ])
        .describe("Listeners with name, port, type, tls and authentication."),
    authorization: z
        .enum(["simple", "none"])
        .default("simple")
        .describe(
            "`simple`: a client may do what the ACLs of its KafkaUser allow; `none`: every client may do anything.",
        ),
    config: kafkaConfig()
        .default({})
        .describe("Broker configuration, for example `min.insync.replicas: 2`."),
    entityOperator: entityOperator.describe("Topic and User Operator of this cluster."),
    metrics: z.boolean().default(true).describe("Prometheus metrics of the brokers on port 9404."),
});

/** Strimzi writes the name between quotes into a JAAS configuration, as it is. */
const jaasValue = () =>
    singleLine().refine((value) => !/["\\;=]/.test(value), {
        error: 'must not contain ", \\, ; or =, which end a value of a JAAS configuration',
        params: { rule: "jaas-value" },
    });

/** How MM2 identifies itself at a cluster that this stack does not manage. */
const authentication = z.discriminatedUnion("type", [
    z.strictObject({
        type: z.enum(["scram-sha-512", "scram-sha-256", "plain"]),
        username: jaasValue().describe("Name of the user."),
        passwordSecret: z
            .strictObject({
                secretName: dnsLabel(253).describe("Secret in the target's namespace."),
                password: singleLine().describe("Key of the password in it."),
            })
            .describe("Where the password is."),
    }),
    z.strictObject({
        type: z.literal("tls"),
        certificateAndKey: z
            .strictObject({
                secretName: dnsLabel(253).describe("Secret in the target's namespace."),
                certificate: singleLine().describe("Key of the certificate in it."),
                key: singleLine().describe("Key of the private key in it."),
            })
            .describe("Where the client certificate is."),
    }),
]);

export const existingSiteSchema = z.strictObject({
    managed: z.literal(false).describe("The Kafka cluster exists already and is left alone."),
    ...location,
    bootstrapServers: bootstrapServers().describe("Brokers as MM2's pods reach them."),
    tls: z.boolean().default(true).describe("Whether these brokers are reached over TLS."),
    caSecretName: dnsLabel(253)
        .optional()
        .describe(
            "Secret in the namespace whose `*.crt` keys are the brokers' CA; without it and without caCertificates the system's trusted CAs hold.",
        ),
    caCertificates: z
        .string()
        .refine((pem) => certificatesOfPem(pem) !== undefined, {
            error: "must be one or more certificates in PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----",
            params: { rule: "pem" },
        })
        .optional()
        .describe("The brokers' CA in PEM, instead of a Secret."),
    authentication: authentication
        .optional()
        .describe("How MM2 identifies itself: `scram-sha-512`, `scram-sha-256`, `plain` or `tls`."),
});
