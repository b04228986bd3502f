import { createHash } from "node:crypto";
import {
    aliasOf,
    mirroredAlias,
    type MirrorSettings,
    type Settings,
    type SiteName,
    withEpoch,
} from "../../config/settingsSchema";

/*
 * Names that Strimzi 1.2.0 derives from the resources it is given, and those of this stack's own
 * objects. They are computed so that a preview knows them and app stacks can rely on them.
 */

/** Secret with the certificates of a cluster's CA, made by Strimzi. */
export function clusterCaSecretName(cluster: string): string {
    return `${cluster}-cluster-ca-cert`;
}

/**
 * Secret with the copy of the source's CA next to MM2. Never the original's name: the target's own
 * CA Secret would be overwritten when both clusters have the same name.
 */
export function caCopySecretName(sourceCluster: string): string {
    return `${clusterCaSecretName(sourceCluster)}-copy`;
}

/** Address of an internal listener, as pods of the same Kubernetes cluster reach it. */
export function internalBootstrapServers(cluster: string, namespace: string, port: number): string {
    return `${cluster}-kafka-bootstrap.${namespace}.svc:${port}`;
}

/** The REST API of MM2's Connect workers: plain HTTP, inside the Kubernetes cluster only. */
export function statusUrl(mirror: string, namespace: string): string {
    return `http://${mirror}-mirrormaker2-api.${namespace}.svc:8083`;
}

/** Connector names as the operator makes them from the aliases of both clusters. */
export function connectorNames(settings: Pick<Settings, "source" | "target" | "mirror">): {
    source: string;
    checkpoint: string;
} {
    const prefix = `${mirroredAlias(settings)}->${aliasOf(settings.target)}`;
    return {
        source: `${prefix}.MirrorSourceConnector`,
        checkpoint: `${prefix}.MirrorCheckpointConnector`,
    };
}

/**
 * Connect group and internal topics of MM2 at the target. The prefix `__` keeps the topics out of
 * a mirror in the other direction, whose default excludes name it.
 */
export function connectStorage(mirror: Pick<MirrorSettings, "name" | "epoch">) {
    const groupId = withEpoch(`__${mirror.name}`, mirror);
    return {
        groupId,
        configStorageTopic: `${groupId}-config`,
        offsetStorageTopic: `${groupId}-offset`,
        statusStorageTopic: `${groupId}-status`,
    };
}

/**
 * KafkaUser of MM2 at a site. The revision is part of the name, so that new credentials are a new
 * user: MM2 moves to it while the old one still works.
 */
export function mirrorUserName(
    { name, credentialsRevision }: Pick<MirrorSettings, "name" | "credentialsRevision">,
    side: SiteName,
): string {
    return `${name}-${side}-${credentialsRevision}`;
}

/**
 * KafkaUser of the operators' commands at a site, which can only read. Its credentials change
 * together with MM2's.
 */
export function commandsUserName(
    { name, credentialsRevision }: Pick<MirrorSettings, "name" | "credentialsRevision">,
    side: SiteName,
): string {
    return `${name}-commands-${side}-${credentialsRevision}`;
}

/**
 * Secret with the password that a KafkaUser is given; the User Operator's own has the user's name.
 */
export function passwordSecretName(owner: string): string {
    return `${owner}-password`;
}

/** Secret with the copy of a KafkaUser's client certificate next to MM2. */
export function userCertificateCopySecretName(user: string): string {
    return `${user}-copy`;
}

/**
 * MM2's topic with the positions of each mirrored partition. It is named after the other cluster
 * than the one in which it is.
 */
export function offsetSyncsTopic(settings: Pick<Settings, "source" | "target" | "mirror">): string {
    const { target, mirror } = settings;
    const other =
        mirror.offsetSyncsTopicLocation === "target" ? mirroredAlias(settings) : aliasOf(target);
    const separator = mirror.replicationPolicySeparator;
    return ["mm2-offset-syncs", other, "internal"].join(separator);
}

/** MM2's topic with translated group offsets, at the target. */
export function checkpointsTopic(settings: Pick<Settings, "source" | "mirror">): string {
    const separator = settings.mirror.replicationPolicySeparator;
    return [mirroredAlias(settings), "checkpoints", "internal"].join(separator);
}

/** ConfigMap next to MM2 with the phase of the pair that was deployed last. */
export function phaseRecordName({ name }: Pick<MirrorSettings, "name">): string {
    return `${name}-phase`;
}

/** ConfigMap next to MM2 with the offsets at which an epoch begins. */
export function startPositionsName({
    name,
    epoch,
}: Pick<MirrorSettings, "name" | "epoch">): string {
    return `${name}-start-positions-${epoch}`;
}

export function metricsConfigMapName(owner: string): string {
    return `${owner}-metrics`;
}

/** An RFC 1123 subdomain, which a Kubernetes object's name must be. */
const KUBERNETES_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Name of the KafkaTopic for a topic: the same where Kubernetes allows it, otherwise readable and
 * made unique by a hash of the real name, which then stands in `spec.topicName`.
 */
export function kafkaTopicResourceName(topic: string): string {
    if (KUBERNETES_NAME.test(topic) && topic.length <= 253) {
        return topic;
    }
    const readable = topic
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-+/, "")
        .slice(0, 200);
    const hash = createHash("sha256").update(topic).digest("hex").slice(0, 8);
    return `${readable}${readable === "" || readable.endsWith("-") ? "" : "-"}${hash}`;
}
