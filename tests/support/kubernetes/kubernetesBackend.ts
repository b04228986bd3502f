import { isDeepStrictEqual } from "node:util";
import type {
    Backend,
    BackendContext,
    KnownReadRequest,
    KnownResource,
    Registration,
    ResourceState,
} from "../../../engine/backend";
import { ApiError } from "./apiClient";
import { Cluster, type ClusterOptions, type KubernetesObject } from "./cluster";
import { clusterAccess } from "./kubeconfig";
import { type ObjectType, objectTypeOf, UnknownKindError } from "./restMapping";

/** What is known of an object that an earlier run wrote. Plain data: it can be kept as JSON. */
export interface KnownObject {
    readonly type: string;
    readonly id: string;
    readonly cluster: ClusterReference;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
    /** False when the run ended before the object was ready: the next one writes it again. */
    readonly ready: boolean;
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
}

/** What a provider's inputs say of its cluster. */
export interface ClusterReference {
    readonly kubeconfig?: string;
    readonly context?: string;
}

/** The objects of a stack by URN, in the order of their creation. Kept from run to run. */
export type KubernetesState = Map<string, KnownObject>;

export interface KubernetesBackendOptions extends Partial<ClusterOptions> {
    /** What earlier runs made; this run changes it. Empty by default. */
    readonly state?: KubernetesState;
}

export interface DestroyOptions {
    /** URNs of objects that stay. None by default. */
    readonly keep?: ReadonlySet<string>;
    readonly signal?: AbortSignal;
}

const DEFAULTS: ClusterOptions = {
    fieldManager: "pulumi-kubernetes",
    propagationPolicy: "Foreground",
};

/**
 * Carries out a program's Kubernetes resources on real API servers, each on that of its provider.
 *
 * - An object that is not in {@link KubernetesBackendOptions.state | the state} is created by POST;
 *   one that is gets a server-side apply when its inputs have changed or it was not ready, and no
 *   request at all otherwise. Every write is validated strictly.
 * - A preview is a server-side dry run. As with the provider, inputs come back as they are where
 *   there can be none: they hold unknown values, or the kind or the namespace is still to come.
 * - `pulumi.com/waitFor` and `pulumi.com/timeoutSeconds` are honoured; resource options other than
 *   `provider`, `protect` and `retainOnDelete` are not, `customTimeouts` among them.
 *
 * It is a test double for the objects' correctness, their order, their place and their outputs. It
 * proves nothing about Pulumi's diff and state; what Pulumi would replace, it refuses.
 */
export class KubernetesBackend implements Backend {
    readonly state: KubernetesState;
    private readonly options: ClusterOptions;
    private readonly clusters = new Map<string, Cluster>();

    constructor(options: KubernetesBackendOptions = {}) {
        const { state, ...others } = options;
        this.state = state ?? new Map<string, KnownObject>();
        this.options = { ...DEFAULTS, ...others };
    }

    /** @throws KubeconfigError where the kubeconfig has no such context; nothing is sent yet. */
    configure({ type, inputs }: Registration): Promise<void> {
        return new Promise((resolve) => {
            if (type === "pulumi:providers:kubernetes") {
                this.cluster(clusterReferenceOf(inputs));
            }
            resolve();
        });
    }

    known(urn: string): KnownResource | undefined {
        const known = this.state.get(urn);
        return known && { ...known, unfinished: !known.ready };
    }

    async create(registration: Registration, context: BackendContext): Promise<ResourceState> {
        const type = objectTypeOf(registration.type);
        const reference = clusterReference(registration.options.provider, context);
        const cluster = this.cluster(reference);
        const known = this.state.get(registration.urn);
        const unknowns = registration.unknownPaths.length > 0;
        if (context.preview && unknowns) {
            return { id: known?.id, outputs: registration.inputs };
        }
        const object = objectOf(registration);
        context.signal.throwIfAborted();
        const isDone =
            known?.ready === true && isDeepStrictEqual(known.inputs, registration.inputs);
        if (context.preview && !isDone) {
            return this.preview(cluster, type, object, known);
        }
        const id = await cluster.idOf(type, object);
        refuseReplacement(registration, known, id, reference);
        if (context.preview) {
            return { id, outputs: known?.outputs ?? {} };
        }
        const { protect = false, retainOnDelete = false } = registration.options;
        const flags = { protect, retainOnDelete };
        if (isDone) {
            this.state.set(registration.urn, { ...known, ...flags });
            return { id, outputs: known.outputs };
        }
        const mode = { dryRun: false };
        const written =
            known === undefined
                ? await cluster.create(type, object, mode)
                : await cluster.apply(type, object, mode);
        const entry = {
            type: registration.type,
            id,
            cluster: reference,
            inputs: registration.inputs,
            ...flags,
        };
        // From here on the object exists, whatever becomes of the wait.
        this.state.set(registration.urn, { ...entry, outputs: outputsOf(written), ready: false });
        const ready = await cluster.untilReady(type, id, written, context.signal);
        this.state.set(registration.urn, { ...entry, outputs: outputsOf(ready), ready: true });
        return { id, outputs: outputsOf(ready) };
    }

