import type * as pulumi from "@pulumi/pulumi";
import type { KafkaNodePoolSpec, KafkaNodePoolStatus } from "../generated/types/KafkaNodePool";
import { StrimziResource } from "./strimziResource";
import type { StrimziResourceArgs } from "./strimziResource";

export type {
    KafkaNodePoolObject,
    KafkaNodePoolSpec,
    KafkaNodePoolStatus,
} from "../generated/types/KafkaNodePool";

export type KafkaNodePoolArgs = StrimziResourceArgs<KafkaNodePoolSpec>;

/** A group of Kafka nodes with the same configuration: brokers, controllers or both. */
export class KafkaNodePool extends StrimziResource<
    "KafkaNodePool",
    KafkaNodePoolSpec,
    KafkaNodePoolStatus
> {
    constructor(
        name: string,
        args: KafkaNodePoolArgs | undefined,
        options?: pulumi.CustomResourceOptions,
    ) {
        super("KafkaNodePool", name, args, options);
    }

    /** Reads an object that this stack does not manage; the id is `<namespace>/<name>`. */
    static get(
        name: string,
        id: pulumi.Input<pulumi.ID>,
        options?: pulumi.CustomResourceOptions,
    ): KafkaNodePool {
        return new KafkaNodePool(name, undefined, { ...options, id });
    }
}
