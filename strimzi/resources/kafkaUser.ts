import type * as pulumi from "@pulumi/pulumi";
import type { KafkaUserSpec, KafkaUserStatus } from "../generated/types/KafkaUser";
import { StrimziResource } from "./strimziResource";
import type { StrimziResourceArgs } from "./strimziResource";

export type { KafkaUserObject, KafkaUserSpec, KafkaUserStatus } from "../generated/types/KafkaUser";

export type KafkaUserArgs = StrimziResourceArgs<KafkaUserSpec>;

/** A Kafka user with credentials, ACLs and quotas, managed by the User Operator. */
export class KafkaUser extends StrimziResource<"KafkaUser", KafkaUserSpec, KafkaUserStatus> {
    constructor(
        name: string,
        args: KafkaUserArgs | undefined,
        options?: pulumi.CustomResourceOptions,
    ) {
        super("KafkaUser", name, args, options);
    }

    /** Reads an object that this stack does not manage; the id is `<namespace>/<name>`. */
    static get(
        name: string,
        id: pulumi.Input<pulumi.ID>,
        options?: pulumi.CustomResourceOptions,
    ): KafkaUser {
        return new KafkaUser(name, undefined, { ...options, id });
    }
}
