import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { KafkaSite } from "./kafkaStack";
import type { AppSettings } from "./settings";

export interface KafkaClientArgs {
    readonly settings: Pick<AppSettings, "topic" | "group" | "image">;
    readonly site: KafkaSite;
    /** 0 keeps everything in place and runs nothing. */
    readonly replicas: pulumi.Input<number>;
}

const CA_FOLDER = "/etc/kafka-ca";
const CONFIG_FOLDER = "/etc/kafka-client";
const TRUST_STORE = "/tmp/kafka-ca.pem";

/*
 * While Strimzi replaces the CA's key, its Secret holds two certificates, so every *.crt counts. A
 * client that does not trust a broker ends with an error; Kubernetes starts it again, and it reads
 * what the Secret holds by then.
 */
const START = `cat ${CA_FOLDER}/*.crt > ${TRUST_STORE}
exec /opt/kafka/bin/kafka-console-consumer.sh --command-config ${CONFIG_FOLDER}/client.properties \\
    --bootstrap-server "$BOOTSTRAP_SERVERS" --topic "$TOPIC"
`;

/**
 * A consumer of one site's cluster, over TLS. It runs in the cluster's namespace, because a pod can
 * mount the CA Secret from there only.
 */
export class KafkaClient extends pulumi.ComponentResource {
    constructor(name: string, args: KafkaClientArgs, options: pulumi.ComponentResourceOptions) {
        super("kafka-dr-app-stack:index:KafkaClient", name, {}, options);
        const { settings, site, replicas } = args;
        const labels = { "app.kubernetes.io/name": name };
        const child = { parent: this };

        // Without a name it is replaced when its content changes, and the pods with it.
        const config = new kubernetes.core.v1.ConfigMap(
            name,
            {
                metadata: { namespace: site.namespace, labels },
                data: {
                    bootstrapServers: site.bootstrapServers,
                    "client.properties": clientProperties(settings.group),
                },
            },
            child,
        );
        new kubernetes.apps.v1.Deployment(
            name,
            {
                metadata: { namespace: site.namespace, labels },
                spec: {
                    replicas,
                    selector: { matchLabels: labels },
                    template: {
                        metadata: { labels },
                        spec: podSpec(settings, config.metadata.name, site.caSecretName),
                    },
                },
            },
            child,
        );
        this.registerOutputs({});
    }
}

/** What a Kafka client needs for TLS with the CA of a Strimzi cluster. */
export function clientProperties(group: string): string {
    return [
        "security.protocol=SSL",
        "ssl.truststore.type=PEM",
        `ssl.truststore.location=${TRUST_STORE}`,
        `group.id=${group}`,
        "auto.offset.reset=earliest",
        "",
    ].join("\n");
}

function podSpec(
    settings: KafkaClientArgs["settings"],
    configMap: pulumi.Output<string>,
    caSecretName: pulumi.Output<string>,
): kubernetes.types.input.core.v1.PodSpec {
    return {
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true },
        containers: [
            {
                name: "consumer",
                image: settings.image,
                command: ["/bin/sh", "-ec", START],
                env: [
                    {
                        name: "BOOTSTRAP_SERVERS",
                        valueFrom: {
                            configMapKeyRef: { name: configMap, key: "bootstrapServers" },
                        },
                    },
                    { name: "TOPIC", value: settings.topic },
                    // Kafka's scripts write their logs next to themselves otherwise.
                    { name: "LOG_DIR", value: "/tmp" },
                ],
                resources: {
                    requests: { cpu: "100m", memory: "256Mi" },
                    limits: { memory: "512Mi" },
                },
                securityContext: {
                    allowPrivilegeEscalation: false,
                    readOnlyRootFilesystem: true,
                    capabilities: { drop: ["ALL"] },
                },
                volumeMounts: [
                    { name: "config", mountPath: CONFIG_FOLDER, readOnly: true },
                    { name: "ca", mountPath: CA_FOLDER, readOnly: true },
                    { name: "tmp", mountPath: "/tmp" },
                ],
            },
        ],
        volumes: [
            { name: "config", configMap: { name: configMap } },
            { name: "ca", secret: { secretName: caSecretName } },
            { name: "tmp", emptyDir: {} },
        ],
    };
}
