import { isDeepStrictEqual } from "node:util";
import { runtime } from "@pulumi/pulumi";
import { parsePropertyPath, type PropertyPath } from "./propertyPath";

/**
 * Stands for a value that a preview does not know yet, in the inputs that a backend gets and in the
 * outputs that it returns. The same sentinel that the Pulumi SDK has on the wire.
 */
export const unknown: string = runtime.unknownValue;

/** How long an operation may take, as Pulumi durations such as `10m`. */
export interface CustomTimeouts {
    readonly create?: string;
    readonly update?: string;
    readonly delete?: string;
    readonly read?: string;
}

/** An earlier identity of a resource: a URN, or the parts of it that were different. */
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

/** The options of a resource as they reach the engine. Resources are named by their URN. */
export interface ResourceOptionsSeen {
    readonly parent?: string;
    /** `urn::id` of the provider; undefined for components and for the default provider. */
    readonly provider?: string;
    /** The providers of a component, `urn::id` by package. */
    readonly providers: Readonly<Record<string, string>>;
    /** All that the resource waits for: `dependsOn` and the resources whose outputs are inputs. */
    readonly dependencies: readonly string[];
    /** For each input the resources whose outputs it holds. */
    readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
    /** Its own or, when it has none, its parent's; the same for `retainOnDelete`, `deletedWith`. */
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
    /** Names of the resource hooks by their kind, such as `beforeUpdate`; undefined without any. */
    readonly hooks?: Readonly<Record<string, readonly string[]>>;
}

/** A resource that the program registered, before anything was done about it. */
export interface Registration {
    readonly urn: string;
    /** The type token, such as `kubernetes:core/v1:Secret`. */
    readonly type: string;
    readonly name: string;
    /** False for components, the root stack among them. */
    readonly custom: boolean;
    /**
     * Plain values: secrets unwrapped, {@link unknown} where a preview knows none, a resource given
     * as a value as its id (a component as its URN).
     */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** Property paths of the values that were secret, such as `spec.items[0]["a.b"]`. */
    readonly secretPaths: readonly string[];
    /** Property paths of the values that are unknown. */
    readonly unknownPaths: readonly string[];
    readonly options: ResourceOptionsSeen;
}

/** The read of something that exists already: `.get()` of a resource class, a `StackReference`. */
export interface ReadRequest {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** Undefined in a preview that does not know it yet; such a read never reaches the backend. */
    readonly id: string | undefined;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly parent?: string;
    readonly provider?: string;
    readonly dependencies: readonly string[];
    readonly additionalSecretOutputs: readonly string[];
}

/** A read whose id is known. */
export type KnownReadRequest = ReadRequest & { readonly id: string };

/** What a resource is once it exists. An undefined id is one that a preview cannot know. */
export interface ResourceState {
    readonly id: string | undefined;
    readonly outputs: Readonly<Record<string, unknown>>;
}

/** A resource as an earlier run left it: what Pulumi has of it in its state. */
export interface KnownResource {
    readonly id: string | undefined;
    /** As the backend got them, after `ignoreChanges`. */
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
    /** True when the run ended before the resource was done: it is updated without a change, too. */
    readonly unfinished?: boolean;
}

export interface BackendContext {
    /** True when nothing may be changed. */
    readonly preview: boolean;
    readonly project: string;
    readonly stack: string;
    /** Aborts when the run fails elsewhere: the run waits for operations that are under way. */
    readonly signal: AbortSignal;
    /**
     * The registration of a provider, by the `provider` of a resource's options: its inputs say
     * which cluster is meant. Undefined for the default provider.
     */
    provider(reference: string | undefined): Registration | undefined;
}

/**
 * What carries out the requests of a program. Providers (`pulumi:providers:*`) are only shown to it;
 * components and the root stack never reach it. A rejection fails the run, with its message. Outputs that are left out
 * are unknown in a preview; otherwise they take the value of the input of the same name.
 */
export interface Backend {
    /**
     * Looks at a provider when it is registered, before any resource of it; not where its inputs
     * hold unknown values. A rejection fails the run.
     */
    configure?(provider: Registration): Promise<void>;
    /**
     * A resource that an earlier run made, undefined where there was none. Left out: every run is the
     * first. Decides about hooks and `ignoreChanges`: what then reaches {@link create} has the old
     * inputs where changes are ignored.
     */
    known?(urn: string): KnownResource | undefined;
    /** Creates a resource, or makes it what the registration says where it is {@link known}. */
    create(registration: Registration, context: BackendContext): Promise<ResourceState>;
    read(request: KnownReadRequest, context: BackendContext): Promise<ResourceState>;
    /** Calls a provider function. Left out: the program may call none. */
    invoke?(
        token: string,
        args: Readonly<Record<string, unknown>>,
        provider: string | undefined,
        context: BackendContext,
    ): Promise<Record<string, unknown>>;
}

/**
 * A registration with the values of the last run at the paths of `ignoreChanges`, as Pulumi puts
 * them there before the provider or a hook sees the inputs: what was not there then is not there now.
 * A path that leads into something which either of the two does not have changes nothing.
 *
 * @throws Error for a path with `*`, which is not understood here.
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

/** Whether there is something to update: as with Pulumi, also what was not done the last time. */
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
