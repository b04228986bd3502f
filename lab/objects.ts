/** The types of the Kubernetes objects that the lab runs: Strimzi's, Secrets and ConfigMaps. */
import type * as kafka from "../strimzi/generated/types/Kafka";
import type * as mirrorMaker from "../strimzi/generated/types/KafkaMirrorMaker2";
import type * as nodePool from "../strimzi/generated/types/KafkaNodePool";
import type * as user from "../strimzi/generated/types/KafkaUser";
import type { ObjectMeta } from "../strimzi/generated/types/ObjectMeta";

export type { KafkaTopicObject } from "../strimzi/generated/types/KafkaTopic";

/** Fields that an API server adds to an object. */
interface Stored {
    /** Counts the changes of `spec`, from 1. */
    readonly metadata: { readonly generation?: number };
}

export type KafkaObject = kafka.KafkaObject & Stored;
export type KafkaStatus = kafka.KafkaStatus;
export type Condition = NonNullable<KafkaStatus["conditions"]>[number];
export type KafkaListener = KafkaObject["spec"]["kafka"]["listeners"][number];

export type KafkaNodePoolObject = nodePool.KafkaNodePoolObject & Stored;
export type KafkaNodePoolStatus = nodePool.KafkaNodePoolStatus;
export type NodeRole = KafkaNodePoolObject["spec"]["roles"][number];

export type KafkaUserObject = user.KafkaUserObject & Stored;
export type KafkaUserStatus = user.KafkaUserStatus;
export type KafkaUserAcl = NonNullable<KafkaUserObject["spec"]["authorization"]>["acls"][number];

export type KafkaMirrorMaker2Object = mirrorMaker.KafkaMirrorMaker2Object & Stored;
export type KafkaMirrorMaker2Status = mirrorMaker.KafkaMirrorMaker2Status;
type Mirror = KafkaMirrorMaker2Object["spec"]["mirrors"][number];
export type MetricsConfig = NonNullable<KafkaMirrorMaker2Object["spec"]["metricsConfig"]>;
/** The source or the target of a mirror. */
export type MirrorClusterSpec = Mirror["source"];
export type MirrorConnectorSpec = NonNullable<Mirror["sourceConnector"]>;
export type ConnectorState = NonNullable<MirrorConnectorSpec["state"]>;
export type TrustedCertificate = NonNullable<
    NonNullable<MirrorClusterSpec["tls"]>["trustedCertificates"]
>[number];

/** A Secret as an API server returns it: values in base64. */
export interface SecretObject {
    readonly metadata: ObjectMeta;
    readonly type?: string;
    readonly data: Readonly<Record<string, string>>;
}

/** A value of a Secret as text; undefined when there is no such key. */
export function secretText(secret: SecretObject, key: string): string | undefined {
    const value = secret.data[key];
    return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
}

/** Finds a Secret; undefined when there is none. */
export type SecretLookup = (namespace: string, name: string) => SecretObject | undefined;

/** The part of a ConfigMap that the lab reads. */
export interface ConfigMapObject {
    readonly metadata: ObjectMeta;
    readonly data?: Readonly<Record<string, string>>;
}

/** Finds a ConfigMap; undefined when there is none. */
export type ConfigMapLookup = (namespace: string, name: string) => ConfigMapObject | undefined;

/** Addresses of Kubernetes services (`host:port`) and where they are on this machine. */
export type ServiceDirectory = ReadonlyMap<string, string>;
