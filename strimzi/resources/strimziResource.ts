import * as pulumi from "@pulumi/pulumi";
import type { ObjectMeta } from "../generated/types/ObjectMeta";
import type { DeepInput } from "./deepInput";

/** The API group and version of all Strimzi kinds. */
export const STRIMZI_API_VERSION = "kafka.strimzi.io/v1";

/** `metadata` as the API server returns it, including the fields that it sets. */
export interface LiveObjectMeta extends ObjectMeta {
    readonly uid?: string;
    readonly resourceVersion?: string;
    /** Increases with every change of `spec`; `status.observedGeneration` follows it. */
    readonly generation?: number;
    /** RFC 3339. */
    readonly creationTimestamp?: string;
}

/** The arguments of a Strimzi resource. Every part may be an Output. */
export interface StrimziResourceArgs<Spec> {
    /** `name` and `namespace` are required: Strimzi derives other names from them. */
    readonly metadata: DeepInput<ObjectMeta>;
    readonly spec: DeepInput<Spec>;
}

/**
 * A custom resource of Strimzi, created and awaited by the Kubernetes provider.
 *
 * `status` is the operator's report from the time when the provider last awaited or read the
 * object. Without a wait it is undefined after the first `pulumi up`: use the annotations
 * `pulumi.com/waitFor` and `pulumi.com/timeoutSeconds`. It is unknown in the preview of a creation.
 */
export abstract class StrimziResource<Kind extends string, Spec, Status>
    extends pulumi.CustomResource
{
    // "declare", because a class field would hide the Output that the base class sets.
    declare readonly apiVersion: pulumi.Output<typeof STRIMZI_API_VERSION>;
    declare readonly kind: pulumi.Output<Kind>;
    declare readonly metadata: pulumi.Output<LiveObjectMeta>;
    declare readonly spec: pulumi.Output<Spec>;
    declare readonly status: pulumi.Output<Status | undefined>;

    /** @param args undefined for an existing object that is only read (`options.id`). */
    protected constructor(
        kind: Kind,
        name: string,
        args: StrimziResourceArgs<Spec> | undefined,
        options: pulumi.CustomResourceOptions | undefined,
    ) {
        super(
            `kubernetes:${STRIMZI_API_VERSION}:${kind}`,
            name,
            {
                apiVersion: STRIMZI_API_VERSION,
                kind,
                metadata: args?.metadata,
                spec: args?.spec,
                // Never an input; the key makes it an output.
                status: undefined,
            },
            options,
        );
    }
}
