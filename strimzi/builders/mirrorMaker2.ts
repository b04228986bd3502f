import type * as pulumi from "@pulumi/pulumi";
import {
    aliasOf,
    type ExistingSite,
    type KafkaConfig,
    mirroredAlias,
    type MirrorSettings,
    type Settings,
} from "../../config/settingsSchema";
import { effectiveConfig } from "../../config/throughput/effectiveConfig";
import { workerResources } from "../../config/throughput/workerContainer";
import { MIRROR_MAKER_METRICS_KEY } from "../metrics";
import type { DeepInput, KafkaMirrorMaker2Object, KafkaMirrorMaker2Spec } from "../resources";
import { TRUSTED_CA_HASH_ANNOTATION } from "./caCertificates";
import { jvmOptions, resourceRequirements, restrictedContainer } from "./podTemplate";
import { connectStorage, metricsConfigMapName, startPositionsName } from "./names";
import { USER_CERTIFICATE_HASH_ANNOTATION } from "./userCertificate";

/** How MM2 reaches one of its clusters. */
export interface MirrorConnection {
    /** Kafka's `bootstrap.servers`; an Output where the operator reports it. */
    readonly bootstrapServers: pulumi.Input<string>;
    readonly tls: boolean;
    /** Secret whose `*.crt` keys MM2 trusts; the system's CAs where TLS has none. */
    readonly caSecretName?: string;
    /**
     * Hash of that Secret's certificates. It goes into the pods' annotations, so that another CA
     * rolls MM2 within the same update: Strimzi itself sees a changed Secret only at its next
     * reconciliation, and until then MM2 is Ready, RUNNING, and copies nothing.
     */
    readonly caHash?: pulumi.Input<string>;
    /** How MM2 identifies itself; without it, not at all. */
    readonly authentication?: ExistingSite["authentication"];
    /** Hash of the client certificate where that is a copy, for the same reason as `caHash`. */
    readonly userCertificateHash?: pulumi.Input<string>;
}

/** A KafkaMirrorMaker2 whose addresses may be known only after the clusters are. */
export type KafkaMirrorMaker2Inputs = Omit<KafkaMirrorMaker2Object, "spec" | "status"> & {
    spec: DeepInput<KafkaMirrorMaker2Spec>;
};

export interface MirrorConnections {
    readonly source: MirrorConnection;
    readonly target: MirrorConnection;
}

/** Of both connectors; `stopped` keeps their configuration and offsets, and runs no task. */
export type MirrorState = "running" | "stopped";

/**
 * The KafkaMirrorMaker2 that copies from the source to the target, next to the target.
 *
 * Both connectors take what they must agree on from one place, `sharedConfig`: a checkpoint
 * connector that looks for offset syncs elsewhere stays RUNNING and translates nothing.
 */
export function kafkaMirrorMaker2(
    settings: Pick<Settings, "source" | "target" | "mirror" | "images">,
    connections: MirrorConnections,
    state: MirrorState = "running",
): KafkaMirrorMaker2Inputs {
    const { target, mirror, images } = settings;
    const connector = { state, autoRestart: { ...mirror.autoRestart } };
    return {
        apiVersion: "kafka.strimzi.io/v1",
        kind: "KafkaMirrorMaker2",
        metadata: { name: mirror.name, namespace: target.namespace },
        spec: {
            ...(target.managed && { version: target.kafkaVersion }),
            ...(images.kafka !== undefined && { image: images.kafka }),
            replicas: mirror.replicas,
            target: {
                alias: aliasOf(target),
                ...clusterConnection(connections.target),
                ...connectStorage(mirror),
                config: workerConfig(mirror),
            },
            mirrors: [
                {
                    source: {
                        alias: mirroredAlias(settings),
                        ...clusterConnection(connections.source),
                    },
                    sourceConnector: {
                        tasksMax: mirror.tasksMax,
                        ...connector,
                        ...startPositions(mirror),
                        config: sourceConnectorConfig(mirror),
                    },
                    checkpointConnector: {
                        ...connector,
                        config: checkpointConnectorConfig(mirror),
                    },
                    topicsPattern: mirror.topicsPattern,
                    topicsExcludePattern: mirror.topicsExcludePattern,
                    groupsPattern: mirror.groupsPattern,
                    groupsExcludePattern: mirror.groupsExcludePattern,
                },
            ],
            ...resourceRequirements(workerResources(settings)),
            ...jvmOptions(mirror.jvmHeap, effectiveConfig(mirror, "jvm")),
            ...(mirror.metrics && { metricsConfig: workerMetrics(mirror) }),
            template: {
                connectContainer: restrictedContainer(),
                initContainer: restrictedContainer(),
                ...podAnnotations(connections.source),
            },
        },
    };
}

/** A later epoch begins at exact offsets, which the operator writes while it is stopped. */
function startPositions(mirror: MirrorSettings) {
    return mirror.epoch === 1
        ? {}
        : { alterOffsets: { fromConfigMap: { name: startPositionsName(mirror) } } };
}

