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

/** MM2's connection to one of its clusters. */
export interface MirrorConnection {
    /** Kafka's `bootstrap.servers`; an Output where the operator reports it. */
    readonly bootstrapServers: pulumi.Input<string>;
    readonly tls: boolean;
    /** Secret whose `*.crt` keys MM2 trusts; with TLS and without a Secret the system's CAs. */
    readonly caSecretName?: string;
    /**
     * Hash of that Secret's certificates. It is in the pods' annotations, so that another CA rolls
     * MM2 in the same update. Strimzi notices a changed Secret only at its next reconciliation;
     * until then MM2 is Ready and RUNNING but copies nothing.
     */
    readonly caHash?: pulumi.Input<string>;
    /** MM2's authentication; none if absent. */
    readonly authentication?: ExistingSite["authentication"];
    /** Hash of a copied client certificate, for the same reason as `caHash`. */
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
 * `sharedConfig` has everything that both connectors must agree on: a checkpoint connector that
 * reads other offset syncs stays RUNNING but translates nothing.
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

/**
 * A later epoch starts at exact offsets, which the operator sets while the connector is stopped.
 */
function startPositions(mirror: MirrorSettings) {
    return mirror.epoch === 1
        ? {}
        : { alterOffsets: { fromConfigMap: { name: startPositionsName(mirror) } } };
}

/** Hashes of the copies that the pods use; another hash rolls the pods. */
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
    // With a pattern MM2 trusts both certificates while a CA's key is replaced.
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
        // When a connector stops, it waits this long for requests to a dead cluster: in MM2's
        // Scheduler.close, and when it closes its admin clients (Kafka 4.3.1).
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
        // Otherwise records of aborted transactions would be indistinguishable from committed ones.
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
