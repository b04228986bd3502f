import { randomBytes } from "node:crypto";
import type { ApiClient } from "../../../cli/shared/kubernetes/apiClient";

interface About {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
}

/** Writes a Warning event, as controllers and kubelets do. */
export async function warn(
    client: ApiClient,
    about: About,
    reason: string,
    message: string,
): Promise<void> {
    const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    await client.request({
        method: "POST",
        path: `/api/v1/namespaces/${about.namespace}/events`,
        body: {
            apiVersion: "v1",
            kind: "Event",
            metadata: {
                name: `${about.name}.${randomBytes(6).toString("hex")}`,
                namespace: about.namespace,
            },
            involvedObject: about,
            type: "Warning",
            reason,
            message,
            firstTimestamp: now,
            lastTimestamp: now,
            count: 1,
        },
    });
}
