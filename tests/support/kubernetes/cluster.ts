import { ApiClient, ApiError } from "./apiClient";
import { createdToApplied, type ManagedFields } from "./fieldManagers";
import type { ClusterAccess } from "./kubeconfig";
import { type ObjectType, RestMapper } from "./restMapping";
import { conditionsInWords, type LiveObject, unmet, waitPlan } from "./waitFor";

/** An object of Kubernetes in full: what was sent, or what the server returned. */
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
    /** Who owns the fields that are written. */
    readonly fieldManager: string;
    /** What happens to dependents of a deleted object. */
    readonly propagationPolicy: "Foreground" | "Background";
}

interface ObjectList {
    readonly metadata: { readonly resourceVersion: string };
    readonly items: readonly KubernetesObject[];
}

/** Seconds after which the server ends a watch that is then begun again. */
const WATCH_SECONDS = 20;

/** How a write is carried out. */
export interface WriteMode {
    /** True for a preview: the server checks and admits, and stores nothing. */
    readonly dryRun: boolean;
}

/** The operations of the Kubernetes provider on the objects of one API server. */
export class Cluster {
    readonly client: ApiClient;
    private readonly mapper: RestMapper;

    constructor(
        access: ClusterAccess,
        private readonly options: ClusterOptions,
    ) {
        this.client = new ApiClient(access);
        this.mapper = new RestMapper(this.client);
    }

    /** `namespace/name`, or the name alone for kinds without namespaces: Pulumi's id. */
    async idOf(type: ObjectType, { metadata }: KubernetesObject): Promise<string> {
        return (await this.mapper.isNamespaced(type))
            ? `${metadata.namespace ?? "default"}/${metadata.name}`
            : metadata.name;
    }

    /** A plain POST: an object that exists already is the server's error `AlreadyExists`. */
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

    /** Server-side apply. Takes back fields that others have changed meanwhile. */
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
            contentType: "application/apply-patch+yaml",
        });
    }

    /** The object as it is now; undefined where there is none. */
    async find(type: ObjectType, id: string): Promise<KubernetesObject | undefined> {
        try {
            return await this.client.request<KubernetesObject>({
                method: "GET",
                path: await this.pathOf(type, id),
            });
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw error;
        }
    }

    /**
     * Waits for what the object's annotation `pulumi.com/waitFor` asks, and returns the object as it
     * was then.
     *
     * @throws Error when time runs out, with the object's own conditions; the signal's reason.
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
                    throw new Error(`${type.kind} ${id} was deleted while it was waited for`);
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

    /** Deletes an object and waits until it is gone. One that is gone already is no error. */
    async delete(type: ObjectType, id: string, signal: AbortSignal): Promise<void> {
        try {
            await this.client.request({
                method: "DELETE",
                path: await this.pathOf(type, id),
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
     * Looks at an object again and again until something comes of it. The provider has an informer
     * for that, which lists and watches all objects of the kind in the namespace; so does this, since
     * whoever deploys must be allowed to.
     *
     * @param look Gets undefined where there is no such object.
     * @throws The reason of the signal.
     */
    private async observe<T>(
        type: ObjectType,
        id: string,
        signal: AbortSignal,
        look: (object: KubernetesObject | undefined) => T | undefined,
    ): Promise<T> {
        const [first = "", second] = id.split("/");
        const name = second ?? first;
        const path = await this.mapper.path(type, second === undefined ? undefined : first);
        const seenIn = async (): Promise<T | undefined> => {
            const list = await this.client.request<ObjectList>({ method: "GET", path });
            const { resourceVersion } = list.metadata;
            const query = { resourceVersion, timeoutSeconds: String(WATCH_SECONDS) };
            const watch = await this.client.watch<KubernetesObject>(path, query, signal);
            try {
                let seen = look(list.items.find(({ metadata }) => metadata.name === name));
                if (seen !== undefined) {
                    return seen;
                }
                for await (const { type: change, object } of watch.events) {
                    if (change === "ERROR") {
                        return undefined;
                    }
                    if (object.metadata.name === name) {
                        seen = look(change === "DELETED" ? undefined : object);
                    }
                    if (seen !== undefined) {
                        return seen;
                    }
                }
                return undefined;
            } finally {
                watch.close();
            }
        };
        let seen: T | undefined;
        while (seen === undefined) {
            seen = await seenIn().catch((error: unknown) => {
                signal.throwIfAborted();
                throw error;
            });
        }
        return seen;
    }

    private async pathOf(type: ObjectType, id: string): Promise<string> {
        const [first = "", second] = id.split("/");
        return second === undefined
            ? this.mapper.path(type, undefined, first)
            : this.mapper.path(type, first, second);
    }

    private writeQuery(dryRun: boolean): Record<string, string> {
        return {
            fieldManager: this.options.fieldManager,
            fieldValidation: "Strict",
            ...(dryRun && { dryRun: "All" }),
        };
    }

    /**
     * An operator may write its status between the read and the write: what was decided on an older
     * version is decided again, as every writer of Kubernetes has to.
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
        const { metadata } = await this.client.request<KubernetesObject>({ method: "GET", path });
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
                // Refused if somebody else has written meanwhile.
                {
                    op: "replace",
                    path: "/metadata/resourceVersion",
                    value: metadata.resourceVersion,
                },
                { op: "replace", path: "/metadata/managedFields", value: managedFields },
            ],
            contentType: "application/json-patch+json",
        });
    }
}

/** Versions of an object that others may write in turn before it counts as fought over. */
const WRITE_ATTEMPTS = 10;

function isNotFound(error: unknown): boolean {
    return error instanceof ApiError && error.status === 404;
}
