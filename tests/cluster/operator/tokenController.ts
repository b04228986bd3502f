import type { KubernetesObject } from "../../support/kubernetes";
import { Controller, unlessOutdated } from "./controller";

const TYPE = "kubernetes.io/service-account-token";
const ACCOUNT_ANNOTATION = "kubernetes.io/service-account.name";

interface TokenSecret extends KubernetesObject {
    readonly data?: Readonly<Record<string, string>>;
}

/**
 * A stand-in for the token controller of Kubernetes: it fills Secrets of the type
 * `kubernetes.io/service-account-token` with a token of their service account and the CA of the API
 * server. The token comes from the TokenRequest API, and is valid while the Secret exists; unlike
 * the original it expires after an hour.
 */
export class TokenController extends Controller {
    protected async reconcileAll(): Promise<void> {
        const { items } = await this.client.request<{ items: TokenSecret[] }>({
            path: "/api/v1/secrets",
            query: { fieldSelector: `type=${TYPE}` },
        });
        for (const secret of items.filter(({ data }) => data?.token === undefined)) {
            await this.fill(secret).catch(unlessOutdated);
        }
    }

    private async fill({ metadata }: TokenSecret): Promise<void> {
        const { name, namespace = "", uid, annotations } = metadata;
        const collection = `/api/v1/namespaces/${namespace}`;
        const { status } = await this.client.request<{ status: { token: string } }>({
            method: "POST",
            path: `${collection}/serviceaccounts/${annotations?.[ACCOUNT_ANNOTATION] ?? ""}/token`,
            body: {
                apiVersion: "authentication.k8s.io/v1",
                kind: "TokenRequest",
                spec: {
                    expirationSeconds: 3600,
                    boundObjectRef: { apiVersion: "v1", kind: "Secret", name, uid },
                },
            },
        });
        const base64 = (text: string) => Buffer.from(text).toString("base64");
        await this.client.request({
            method: "PATCH",
            path: `${collection}/secrets/${name}`,
            contentType: "application/merge-patch+json",
            body: {
                data: {
                    token: base64(status.token),
                    "ca.crt": base64(this.server.access.operator.ca),
                    namespace: base64(namespace),
                },
            },
        });
    }
}
