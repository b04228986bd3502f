import type {
    KafkaMirrorMaker2Object,
    KafkaNodePoolObject,
    KafkaObject,
    KafkaTopicObject,
} from "../../../lab/objects";
import type { KafkaUserObject } from "../../../strimzi/resources";

/** What an API server adds to every object. */
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

/** The kinds that the operator acts on. */
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
