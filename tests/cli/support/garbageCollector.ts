import { Controller, unlessOutdated } from "../../cluster/operator/controller";

/** The deployed kinds, by the path and plural of their API; owners after the objects that they own. */
const COLLECTIONS = [
    ["/api/v1", "secrets"],
    ["/api/v1", "configmaps"],
    ["/apis/kafka.strimzi.io/v1", "kafkamirrormaker2s"],
    ["/apis/networking.k8s.io/v1", "networkpolicies"],
    ["/apis/kafka.strimzi.io/v1", "kafkatopics"],
    ["/apis/kafka.strimzi.io/v1", "kafkausers"],
    ["/apis/kafka.strimzi.io/v1", "kafkas"],
    ["/apis/kafka.strimzi.io/v1", "kafkanodepools"],
] as const;

interface StoredObject {
    readonly metadata: {
        readonly name: string;
        readonly namespace?: string;
        readonly uid: string;
        readonly deletionTimestamp?: string;
        readonly finalizers?: readonly string[];
        readonly ownerReferences?: readonly { readonly uid: string }[];
    };
}

/** An object with the path under which it is stored. */
interface Located {
    readonly path: string;
    readonly object: StoredObject;
}

/**
 * A stand-in for the two controllers that remove deleted objects, which an API server does not include:
 * the garbage collector, for foreground deletion and objects without an owner, and the namespace
 * controller.
 */
export class GarbageCollector extends Controller {
    protected async reconcileAll(): Promise<void> {
        // Namespaces first, and owners after their objects: an object created in between counts as
        // owned.
        const { items: namespaces } = await this.get<{ items: StoredObject[] }>(
            "/api/v1/namespaces",
        );
        const objects = await this.objects();
        const alive = new Set(objects.map(({ object }) => object.metadata.uid));
        const ending = namespaces.filter(({ metadata }) => metadata.deletionTimestamp);
        const endingNames = new Set(ending.map(({ metadata }) => metadata.name));
        for (const { path, object } of objects) {
            const { deletionTimestamp, finalizers, ownerReferences, namespace } = object.metadata;
            const orphaned = ownerReferences?.every(({ uid }) => !alive.has(uid)) ?? false;
            if (deletionTimestamp !== undefined && finalizers?.includes("foregroundDeletion")) {
                await this.release(path, object);
            } else if (orphaned || endingNames.has(namespace ?? "")) {
                await this.send("DELETE", path);
            }
        }
        for (const namespace of ending) {
            const { name } = namespace.metadata;
            if (objects.every(({ object }) => object.metadata.namespace !== name)) {
                await this.release(pathOfNamespace(name), namespace);
                await this.send("PUT", `${pathOfNamespace(name)}/finalize`, {
                    metadata: { name },
                    spec: { finalizers: [] },
                });
            }
        }
    }

    private async objects(): Promise<Located[]> {
        const objects: Located[] = [];
        for (const [api, plural] of COLLECTIONS) {
            const { items } = await this.get<{ items: StoredObject[] }>(`${api}/${plural}`);
            for (const object of items) {
                const { namespace = "", name } = object.metadata;
                objects.push({ path: `${api}/namespaces/${namespace}/${plural}/${name}`, object });
            }
        }
        return objects;
    }

    private release(path: string, { metadata }: StoredObject): Promise<void> {
        const finalizers = metadata.finalizers?.filter((name) => name !== "foregroundDeletion");
        return this.send("PATCH", path, { metadata: { finalizers } });
    }

    private get<T>(path: string): Promise<T> {
        return this.client.request<T>({ path });
    }

    /** Retries for objects that were deleted or changed meanwhile. */
    private async send(
        method: "DELETE" | "PUT" | "PATCH",
        path: string,
        body?: unknown,
    ): Promise<void> {
        await this.client
            .request({
                method,
                path,
                body,
                ...(method === "PATCH" && { contentType: "application/merge-patch+json" }),
            })
            .catch(unlessOutdated);
    }
}

function pathOfNamespace(name: string): string {
    return `/api/v1/namespaces/${name}`;
}
