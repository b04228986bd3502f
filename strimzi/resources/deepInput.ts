import type * as pulumi from "@pulumi/pulumi";

type Scalar = string | number | boolean | null | undefined;

/**
 * A plain type whose every part may also be a Pulumi Output. Scalars are not distributed over
 * their unions, so that an `Output<"a" | "b">` is an input for `"a" | "b"`.
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

/** An object that is there, with fields that may be Outputs: what a builder returns. */
export type DeepInputs<T> = { [Key in keyof T]: DeepInput<T[Key]> };
