import { KubeConfig } from "@kubernetes/client-node";
import { ApiClient } from "../../../cli/shared/kubernetes/apiClient";

/** How a user reaches the API server of one cluster. */
export interface ClusterAccess {
    /** Name of the context, the cluster and the user in a kubeconfig. */
    readonly context: string;
    /** URL of the API server. */
    readonly server: string;
    /** PEM of the CA that signed the server's certificate. */
    readonly ca: string;
    readonly token: string;
}

/** A kubeconfig with a context for each access; the first one is the current context. */
export function kubeConfigFor(accesses: readonly ClusterAccess[]): KubeConfig {
    const config = new KubeConfig();
    config.loadFromOptions({
        clusters: accesses.map(({ context, server, ca }) => ({
            name: context,
            server,
            caData: Buffer.from(ca).toString("base64"),
            skipTLSVerify: false,
        })),
        users: accesses.map(({ context, token }) => ({ name: context, token })),
        contexts: accesses.map(({ context }) => ({
            name: context,
            cluster: context,
            user: context,
        })),
        currentContext: accesses[0]?.context,
    });
    return config;
}

export function apiClient(access: ClusterAccess): ApiClient {
    return new ApiClient(kubeConfigFor([access]));
}
