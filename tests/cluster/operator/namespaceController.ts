import { ApiClient, type KubernetesObject } from "../../../engine/kubernetes";
import type { ApiServer } from "../bed/apiServer";
import { ReconcileLoop, unlessOutdated } from "./reconcileLoop";

interface StoredNamespace extends KubernetesObject {
    readonly metadata: KubernetesObject["metadata"] & { readonly deletionTimestamp?: string };
}

/**
 * A stand-in for the namespace controller of Kubernetes: it lets deleted namespaces go. What is still
 * in them stays in the storage, where nobody looks.
 */
export class NamespaceController {
    private readonly client: ApiClient;
    private readonly loop: ReconcileLoop;

    constructor(server: ApiServer) {
        this.client = new ApiClient(server.access.operator);
        this.loop = new ReconcileLoop(server, () => this.reconcileAll());
    }

    /**
     * Ends its work.
     * @throws whatever ended it before
     */
    async stop(): Promise<void> {
        try {
            await this.loop.stop();
        } finally {
            this.client.close();
        }
    }

    private async reconcileAll(): Promise<void> {
        const path = "/api/v1/namespaces";
        const { items } = await this.client.request<{ items: StoredNamespace[] }>({
            method: "GET",
            path,
        });
        for (const { metadata } of items.filter((item) => item.metadata.deletionTimestamp)) {
            await this.client
                .request({
                    method: "PUT",
                    path: `${path}/${metadata.name}/finalize`,
                    body: { metadata: { name: metadata.name }, spec: { finalizers: [] } },
                })
                .catch(unlessOutdated);
        }
    }
}
