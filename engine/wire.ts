import { isDeepStrictEqual } from "node:util";
import { runtime } from "@pulumi/pulumi";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { unknown } from "./backend";
import type { PropertyPath } from "./propertyPath";

/*
 * Properties in Pulumi's protocol: plain JSON in which an object with a signature represents a secret or
 * a resource, and a sentinel string represents an unknown value.
 */

type WireObject = Record<string, JavaScriptValue>;

/** A resource that is a value. */
interface Reference {
    readonly path: PropertyPath;
    readonly plain: unknown;
    readonly wire: WireObject;
}

/** Unwrapped properties, and the paths of the wrapped values. */
export interface Properties {
    readonly values: Record<string, unknown>;
    readonly secrets: readonly PropertyPath[];
    readonly unknowns: readonly PropertyPath[];
    readonly references: readonly Reference[];
}

/** Unwraps properties of the protocol. */
export function decodeProperties(struct: Struct | undefined): Properties {
    const secrets: PropertyPath[] = [];
    const unknowns: PropertyPath[] = [];
    const references: Reference[] = [];

    const decode = (value: unknown, path: PropertyPath): unknown => {
        if (value === unknown) {
            unknowns.push(path);
            return unknown;
        }
        if (Array.isArray(value)) {
            return value.map((item, index) => decode(item, [...path, index]));
        }
        if (!isWireObject(value)) {
            return value;
        }
        switch (value[runtime.specialSigKey]) {
            case undefined:
                return decodeObject(value, path);
            case runtime.specialSecretSig:
                secrets.push(path);
                return decode(value.value, path);
            case runtime.specialResourceSig: {
                // As a provider without support for references receives it: a custom resource is its
                // id, which is empty in a preview; a component is its URN.
                const id = value.id === "" ? unknown : value.id;
                const plain = decode(id ?? value.urn, path);
                references.push({ path, plain, wire: value });
                return plain;
            }
            default:
                // Assets and archives stay unchanged.
                return value;
        }
    };
    const decodeObject = (object: WireObject, path: PropertyPath) =>
        Object.fromEntries(
            Object.entries(object).map(([key, value]) => [key, decode(value, [...path, key])]),
        );

    const values = decodeObject(struct?.toJavaScript() ?? {}, []);
    return { values, secrets, unknowns, references };
}

/** The values to wrap; paths without a value are ignored. */
export interface Wrapping {
    readonly secrets: readonly PropertyPath[];
    /** References among the inputs: an output with the same value at the same path is one as well. */
    readonly references?: readonly Reference[];
}

/** Wraps plain values for the protocol. Undefined values are omitted, as in JSON. */
export function encodeProperties(
    values: Readonly<Record<string, unknown>>,
    wrapping: Wrapping,
): Struct {
    const secrets = new Set(wrapping.secrets.map((path) => JSON.stringify(path)));
    const references = new Map(
        (wrapping.references ?? []).map((reference) => [JSON.stringify(reference.path), reference]),
    );

    const encode = (value: unknown, path: PropertyPath): JavaScriptValue => {
        const place = JSON.stringify(path);
        const reference = references.get(place);
        const encoded =
            reference !== undefined && isDeepStrictEqual(reference.plain, value)
                ? reference.wire
                : encodePlain(value, path);
        return secrets.has(place)
            ? { [runtime.specialSigKey]: runtime.specialSecretSig, value: encoded }
            : encoded;
    };
    const encodePlain = (value: unknown, path: PropertyPath): JavaScriptValue => {
        if (Array.isArray(value)) {
            return value.map((item: unknown, index) => encode(item, [...path, index]));
        }
        if (typeof value === "object" && value !== null) {
            return encodeObject(value as Record<string, unknown>, path);
        }
        return (value ?? null) as JavaScriptValue;
    };
    const encodeObject = (object: Readonly<Record<string, unknown>>, path: PropertyPath) =>
        Object.fromEntries(
            Object.entries(object)
                .filter(([, value]) => value !== undefined)
                .map(([key, value]) => [key, encode(value, [...path, key])]),
        );

    return Struct.fromJavaScript(encodeObject(values, []));
}

/** Unknown values for all given properties, for a run that has failed. */
export function unknownProperties(names: Iterable<string>): Struct {
    return Struct.fromJavaScript(
        Object.fromEntries(Array.from(names, (name) => [name, runtime.unknownValue])),
    );
}

function isWireObject(value: unknown): value is WireObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
