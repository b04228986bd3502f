import { createHash } from "node:crypto";
import type {
    Backend,
    BackendContext,
    KnownReadRequest,
    KnownResource,
    Registration,
    ResourceState,
} from "./backend";
import type { ProgramResult } from "./program";
import { randomState } from "./randomResources";
import { urnName, urnType } from "./urn";

/** A scripted outcome for a resource, in place of its inputs alone. */
export interface ScriptedState {
    /** The resource's type; any when left out. */
    readonly type?: string;
    /** The resource's name in the program; any when left out. */
    readonly name?: string;
    readonly id?: string;
    /** Merged over the inputs of a create; all of the outputs of a read. */
    readonly outputs?: Readonly<Record<string, unknown>>;
    /** Fails the resource with this message. */
    readonly error?: string;
}

export interface RecordingOptions {
    /** The first match applies. */
    readonly creates?: readonly ScriptedState[];
    readonly reads?: readonly ScriptedState[];
    /** An earlier run of the program, whose resources are known as from Pulumi's state. */
    readonly deployed?: Pick<ProgramResult, "registrations" | "states">;
    /** Resources of an earlier run, matched by name and type; none by default. */
    readonly known?: readonly ScriptedKnown[];
}

/** A resource of an earlier run. */
export interface ScriptedKnown extends Omit<ScriptedState, "error"> {
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

/**
 * A backend for tests: every resource exists immediately, with its inputs as outputs. The record of the
 * run is {@link ProgramResult}.
 *
 * - Kubernetes objects have the id `namespace/name`, or `name` without a namespace. An object without a
 *   name gets one that is derived from the URN.
 * - `@pulumi/random` gives the same values in every run.
 * - A preview knows no ids, and only the inputs as outputs, so no `status`.
 * - A read needs a script.
 */
export class RecordingBackend implements Backend {
    constructor(private readonly options: RecordingOptions = {}) {}

    known(urn: string): KnownResource | undefined {
        const resource = { type: urnType(urn), name: urnName(urn) };
        const script = scriptFor(this.options.known, resource);
        const { deployed } = this.options;
        const earlier = deployed?.registrations.find((registration) => registration.urn === urn);
        const state = deployed?.states.get(urn);
        if (earlier !== undefined && state !== undefined) {
            return { ...state, inputs: earlier.inputs };
        }
        return (
            script && {
                id: script.id,
                inputs: script.inputs,
                outputs: { ...script.inputs, ...script.outputs },
            }
        );
    }

    create(registration: Registration, context: BackendContext): Promise<ResourceState> {
        return settled(() => {
            const script = scriptFor(this.options.creates, registration);
            const state = stateOf(registration);
            if (context.preview) {
                return { id: undefined, outputs: state.outputsInPreview };
            }
            return {
                id: script?.id ?? state.id,
                outputs: { ...state.outputs, ...script?.outputs },
            };
        });
    }

    read(request: KnownReadRequest): Promise<ResourceState> {
        return settled(() => {
            const script = scriptFor(this.options.reads, request);
            if (script === undefined) {
                throw new Error(`no script for the read of ${request.type} "${request.id}"`);
            }
            return { id: request.id, outputs: { ...request.inputs, ...script.outputs } };
        });
    }
}

interface MadeUpState {
    readonly id: string;
    readonly outputs: Readonly<Record<string, unknown>>;
    readonly outputsInPreview: Readonly<Record<string, unknown>>;
}

function stateOf(registration: Registration): MadeUpState {
    const { type, name, inputs } = registration;
    if (type.startsWith("random:")) {
        const { id, outputs } = randomState(registration);
        return { id, outputs: { ...inputs, ...outputs }, outputsInPreview: inputs };
    }
    if (type.startsWith("kubernetes:")) {
        return kubernetesState(registration);
    }
    return { id: `${name}-id`, outputs: inputs, outputsInPreview: inputs };
}

/** Names an object as the provider does before sending it, with the annotation for generated names. */
function kubernetesState(registration: Registration): MadeUpState {
    const metadata = (registration.inputs.metadata ?? {}) as Record<string, unknown>;
    const given = metadata.name;
    const name =
        typeof given === "string" ? given : `${registration.name}-${suffix(registration.urn)}`;
    const named =
        given === undefined
            ? {
                  ...metadata,
                  name,
                  annotations: {
                      ...(metadata.annotations as object | undefined),
                      "pulumi.com/autonamed": "true",
                  },
              }
            : metadata;
    const namespace = metadata.namespace;
    const outputs = { ...registration.inputs, metadata: named };
    return {
        id: typeof namespace === "string" ? `${namespace}/${name}` : name,
        outputs,
        outputsInPreview: outputs,
    };
}

function suffix(urn: string): string {
    return createHash("sha256").update(urn).digest("hex").slice(0, 7);
}

function scriptFor<Script extends ScriptedState>(
    scripts: readonly Script[] | undefined,
    resource: { readonly type: string; readonly name: string },
): Script | undefined {
    const script = scripts?.find(
        ({ type, name }) =>
            (type ?? resource.type) === resource.type && (name ?? resource.name) === resource.name,
    );
    if (script?.error !== undefined) {
        throw new Error(script.error);
    }
    return script;
}

function settled<T>(make: () => T): Promise<T> {
    return new Promise((resolve) => {
        resolve(make());
    });
}