/** What the pods hold copies of: another hash rolls them. */
function podAnnotations({ caHash, userCertificateHash }: MirrorConnection) {
    const annotations = {
        ...(caHash !== undefined && { [TRUSTED_CA_HASH_ANNOTATION]: caHash }),
        ...(userCertificateHash !== undefined && {
            [USER_CERTIFICATE_HASH_ANNOTATION]: userCertificateHash,
        }),
    };
    return Object.keys(annotations).length === 0 ? {} : { pod: { metadata: { annotations } } };
}

function clusterConnection(connection: MirrorConnection) {
    const { bootstrapServers, tls, caSecretName, authentication } = connection;
    // A pattern keeps trusting both certificates while a CA's key is replaced.
    const trustedCertificates =
        caSecretName === undefined ? [] : [{ secretName: caSecretName, pattern: "*.crt" }];
    return {
        bootstrapServers,
        ...(tls && { tls: { trustedCertificates } }),
        ...(authentication !== undefined && { authentication: { ...authentication } }),
    };
}

/**
 * Worker configuration under the settings' own. Offsets are flushed every 5 s because a killed
 * worker repeats what it mirrored since (Kafka's default: 60 s); its tasks move on after 30 s
 * instead of 5 min; -1 is the target's own default.replication.factor.
 */
function workerConfig(mirror: MirrorSettings): KafkaConfig {
    return {
        "config.storage.replication.factor": -1,
        "offset.storage.replication.factor": -1,
        "status.storage.replication.factor": -1,
        "offset.flush.interval.ms": 5000,
        "scheduled.rebalance.max.delay.ms": 30000,
        "plugin.discovery": "service_load",
        ...(mirror.exactlyOnceSourceSupport !== "disabled" && {
            "exactly.once.source.support": mirror.exactlyOnceSourceSupport,
        }),
        ...effectiveConfig(mirror, "worker"),
    };
}

/** What the source and the checkpoint connector must agree on (Strimzi's documentation warns). */
function sharedConfig(mirror: MirrorSettings): KafkaConfig {
    const policy = mirror.replicationPolicy === "identity" ? "Identity" : "Default";
    return {
        "replication.policy.class": `org.apache.kafka.connect.mirror.${policy}ReplicationPolicy`,
        "replication.policy.separator": mirror.replicationPolicySeparator,
        "offset-syncs.topic.location": mirror.offsetSyncsTopicLocation,
        // A connector that stops waits so long for requests that a dead cluster never answers: in
        // MM2's Scheduler.close, and when it closes its admin clients (Kafka 4.3.1).
        "admin.timeout.ms": mirror.adminTimeoutSeconds * 1000,
        "admin.default.api.timeout.ms": mirror.adminTimeoutSeconds * 1000,
        "admin.request.timeout.ms": mirror.adminTimeoutSeconds * 500,
    };
}

function sourceConnectorConfig(mirror: MirrorSettings): KafkaConfig {
    return {
        ...sharedConfig(mirror),
        "replication.factor": -1,
        "offset-syncs.topic.replication.factor": -1,
        "offset.lag.max": mirror.offsetLagMax,
        "refresh.topics.interval.seconds": mirror.refreshTopicsIntervalSeconds,
        "sync.topic.configs.interval.seconds": mirror.syncTopicConfigsIntervalSeconds,
        "sync.topic.acls.enabled": mirror.syncTopicAclsEnabled,
        ...(mirror.exactlyOnceSourceSupport === "enabled" && {
            "exactly.once.support": "required",
        }),
        // Records of an aborted transaction would be indistinguishable from committed ones.
        "consumer.isolation.level": "read_committed",
        ...prefixed("consumer.", effectiveConfig(mirror, "consumer")),
        ...prefixed("producer.override.", effectiveConfig(mirror, "producer")),
    };
}

function checkpointConnectorConfig(mirror: MirrorSettings): KafkaConfig {
    return {
        ...sharedConfig(mirror),
        "checkpoints.topic.replication.factor": -1,
        "refresh.groups.interval.seconds": mirror.refreshGroupsIntervalSeconds,
        "emit.checkpoints.interval.seconds": mirror.emitCheckpointsIntervalSeconds,
        "sync.group.offsets.enabled": mirror.syncGroupOffsetsEnabled,
        "sync.group.offsets.interval.seconds": mirror.syncGroupOffsetsIntervalSeconds,
    };
}

function prefixed(prefix: string, config: KafkaConfig): KafkaConfig {
    return Object.fromEntries(
        Object.entries(config).map(([name, value]) => [`${prefix}${name}`, value]),
    );
}

function workerMetrics(mirror: MirrorSettings) {
    return {
        type: "jmxPrometheusExporter" as const,
        valueFrom: {
            configMapKeyRef: {
                name: metricsConfigMapName(mirror.name),
                key: MIRROR_MAKER_METRICS_KEY,
            },
        },
    };
}