    async read(request: KnownReadRequest, context: BackendContext): Promise<ResourceState> {
        context.signal.throwIfAborted();
        const cluster = this.cluster(clusterReference(request.provider, context));
        const found = await cluster.find(objectTypeOf(request.type), request.id);
        if (found === undefined) {
            throw new Error(`resource '${request.id}' does not exist`);
        }
        return { id: request.id, outputs: outputsOf(found) };
    }

    /**
     * Deletes the objects of the state, the youngest first, and waits for each to be gone. Those with
     * `retainOnDelete` are only forgotten.
     *
     * @throws Error before anything is deleted, when one of them is protected.
     */
    async destroy(options: DestroyOptions = {}): Promise<void> {
        const doomed = [...this.state].filter(([urn]) => !options.keep?.has(urn)).reverse();
        const isProtected = doomed.filter(([, { protect }]) => protect);
        if (isProtected.length > 0) {
            const urns = isProtected.map(([urn]) => urn).join(", ");
            throw new Error(`protected, so nothing is deleted: ${urns}`);
        }
        const signal = options.signal ?? new AbortController().signal;
        for (const [urn, known] of doomed) {
            signal.throwIfAborted();
            if (!known.retainOnDelete) {
                const cluster = this.cluster(known.cluster);
                await cluster.delete(objectTypeOf(known.type), known.id, signal);
            }
            this.state.delete(urn);
        }
    }

    /** Closes idle connections. */
    close(): void {
        for (const { client } of this.clusters.values()) {
            client.close();
        }
    }

    private async preview(
        cluster: Cluster,
        type: ObjectType,
        object: KubernetesObject,
        known: KnownObject | undefined,
    ): Promise<ResourceState> {
        const mode = { dryRun: true };
        try {
            if (known !== undefined) {
                const updated = await cluster.apply(type, object, mode);
                return { id: known.id, outputs: outputsOf(updated) };
            }
            const created = outputsOf(await cluster.create(type, object, mode));
            // What a new object will report is unknown, not empty.
            delete created.status;
            return { id: undefined, outputs: created };
        } catch (error) {
            if (error instanceof UnknownKindError || isMissingNamespace(error)) {
                return { id: known?.id, outputs: object };
            }
            throw error;
        }
    }

    private cluster(reference: ClusterReference): Cluster {
        const key = JSON.stringify([reference.kubeconfig, reference.context]);
        const known = this.clusters.get(key);
        if (known !== undefined) {
            return known;
        }
        const access = clusterAccess(reference.kubeconfig, reference.context);
        const cluster = new Cluster(access, this.options);
        this.clusters.set(key, cluster);
        return cluster;
    }
}

function clusterReference(provider: string | undefined, context: BackendContext): ClusterReference {
    const inputs = context.provider(provider)?.inputs;
    if (inputs === undefined) {
        throw new Error("an API server is reached by an explicit provider only");
    }
    return clusterReferenceOf(inputs);
}

function clusterReferenceOf(inputs: Readonly<Record<string, unknown>>): ClusterReference {
    return {
        ...(typeof inputs.kubeconfig === "string" && { kubeconfig: inputs.kubeconfig }),
        ...(typeof inputs.context === "string" && { context: inputs.context }),
    };
}

function objectOf({ urn, inputs }: Registration): KubernetesObject {
    const { metadata } = inputs as { metadata?: { name?: unknown } };
    if (typeof metadata?.name !== "string") {
        throw new Error(`${urn} has no metadata.name, and nothing is named automatically here`);
    }
    return inputs as unknown as KubernetesObject;
}

/** Who owns which field says nothing to a program. */
function outputsOf(object: KubernetesObject): Record<string, unknown> {
    return { ...object, metadata: { ...object.metadata, managedFields: undefined } };
}

function refuseReplacement(
    { urn }: Registration,
    known: KnownObject | undefined,
    id: string,
    cluster: ClusterReference,
): void {
    if (known === undefined) {
        return;
    }
    const before = `${known.cluster.context ?? "(current context)"}: ${known.id}`;
    const now = `${cluster.context ?? "(current context)"}: ${id}`;
    if (before !== now) {
        throw new Error(`${urn} would be replaced (${before} -> ${now}); that is not done here`);
    }
}

function isMissingNamespace(error: unknown): boolean {
    return error instanceof ApiError && error.status === 404 && error.kind === "namespaces";
}
