import type {
    KafkaMirrorMaker2Object,
    KafkaNodePoolObject,
    KafkaObject,
    KafkaTopicObject,
} from "../../../lab/objects";
import type { KafkaUserObject } from "../../../strimzi/resources";

/** Why the operator does not make an object Ready. */
export interface Refusal {
    readonly reason: string;
    readonly message: string;
}

/** Fields that the API server adds to every object. */
interface Stored {
    readonly metadata: {
        readonly uid: string;
        readonly namespace: string;
        readonly generation: number;
        readonly resourceVersion: string;
    };
    readonly status?: object;
}

export type StoredKafka = KafkaObject & Stored;
export type StoredNodePool = KafkaNodePoolObject & Stored;
export type StoredTopic = KafkaTopicObject & Stored;
export type StoredUser = KafkaUserObject & Stored;
export type StoredMirrorMaker = KafkaMirrorMaker2Object & Stored;

/** The kinds that the operator reconciles. */
export interface StoredByKind {
    readonly Kafka: StoredKafka;
    readonly KafkaNodePool: StoredNodePool;
    readonly KafkaTopic: StoredTopic;
    readonly KafkaUser: StoredUser;
    readonly KafkaMirrorMaker2: StoredMirrorMaker;
}

export type StrimziKind = keyof StoredByKind;

export const PLURALS: Readonly<Record<StrimziKind, string>> = {
    Kafka: "kafkas",
    KafkaNodePool: "kafkanodepools",
    KafkaTopic: "kafkatopics",
    KafkaUser: "kafkausers",
    KafkaMirrorMaker2: "kafkamirrormaker2s",
};
