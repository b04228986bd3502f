import {
    type KubeConfig,
    type KubernetesListObject,
    type KubernetesObject as ListedObject,
    makeInformer,
    PatchStrategy,
} from "@kubernetes/client-node";
import { ApiClient, ApiError } from "../../../cli/shared/kubernetes/apiClient";
import { createdToApplied, type ManagedFields } from "./fieldManagers";
import { type ObjectType, RestMapper } from "./restMapping";
import { conditionsInWords, type LiveObject, unmet, waitPlan } from "./waitFor";

/** A whole Kubernetes object, as sent or as the server returned it. */
export interface KubernetesObject extends LiveObject {
    readonly metadata: LiveObject["metadata"] & {
        readonly labels?: Readonly<Record<string, string>>;
        readonly ownerReferences?: readonly object[];
        readonly uid?: string;
        readonly resourceVersion?: string;
        readonly managedFields?: readonly ManagedFields[];
    };
    readonly [field: string]: unknown;
}

export interface ClusterOptions {
    /** Field manager of the written fields. */
    readonly fieldManager: string;
    /** Deletion of the dependents of a deleted object. */
    readonly propagationPolicy: "Foreground" | "Background";
}

/** Options of a write. */
export interface WriteMode {
    /** True for a preview: the server validates and admits the object, and does not store it. */
    readonly dryRun: boolean;
}

/** The operations of the Kubernetes provider on the objects of one API server. */
export class Cluster {
    private readonly client: ApiClient;
    private readonly mapper: RestMapper;

    constructor(
        private readonly config: KubeConfig,
        private readonly options: ClusterOptions,
    ) {
        this.client = new ApiClient(config);
        this.mapper = new RestMapper(config);
    }

    /** `namespace/name`, or the name alone for kinds without namespaces: Pulumi's id. */
    async idOf(type: ObjectType, { metadata }: KubernetesObject): Promise<string> {
        return (await this.mapper.isNamespaced(type))
            ? `${metadata.namespace ?? "default"}/${metadata.name}`
            : metadata.name;
    }

    /** Sends a POST: an existing object is the server's error `AlreadyExists`. */
    async create(
        type: ObjectType,
        object: KubernetesObject,
        { dryRun }: WriteMode,
    ): Promise<KubernetesObject> {
        return this.client.request({
            method: "POST",
            path: await this.mapper.path(type, object.metadata.namespace),
            query: this.writeQuery(dryRun),
            body: object,
        });
    }

    /** Server-side apply; takes over fields that other managers have changed. */
    async apply(
        type: ObjectType,
        object: KubernetesObject,
        { dryRun }: WriteMode,
    ): Promise<KubernetesObject> {
        const { namespace, name } = object.metadata;
        const path = await this.mapper.path(type, namespace, name);
        if (!dryRun) {
            await this.adoptCreatedFields(path);
        }
        return this.client.request({
            method: "PATCH",
            path,
            query: { ...this.writeQuery(dryRun), force: "true" },
            body: object,
            contentType: PatchStrategy.ServerSideApply,
        });
    }

    /** The current object; undefined if it does not exist. */
    async find(type: ObjectType, id: string): Promise<KubernetesObject | undefined> {
        try {
            return await this.client.request<KubernetesObject>({
                path: await this.mapper.pathOfId(type, id),
            });
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw error;
        }
    }

    /**
     * Waits for the conditions of the annotation `pulumi.com/waitFor`, and returns the object in that
     * state.
     *
     * @throws Error after the timeout, with the conditions of the object; the signal's reason.
     */
    async untilReady(
        type: ObjectType,
        id: string,
        written: KubernetesObject,
        signal: AbortSignal,
    ): Promise<KubernetesObject> {
        const plan = waitPlan(written.metadata.annotations);
        if (plan === undefined) {
            return written;
        }
        const deadline = AbortSignal.timeout(plan.timeoutMs);
        let last = written;
        try {
            return await this.observe(type, id, AbortSignal.any([signal, deadline]), (object) => {
                if (object === undefined) {
                    throw new Error(`${type.kind} ${id} was deleted during the wait`);
                }
                last = object;
                return unmet(plan, object).length === 0 ? object : undefined;
            });
        } catch (error) {
            if (signal.aborted || !deadline.aborted) {
                throw error;
            }
            throw new Error(
                `${type.kind} ${id} exists but is not ready after ${plan.timeoutMs / 1000} s: ` +
                    `${unmet(plan, last).join(", ")} does not hold; ${conditionsInWords(last)}`,
                { cause: error },
            );
        }
    }

