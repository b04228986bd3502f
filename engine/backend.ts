import { isDeepStrictEqual } from "node:util";
import { runtime } from "@pulumi/pulumi";
import { parsePropertyPath, type PropertyPath } from "./propertyPath";

/**
 * Stands for a value that a preview does not know yet, in the inputs that a backend receives and in the
 * outputs that it returns. It is the sentinel of Pulumi's protocol.
 */
export const unknown: string = runtime.unknownValue;

/** Timeouts of operations, as Pulumi durations such as `10m`. */
export interface CustomTimeouts {
    readonly create?: string;
    readonly update?: string;
    readonly delete?: string;
    readonly read?: string;
}

/** An earlier identity of a resource: a URN, or the parts of it that differed. */
export type AliasSeen =
    | string
    | {
          readonly name?: string;
          readonly type?: string;
          readonly stack?: string;
          readonly project?: string;
          readonly parent?: string;
          readonly noParent?: boolean;
      };

/** The options of a resource as they reach the engine. They refer to resources by URN. */
export interface ResourceOptionsSeen {
    readonly parent?: string;
    /** `urn::id` of the provider; undefined for components and for the default provider. */
    readonly provider?: string;
    /** The providers of a component, `urn::id` by package. */
    readonly providers: Readonly<Record<string, string>>;
    /** All dependencies: `dependsOn` and the resources whose outputs are inputs. */
    readonly dependencies: readonly string[];
    /** For each input, the resources whose outputs it contains. */
    readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
    /** Inherited from the parent when not set, like `retainOnDelete` and `deletedWith`. */
    readonly protect?: boolean;
    readonly retainOnDelete?: boolean;
    readonly deletedWith?: string;
    readonly deleteBeforeReplace?: boolean;
    readonly ignoreChanges: readonly string[];
    readonly replaceOnChanges: readonly string[];
    readonly replaceWith: readonly string[];
    readonly hideDiffs: readonly string[];
    readonly aliases: readonly AliasSeen[];
    readonly customTimeouts?: CustomTimeouts;
    readonly additionalSecretOutputs: readonly string[];
    readonly importId?: string;
    readonly version?: string;
    /** Names of the resource hooks by kind, such as `beforeUpdate`; undefined without hooks. */
    readonly hooks?: Readonly<Record<string, readonly string[]>>;
}

/** A resource that the program registers, before it is created or updated. */
export interface Registration {
    readonly urn: string;
    /** The type token, such as `kubernetes:core/v1:Secret`. */
    readonly type: string;
    readonly name: string;
    /** False for components, the root stack among them. */
    readonly custom: boolean;
    /**
     * Plain values: secrets are unwrapped, values that a preview does not know are {@link unknown}, and
     * a resource as a value is its id (a component its URN).
     */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** Property paths of the secret values, such as `spec.items[0]["a.b"]`. */
    readonly secretPaths: readonly string[];
    /** Property paths of the unknown values. */
    readonly unknownPaths: readonly string[];
    readonly options: ResourceOptionsSeen;
}

/** The read of an existing object: `.get()` of a resource class, or a `StackReference`. */
export interface ReadRequest {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** Undefined in a preview that does not know it yet; then the read does not reach the backend. */
    readonly id: string | undefined;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly parent?: string;
    readonly provider?: string;
    readonly dependencies: readonly string[];
    readonly additionalSecretOutputs: readonly string[];
}

/** A read whose id is known. */
export type KnownReadRequest = ReadRequest & { readonly id: string };

/** The id and outputs of a resource. The id is undefined when a preview cannot know it. */
export interface ResourceState {
    readonly id: string | undefined;
    readonly outputs: Readonly<Record<string, unknown>>;
}

/** A resource of an earlier run, as Pulumi has it in its state. */
export interface KnownResource {
    readonly id: string | undefined;
    /** The inputs that the backend received, after `ignoreChanges`. */
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
    /** True when the run ended before the resource was complete: it is updated even without a change. */
    readonly unfinished?: boolean;
}

export interface BackendContext {
    /** True when the backend must not change anything. */
    readonly preview: boolean;
    readonly project: string;
    readonly stack: string;
    /** Aborts when the run fails elsewhere; the run still waits for operations in progress. */
    readonly signal: AbortSignal;
    /**
     * The registration of a provider, found by the `provider` of a resource's options; its inputs
     * identify the cluster. Undefined for the default provider.
     */
    provider(reference: string | undefined): Registration | undefined;
}

/**
 * Carries out the requests of a program. It sees providers (`pulumi:providers:*`) only in
 * {@link configure}; components and the root stack never reach it. A rejection fails the run with its
 * message. An output that it omits is unknown in a preview; otherwise it has the value of the input of
 * the same name.
 */
export interface Backend {
    /**
     * Receives a provider when it is registered, before its resources; not if its inputs contain
     * unknown values. A rejection fails the run.
     */
    configure?(provider: Registration): Promise<void>;
    /**
     * A resource of an earlier run; undefined for a new one. Without this method every run is the first.
     * It decides about hooks and `ignoreChanges`: {@link create} receives the old inputs where changes
     * are ignored.
     */
    known?(urn: string): KnownResource | undefined;
    /** Creates a resource, or updates one that is {@link known}. */
    create(registration: Registration, context: BackendContext): Promise<ResourceState>;
    read(request: KnownReadRequest, context: BackendContext): Promise<ResourceState>;
    /** Calls a provider function. Without this method the program may not call any. */
    invoke?(
        token: string,
        args: Readonly<Record<string, unknown>>,
        provider: string | undefined,
        context: BackendContext,
    ): Promise<Record<string, unknown>>;
}

/**
 * Replaces the inputs at the paths of `ignoreChanges` by those of the last run, as Pulumi does before
 * the provider or a hook sees them. A value that was absent then becomes absent. A path whose parent is
 * missing on either side changes nothing.
 *
 * @throws Error for a path with `*`, which is not supported
 */
export function withIgnoredChanges(
    registration: Registration,
    known: KnownResource | undefined,
): Registration {
    const { ignoreChanges } = registration.options;
    if (known === undefined || ignoreChanges.length === 0) {
        return registration;
    }
    const inputs = structuredClone(registration.inputs) as Record<string, unknown>;
    for (const path of ignoreChanges.map(parsePropertyPath)) {
        reset(inputs, known.inputs, path);
    }
    return { ...registration, inputs };
}

/** Whether a resource needs an update: its inputs changed, or the last run did not complete it. */
export function needsUpdate({ inputs }: Registration, known: KnownResource): boolean {
    return known.unfinished === true || !isDeepStrictEqual(known.inputs, inputs);
}

function reset(target: unknown, from: unknown, [step, ...rest]: PropertyPath): void {
    if (step === undefined || !isContainer(target) || !isContainer(from)) {
        return;
    }
    if (rest.length > 0) {
        reset(target[step], from[step], rest);
    } else if (step in from) {
        target[step] = structuredClone(from[step]);
    } else if (!Array.isArray(target)) {
        Reflect.deleteProperty(target, step);
    }
}

function isContainer(value: unknown): value is Record<string | number, unknown> {
    return typeof value === "object" && value !== null;
}
