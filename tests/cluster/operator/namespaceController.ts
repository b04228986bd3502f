import type { KubernetesObject } from "../../support/kubernetes";
import { Controller, unlessOutdated } from "./controller";

interface StoredNamespace extends KubernetesObject {
    readonly metadata: KubernetesObject["metadata"] & { readonly deletionTimestamp?: string };
}

/**
 * A stand-in for the namespace controller of Kubernetes: it finalizes deleted namespaces. Their objects
 * stay in the storage, which no test reads.
 */
export class NamespaceController extends Controller {
    protected async reconcileAll(): Promise<void> {
        const path = "/api/v1/namespaces";
        const { items } = await this.client.request<{ items: StoredNamespace[] }>({
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
