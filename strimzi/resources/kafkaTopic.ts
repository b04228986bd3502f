import type * as pulumi from "@pulumi/pulumi";
import type { KafkaTopicSpec, KafkaTopicStatus } from "../generated/types/KafkaTopic";
import { StrimziResource } from "./strimziResource";
import type { StrimziResourceArgs } from "./strimziResource";

export type {
    KafkaTopicObject,
    KafkaTopicSpec,
    KafkaTopicStatus,
} from "../generated/types/KafkaTopic";

export type KafkaTopicArgs = StrimziResourceArgs<KafkaTopicSpec>;

/** A topic that the Topic Operator manages. */
export class KafkaTopic extends StrimziResource<"KafkaTopic", KafkaTopicSpec, KafkaTopicStatus> {
    constructor(
        name: string,
        args: KafkaTopicArgs | undefined,
        options?: pulumi.CustomResourceOptions,
    ) {
        super("KafkaTopic", name, args, options);
    }

    /** Reads an object that this stack does not manage; the id is `<namespace>/<name>`. */
    static get(
        name: string,
        id: pulumi.Input<pulumi.ID>,
        options?: pulumi.CustomResourceOptions,
    ): KafkaTopic {
        return new KafkaTopic(name, undefined, { ...options, id });
    }
}
