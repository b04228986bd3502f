import type * as pulumi from "@pulumi/pulumi";

type Scalar = string | number | boolean | null | undefined;

/**
 * A plain type in which every part may also be a Pulumi Output. Unions of scalars are not
 * distributed, so that an `Output<"a" | "b">` is an input for `"a" | "b"`.
 */
export type DeepInput<T> = unknown extends T
    ? pulumi.Input<T>
    : [T] extends [Scalar]
      ? pulumi.Input<T>
      : T extends Scalar
        ? pulumi.Input<T>
        : T extends readonly (infer Element)[]
          ? pulumi.Input<readonly DeepInput<Element>[]>
          : pulumi.Input<{ [Key in keyof T]: DeepInput<T[Key]> }>;

/** An object whose fields may be Outputs, but which is none itself: what a builder returns. */
export type DeepInputs<T> = { [Key in keyof T]: DeepInput<T[Key]> };
