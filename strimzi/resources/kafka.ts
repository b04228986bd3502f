import type * as pulumi from "@pulumi/pulumi";
import type { KafkaSpec, KafkaStatus } from "../generated/types/Kafka";
import { StrimziResource } from "./strimziResource";
import type { StrimziResourceArgs } from "./strimziResource";

export type { KafkaObject, KafkaSpec, KafkaStatus } from "../generated/types/Kafka";

export type KafkaArgs = StrimziResourceArgs<KafkaSpec>;

/** A Kafka cluster; its nodes come from KafkaNodePool resources with the label `strimzi.io/cluster`. */
export class Kafka extends StrimziResource<"Kafka", KafkaSpec, KafkaStatus> {
    constructor(name: string, args: KafkaArgs | undefined, options?: pulumi.CustomResourceOptions) {
        super("Kafka", name, args, options);
    }

    /** Reads an object that this stack does not manage; the id is `<namespace>/<name>`. */
    static get(
        name: string,
        id: pulumi.Input<pulumi.ID>,
        options?: pulumi.CustomResourceOptions,
    ): Kafka {
        return new Kafka(name, undefined, { ...options, id });
    }
}
