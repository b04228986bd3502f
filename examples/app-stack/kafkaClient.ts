import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { KafkaSite } from "./kafkaStack";
import type { AppSettings } from "./settings";

export interface KafkaClientArgs {
    readonly settings: Pick<AppSettings, "topic" | "group" | "image">;
    readonly site: KafkaSite;
    /** User of Kafka, and the Secret with its credentials in the site's namespace. */
    readonly user: pulumi.Input<string>;
    /** 0 keeps every object and runs no pod. */
    readonly replicas: pulumi.Input<number>;
}

const CA_FOLDER = "/etc/kafka-ca";
const CONFIG_FOLDER = "/etc/kafka-client";
const USER_FOLDER = "/etc/kafka-user";
const TRUST_STORE = "/tmp/kafka-ca.pem";
const PROPERTIES = "/tmp/client.properties";

/*
 * The User Operator stores the whole JAAS configuration in the user's Secret. The script writes it to
 * a file that only this container sees: it is in no argument, environment variable or ConfigMap, and
 * not in Pulumi's state.
 *
 * While Strimzi replaces the CA's key, its Secret holds two certificates, so the client trusts
 * every *.crt. A client that does not trust a broker exits with an error; Kubernetes restarts it, and
 * it reads the current Secret.
 */
const START = `umask 077
cat ${CA_FOLDER}/*.crt > ${TRUST_STORE}
cat ${CONFIG_FOLDER}/client.properties > ${PROPERTIES}
printf 'sasl.jaas.config=%s\\n' "$(cat ${USER_FOLDER}/sasl.jaas.config)" >> ${PROPERTIES}
exec /opt/kafka/bin/kafka-console-consumer.sh --command-config ${PROPERTIES} \\
    --bootstrap-server "$BOOTSTRAP_SERVERS" --topic "$TOPIC"
`;

/**
 * A consumer of one site's cluster, over TLS and with its own user. It runs in the cluster's
 * namespace, because only a pod in there can mount the Secrets of the CA and of the user.
 */
export class KafkaClient extends pulumi.ComponentResource {
    constructor(name: string, args: KafkaClientArgs, options: pulumi.ComponentResourceOptions) {
        super("kafka-dr-app-stack:index:KafkaClient", name, {}, options);
        const { settings, site, user, replicas } = args;
        const labels = { "app.kubernetes.io/name": name };
        const child = { parent: this };

        // Without a fixed name, Pulumi replaces it when its content changes, and Kubernetes the pods
        // with it.
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
                        spec: podSpec(settings, {
                            configMap: config.metadata.name,
                            caSecret: site.caSecretName,
                            userSecret: user,
                        }),
                    },
                },
            },
            child,
        );
        this.registerOutputs({});
    }
}

/**
 * The configuration of a Kafka client for TLS with the CA of a Strimzi cluster, except its password.
 */
export function clientProperties(group: string): string {
    return [
        "security.protocol=SASL_SSL",
        "sasl.mechanism=SCRAM-SHA-512",
        "ssl.truststore.type=PEM",
        `ssl.truststore.location=${TRUST_STORE}`,
        `group.id=${group}`,
        "auto.offset.reset=earliest",
        "",
    ].join("\n");
}

/** Names of the objects that the pod mounts. */
interface MountedNames {
    readonly configMap: pulumi.Input<string>;
    readonly caSecret: pulumi.Input<string>;
    readonly userSecret: pulumi.Input<string>;
}

function podSpec(
    settings: KafkaClientArgs["settings"],
    { configMap, caSecret, userSecret }: MountedNames,
): kubernetes.types.input.core.v1.PodSpec {
    return {
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
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
                    // By default, Kafka's scripts write their logs next to themselves.
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
                    { name: "user", mountPath: USER_FOLDER, readOnly: true },
                    { name: "tmp", mountPath: "/tmp" },
                ],
            },
        ],
        volumes: [
            { name: "config", configMap: { name: configMap } },
            { name: "ca", secret: { secretName: caSecret } },
            { name: "user", secret: { secretName: userSecret } },
            { name: "tmp", emptyDir: {} },
        ],
    };
}
