import { isDeepStrictEqual } from "node:util";
import type {
    Backend,
    BackendContext,
    KnownReadRequest,
    KnownResource,
    Registration,
    ResourceState,
} from "../../../engine/backend";
import { ApiError } from "../../../cli/shared/kubernetes/apiClient";
import { type KubeConfigSource, loadKubeConfig } from "../../../cli/shared/kubernetes/kubeConfig";
import { Cluster, type ClusterOptions, type KubernetesObject } from "./cluster";
import { type ObjectType, objectTypeOf, UnknownKindError } from "./restMapping";

/** An object that an earlier run wrote. Plain data that can be stored as JSON. */
export interface KnownObject {
    readonly type: string;
    readonly id: string;
    readonly cluster: KubeConfigSource;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
    /** False when the run ended before the object was ready: the next run writes it again. */
    readonly ready: boolean;
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
}

/** The objects of a stack by URN, in the order of their creation. Passed from run to run. */
export type KubernetesState = Map<string, KnownObject>;

export interface KubernetesBackendOptions extends Partial<ClusterOptions> {
    /** The objects of earlier runs; this run changes it. Empty by default. */
    readonly state?: KubernetesState;
}

export interface DestroyOptions {
    /** URNs of objects to keep. None by default. */
    readonly keep?: ReadonlySet<string>;
    readonly signal?: AbortSignal;
}

const DEFAULTS: ClusterOptions = {
    fieldManager: "pulumi-kubernetes",
    propagationPolicy: "Foreground",
};

/**
 * Creates a program's Kubernetes resources on real API servers, each on that of its provider.
 *
 * - An object that is not in {@link KubernetesBackendOptions.state | the state} is created by POST;
 *   one that is in it gets a server-side apply when its inputs have changed or it was not ready, and
 *   otherwise no request. Every write is validated strictly.
 * - A preview is a server-side dry run. Like the provider it returns the inputs unchanged when they
 *   hold unknown values, or when the kind or the namespace does not exist yet.
 * - `pulumi.com/waitFor` and `pulumi.com/timeoutSeconds` are honoured; resource options other than
 *   `provider`, `protect` and `retainOnDelete` are not, `customTimeouts` among them.
 *
 * It is a test double that proves the validity, order, location and outputs of the objects. It proves
 * nothing about Pulumi's diff and state, and rejects changes for which Pulumi replaces an object.
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

    /** @throws KubeConfigError when the kubeconfig does not have the context; sends nothing. */
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
        // From here on the object exists, even if the wait fails.
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
     * Deletes the objects of the state, the newest first, and waits for each deletion. Objects with
     * `retainOnDelete` are only removed from the state.
     *
     * @throws Error before any deletion when one of the objects is protected.
     */
    async destroy(options: DestroyOptions = {}): Promise<void> {
        const doomed = [...this.state].filter(([urn]) => !options.keep?.has(urn)).reverse();
        const isProtected = doomed.filter(([, { protect }]) => protect);
        if (isProtected.length > 0) {
            const urns = isProtected.map(([urn]) => urn).join(", ");
            throw new Error(`nothing is deleted, because these are protected: ${urns}`);
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
            // The status of a new object is unknown, not empty.
            delete created.status;
            return { id: undefined, outputs: created };
        } catch (error) {
            if (error instanceof UnknownKindError || isMissingNamespace(error)) {
                return { id: known?.id, outputs: object };
            }
            throw error;
        }
    }

    private cluster(reference: KubeConfigSource): Cluster {
        const key = JSON.stringify([reference.kubeconfig, reference.context]);
        const known = this.clusters.get(key);
        if (known !== undefined) {
            return known;
        }
        const cluster = new Cluster(loadKubeConfig(reference), this.options);
        this.clusters.set(key, cluster);
        return cluster;
    }
}

function clusterReference(provider: string | undefined, context: BackendContext): KubeConfigSource {
    const inputs = context.provider(provider)?.inputs;
    if (inputs === undefined) {
        throw new Error("a Kubernetes object needs an explicit provider");
    }
    return clusterReferenceOf(inputs);
}

function clusterReferenceOf(inputs: Readonly<Record<string, unknown>>): KubeConfigSource {
    return {
        ...(typeof inputs.kubeconfig === "string" && { kubeconfig: inputs.kubeconfig }),
        ...(typeof inputs.context === "string" && { context: inputs.context }),
    };
}

function objectOf({ urn, inputs }: Registration): KubernetesObject {
    const { metadata } = inputs as { metadata?: { name?: unknown } };
    if (typeof metadata?.name !== "string") {
        throw new Error(`${urn} has no metadata.name, and automatic names are not supported here`);
    }
    return inputs as unknown as KubernetesObject;
}

/** Field managers are not part of the outputs. */
function outputsOf(object: KubernetesObject): Record<string, unknown> {
    return { ...object, metadata: { ...object.metadata, managedFields: undefined } };
}

function refuseReplacement(
    { urn }: Registration,
    known: KnownObject | undefined,
    id: string,
    cluster: KubeConfigSource,
): void {
    if (known === undefined) {
        return;
    }
    const before = `${known.cluster.context ?? "(current context)"}: ${known.id}`;
    const now = `${cluster.context ?? "(current context)"}: ${id}`;
    if (before !== now) {
        throw new Error(
            `${urn} would be replaced (${before} -> ${now}), which is not supported here`,
        );
    }
}

function isMissingNamespace(error: unknown): boolean {
    return error instanceof ApiError && error.status === 404 && error.kind === "namespaces";
}
