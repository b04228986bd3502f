import type * as pulumi from "@pulumi/pulumi";
import type {
    KafkaMirrorMaker2Spec,
    KafkaMirrorMaker2Status,
} from "../generated/types/KafkaMirrorMaker2";
import { StrimziResource } from "./strimziResource";
import type { StrimziResourceArgs } from "./strimziResource";

export type {
    KafkaMirrorMaker2Object,
    KafkaMirrorMaker2Spec,
    KafkaMirrorMaker2Status,
} from "../generated/types/KafkaMirrorMaker2";

export type KafkaMirrorMaker2Args = StrimziResourceArgs<KafkaMirrorMaker2Spec>;

/** MirrorMaker 2: a Connect cluster next to the target that copies from the sources. */
export class KafkaMirrorMaker2 extends StrimziResource<
    "KafkaMirrorMaker2",
    KafkaMirrorMaker2Spec,
    KafkaMirrorMaker2Status
> {
    constructor(
        name: string,
        args: KafkaMirrorMaker2Args | undefined,
        options?: pulumi.CustomResourceOptions,
    ) {
        super("KafkaMirrorMaker2", name, args, options);
    }

    /** Reads an object that this stack does not manage; the id is `<namespace>/<name>`. */
    static get(
        name: string,
        id: pulumi.Input<pulumi.ID>,
        options?: pulumi.CustomResourceOptions,
    ): KafkaMirrorMaker2 {
        return new KafkaMirrorMaker2(name, undefined, { ...options, id });
    }
}