    /** Deletes an object and waits until it is gone. A missing object is not an error. */
    async delete(type: ObjectType, id: string, signal: AbortSignal): Promise<void> {
        try {
            await this.client.request({
                method: "DELETE",
                path: await this.mapper.pathOfId(type, id),
                body: {
                    apiVersion: "v1",
                    kind: "DeleteOptions",
                    propagationPolicy: this.options.propagationPolicy,
                },
            });
        } catch (error) {
            if (!isNotFound(error)) {
                throw error;
            }
        }
        await this.observe(type, id, signal, (object) => object === undefined || undefined);
    }

    /**
     * Inspects an object at each change until there is a result. Like the provider it uses an informer,
     * which lists and watches all objects of the kind in the namespace: the deploying identity needs
     * the rights to do so.
     *
     * @param inspect Gets undefined when the object does not exist.
     * @throws The reason of the signal.
     */
    private async observe<T>(
        type: ObjectType,
        id: string,
        signal: AbortSignal,
        inspect: (object: KubernetesObject | undefined) => T | undefined,
    ): Promise<T> {
        const [first = "", second] = id.split("/");
        const namespace = second === undefined ? undefined : first;
        const name = second ?? first;
        const path = await this.mapper.path(type, namespace);
        const informer = makeInformer<ListedObject>(this.config, path, () =>
            this.client.request<KubernetesListObject<ListedObject>>({ path }),
        );
        const failed = rejection((reject) => {
            informer.on("error", reject);
        });
        const aborted = rejection((reject) => {
            signal.addEventListener("abort", () => {
                reject(signal.reason);
            });
        });
        const started = informer.start();
        try {
            signal.throwIfAborted();
            // Only with the right to list and to watch.
            await Promise.race([failed, aborted, started]);
            const changes = new Promise<T>((resolve, reject) => {
                const inspectNow = () => {
                    try {
                        const object = informer.get(name, namespace);
                        const result = inspect(object as KubernetesObject | undefined);
                        if (result !== undefined) {
                            resolve(result);
                        }
                    } catch (error) {
                        reject(error instanceof Error ? error : new Error(String(error)));
                    }
                };
                informer.on("change", ({ metadata }) => {
                    if (metadata?.name === name) {
                        inspectNow();
                    }
                });
                inspectNow();
            });
            return await Promise.race([failed, aborted, changes]);
        } finally {
            // A stop before the watch has begun would not end it.
            await started.catch(() => undefined);
            await informer.stop();
        }
    }

    private writeQuery(dryRun: boolean): Record<string, string> {
        return {
            fieldManager: this.options.fieldManager,
            fieldValidation: "Strict",
            ...(dryRun && { dryRun: "All" }),
        };
    }

    /**
     * An operator may write its status between the read and the write: then both are repeated, as every
     * writer in Kubernetes has to.
     */
    private async adoptCreatedFields(path: string): Promise<void> {
        for (let attempt = 1; ; attempt++) {
            try {
                await this.adoptFieldsOnce(path);
                return;
            } catch (error) {
                const isConflict = error instanceof ApiError && error.status === 409;
                if (!isConflict || attempt === WRITE_ATTEMPTS) {
                    throw error;
                }
            }
        }
    }

    private async adoptFieldsOnce(path: string): Promise<void> {
        const { metadata } = await this.client.request<KubernetesObject>({ path });
        const managedFields = createdToApplied(
            metadata.managedFields ?? [],
            this.options.fieldManager,
        );
        if (managedFields === undefined) {
            return;
        }
        await this.client.request({
            method: "PATCH",
            path,
            body: [
                // Rejected after a write by another client.
                {
                    op: "replace",
                    path: "/metadata/resourceVersion",
                    value: metadata.resourceVersion,
                },
                { op: "replace", path: "/metadata/managedFields", value: managedFields },
            ],
            contentType: PatchStrategy.JsonPatch,
        });
    }
}

/** Attempts of a read and a write before a conflict is reported. */
const WRITE_ATTEMPTS = 10;

function isNotFound(error: unknown): boolean {
    return error instanceof ApiError && error.status === 404;
}

/** A promise that only rejects; unhandled until it is raced. */
function rejection(listen: (reject: (reason: unknown) => void) => void): Promise<never> {
    const promise = new Promise<never>((_resolve, reject) => {
        listen(reject);
    });
    promise.catch(() => undefined);
    return promise;
}
