import { type ApiClient, ApiError } from "../../../cli/shared/kubernetes/apiClient";
import type { KubernetesObject } from "../../support/kubernetes";

/** Creates a Secret or puts it in the place of the one that is there, old keys included. */
export async function writeSecret(client: ApiClient, secret: KubernetesObject): Promise<void> {
    const { namespace = "", name } = secret.metadata;
    const collection = `/api/v1/namespaces/${namespace}/secrets`;
    try {
        await client.request({ method: "POST", path: collection, body: secret });
    } catch (error) {
        if (!(error instanceof ApiError && error.reason === "AlreadyExists")) {
            throw error;
        }
        await client.request({ method: "PUT", path: `${collection}/${name}`, body: secret });
    }
}
