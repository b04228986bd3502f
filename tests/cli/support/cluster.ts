import { type ApiClient, ApiError } from "../../../cli/shared/kubernetes/apiClient";
import { apiClient, type KubernetesObject } from "../../support/kubernetes";
import { waitFor } from "../../../lab/process/wait";
import type { ApiServer } from "../../cluster/apiServers/apiServer";

const STRIMZI = "/apis/kafka.strimzi.io/v1";

/** Paths of the objects that tests read. */
export const pathOf = {
    namespace: (name: string) => `/api/v1/namespaces/${name}`,
    configMap: (namespace: string, name: string) =>
        `/api/v1/namespaces/${namespace}/configmaps/${name}`,
    secret: (namespace: string, name: string) => `/api/v1/namespaces/${namespace}/secrets/${name}`,
    mirrorMaker: (namespace: string, name: string) =>
        `${STRIMZI}/namespaces/${namespace}/kafkamirrormaker2s/${name}`,
};

/** Kinds of a stack's objects; the operator's Secrets are not among them. */
const DEPLOYED = [
    [STRIMZI, "kafkas"],
    [STRIMZI, "kafkanodepools"],
    [STRIMZI, "kafkatopics"],
    [STRIMZI, "kafkausers"],
    [STRIMZI, "kafkamirrormaker2s"],
    ["/api/v1", "configmaps"],
    ["/api/v1", "secrets"],
] as const;

/** Administrative access to one cluster. */
export class Administrator {
    private readonly client: ApiClient;

    constructor(server: ApiServer) {
        this.client = apiClient(server.access.operator);
    }

    /** @throws ApiError when the object does not exist */
    get<T extends KubernetesObject>(path: string): Promise<T> {
        return this.client.request<T>({ path });
    }

    async exists(path: string): Promise<boolean> {
        try {
            await this.get(path);
            return true;
        } catch (error) {
            if (error instanceof ApiError && error.status === 404) {
                return false;
            }
            throw error;
        }
    }

    async createNamespace(name: string): Promise<void> {
        await this.client.request({
            method: "POST",
            path: "/api/v1/namespaces",
            body: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
        });
    }

    /** Deletes a namespace with its objects, and waits until it is gone. */
    async deleteNamespace(name: string): Promise<void> {
        const path = pathOf.namespace(name);
        await this.client.request({ method: "DELETE", path });
        await waitFor(
            `the namespace ${name} is gone`,
            async () => ((await this.exists(path)) ? undefined : true),
            { timeoutMs: 300_000 },
        );
    }

    /** Server-side apply by another manager, which takes over the fields. */
    async apply(path: string, manager: string, object: object): Promise<void> {
        await this.client.request({
            method: "PATCH",
            path,
            query: { fieldManager: manager, force: "true" },
            body: object,
            contentType: "application/apply-patch+yaml",
        });
    }

    /** Changes fields as `kubectl patch --type=merge` does. */
    async merge(path: string, change: object): Promise<void> {
        await this.client.request({
            method: "PATCH",
            path,
            query: { fieldManager: "kubectl-patch" },
            body: change,
            contentType: "application/merge-patch+json",
        });
    }

    /** `plural/name` of everything in a namespace, sorted. */
    async objectsIn(namespace: string): Promise<string[]> {
        const lists = await Promise.all(
            DEPLOYED.map(async ([api, plural]) => {
                const { items } = await this.client.request<{ items: KubernetesObject[] }>({
                    path: `${api}/namespaces/${namespace}/${plural}`,
                });
                return items.map(({ metadata }) => `${plural}/${metadata.name}`);
            }),
        );
        return lists.flat().sort();
    }
}
