import { type ApiClient, ApiError } from "../../../cli/shared/kubernetes/apiClient";
import type { KubernetesObject } from "../../support/kubernetes";

/** Creates a Secret, or replaces the existing one with all its keys. */
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
