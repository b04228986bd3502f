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
        size: quantity().describe("Size of each node's volume; it can only increase."),
        class: dnsLabel(253)
            .optional()
            .describe("StorageClass. Default: that of the Kubernetes cluster."),
        deleteClaim: z
            .boolean()
            .default(false)
            .describe("Whether the volume claims are deleted with the node pool."),
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
        .describe("Node IDs that Strimzi assigns next (strimzi.io/next-node-ids)."),
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
            "How clients authenticate: `scram-sha-512` by username and password, `tls` by client certificate.",
        ),
    configuration: z
        .record(singleLine(), printableJson())
        .optional()
        .describe(
            "Strimzi's `configuration` of the listener, passed through unchanged: hosts of an ingress, annotations of a load balancer, advertised addresses.",
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

/** Settings of every site, whether or not this stack manages its Kafka cluster. */
const location = {
    name: strimziName().describe("Name of the Kafka cluster."),
    alias: clusterAlias()
        .optional()
        .describe(
            "MirrorMaker 2's alias of the cluster. Default: the cluster's name. Do not change it for a running mirror: MM2 would copy everything again.",
        ),
    namespace: namespaceName().describe(
        "Namespace of the cluster; at the target also the namespace of MM2.",
    ),
    context: singleLine().describe("Kubeconfig context of this site."),
    kubeconfig: singleLine()
        .optional()
        .describe("Path of the kubeconfig. Default: $KUBECONFIG or ~/.kube/config."),
    clusterIdentifier: singleLine()
        .optional()
        .describe(
            "Pulumi's identifier of the Kubernetes cluster; changing it replaces resources. Default: the context.",
        ),
    kubernetesClusterUid: z
        .uuid({ error: "must be a UID such as 3f1c9c0e-5d1b-4f1e-9f43-0c2b8a7d6e5f" })
        .optional()
        .describe(
            "UID of the namespace kube-system. If the context leads to a Kubernetes cluster with another UID, the update is refused before it creates anything. To get it: kubectl --context <context> get namespace kube-system -o jsonpath='{.metadata.uid}'",
        ),
    createNamespace: z
        .boolean()
        .default(false)
        .describe("Whether this stack creates and destroys the namespace."),
};

export const managedSiteSchema = z.strictObject({
    managed: z.literal(true).default(true).describe("This stack manages the Kafka cluster."),
    ...location,
    kafkaVersion: z
        .enum(KAFKA_VERSIONS)
        .default("4.3.1")
        .describe("Kafka version, one that Strimzi 1.2.0 supports."),
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
            "`simple`: the ACLs of a client's KafkaUser decide what it may do. `none`: every client may do anything.",
        ),
    config: kafkaConfig()
        .default({})
        .describe(
            "Broker configuration, for example `min.insync.replicas: 2`. The stack sets `message.max.bytes` and `log.message.timestamp.after.max.ms` where the other site accepts more.",
        ),
    entityOperator: entityOperator.describe("Topic Operator and User Operator of this cluster."),
    metrics: z.boolean().default(true).describe("Prometheus metrics of the brokers on port 9404."),
});

/** Strimzi writes the name unescaped into a quoted value of a JAAS configuration. */
const jaasValue = () =>
    singleLine().refine((value) => !/["\\;=]/.test(value), {
        error: 'must not contain ", \\, ; or =, which end a value of a JAAS configuration',
        params: { rule: "jaas-value" },
    });

/** How MM2 authenticates to a cluster that this stack does not manage. */
const authentication = z.discriminatedUnion("type", [
    z.strictObject({
        type: z.enum(["scram-sha-512", "scram-sha-256", "plain"]),
        username: jaasValue().describe("Name of the user."),
        passwordSecret: z
            .strictObject({
                secretName: dnsLabel(253).describe("Secret in the target's namespace."),
                password: singleLine().describe("Key of the password in the Secret."),
            })
            .describe("Location of the password."),
    }),
    z.strictObject({
        type: z.literal("tls"),
        certificateAndKey: z
            .strictObject({
                secretName: dnsLabel(253).describe("Secret in the target's namespace."),
                certificate: singleLine().describe("Key of the certificate in the Secret."),
                key: singleLine().describe("Key of the private key in the Secret."),
            })
            .describe("Location of the client certificate."),
    }),
]);

export const existingSiteSchema = z.strictObject({
    managed: z
        .literal(false)
        .describe("The Kafka cluster already exists; this stack does not change it."),
    ...location,
    bootstrapServers: bootstrapServers().describe(
        "Addresses at which MM2's pods reach the brokers.",
    ),
    tls: z.boolean().default(true).describe("Whether MM2 connects to these brokers with TLS."),
    caSecretName: dnsLabel(253)
        .optional()
        .describe(
            "Secret in the namespace whose `*.crt` keys hold the brokers' CA. Without it and without caCertificates MM2 trusts the system's CAs.",
        ),
    caCertificates: z
        .string()
        .refine((pem) => certificatesOfPem(pem) !== undefined, {
            error: "must be one or more certificates in PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----",
            params: { rule: "pem" },
        })
        .optional()
        .describe("The brokers' CA certificates in PEM, instead of a Secret."),
    authentication: authentication
        .optional()
        .describe("How MM2 authenticates: `scram-sha-512`, `scram-sha-256`, `plain` or `tls`."),
});
