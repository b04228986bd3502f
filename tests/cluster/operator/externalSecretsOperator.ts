import type { ApiClient } from "../../../cli/shared/kubernetes/apiClient";
import { apiClient, type ClusterAccess, type KubernetesObject } from "../../support/kubernetes";
import {
    type caExternalSecret,
    type caSecretStore,
    OWN_API_SERVER,
} from "../../../strimzi/builders/externalSecret";
import { Controller, unlessOutdated } from "./controller";
import { writeSecret } from "./writeSecret";

const GROUP = "/apis/external-secrets.io/v1";

interface Condition {
    readonly type: "Ready";
    readonly status: "True" | "False";
    readonly reason: string;
    readonly message: string;
}

type StoredStore = KubernetesObject & ReturnType<typeof caSecretStore>;
type StoredExternalSecret = KubernetesObject &
    ReturnType<typeof caExternalSecret> & {
        readonly status?: { readonly conditions?: readonly Condition[] };
    };

interface StoredSecret extends KubernetesObject {
    readonly data?: Readonly<Record<string, string>>;
}

/**
 * A stand-in for the External Secrets Operator in one Kubernetes cluster. It supports only the
 * features that the copy of a CA uses: a SecretStore of the Kubernetes provider with a bearer token,
 * all keys of one Secret, and a template that keeps the keys with one suffix. It reads the original as
 * the store specifies, with only the store's token. It refreshes in every reconciliation, regardless
 * of `refreshInterval`.
 */
export class ExternalSecretsOperator extends Controller {
    /** The last written data, by namespace and name of the copy. */
    private readonly written = new Map<string, string>();

    protected async reconcileAll(): Promise<void> {
        const { items } = await this.client.request<{ items: StoredExternalSecret[] }>({
            path: `${GROUP}/externalsecrets`,
        });
        for (const externalSecret of items) {
            await this.reconcile(externalSecret).catch(unlessOutdated);
        }
    }

    private async reconcile(externalSecret: StoredExternalSecret): Promise<void> {
        const condition = await this.copy(externalSecret).then(
            () => ready("True", "SecretSynced", "secret synced"),
            (error: unknown) => ready("False", "SecretSyncedError", String(error)),
        );
        const [before] = externalSecret.status?.conditions ?? [];
        if (before?.status === condition.status && before.message === condition.message) {
            return;
        }
        const { namespace, name } = externalSecret.metadata;
        await this.client.request({
            method: "PUT",
            path: `${GROUP}/namespaces/${namespace}/externalsecrets/${name}/status`,
            body: {
                ...externalSecret,
                status: {
                    refreshTime: new Date().toISOString(),
                    conditions: [{ ...condition, lastTransitionTime: new Date().toISOString() }],
                },
            },
        });
    }

    private async copy(externalSecret: StoredExternalSecret): Promise<void> {
        const { spec, metadata } = externalSecret;
        const { namespace } = metadata;
        const store = await this.client.request<StoredStore>({
            path: `${GROUP}/namespaces/${namespace}/secretstores/${spec.secretStoreRef.name}`,
        });
        const { remoteNamespace } = store.spec.provider.kubernetes;
        const remote = await this.remote(store);
        await mustReadSecrets(remote, remoteNamespace);
        const original = await secretOf(remote, remoteNamespace, spec.dataFrom[0]?.extract.key);
        const suffix = keptSuffix(externalSecret);
        const data = Object.fromEntries(
            Object.entries(original?.data ?? {}).filter(([key]) => key.endsWith(suffix)),
        );
        const known = JSON.stringify([metadata.uid, data]);
        const { name } = spec.target;
        if (this.written.get(`${namespace}/${name}`) === known) {
            return;
        }
        await writeSecret(this.client, {
            apiVersion: "v1",
            kind: "Secret",
            metadata: {
                name,
                namespace,
                labels: { "reconcile.external-secrets.io/managed": "true" },
                ownerReferences: [
                    {
                        apiVersion: externalSecret.apiVersion,
                        kind: externalSecret.kind,
                        name: metadata.name,
                        uid: metadata.uid,
                        blockOwnerDeletion: true,
                        controller: true,
                    },
                ],
            },
            type: spec.target.template.type,
            data,
        });
        this.written.set(`${namespace}/${name}`, known);
    }

    /** A client with the credentials of the store, not those of the operator. */
    private async remote({ metadata, spec }: StoredStore): Promise<ApiClient> {
        const { server, auth } = spec.provider.kubernetes;
        const value = async ({ name, key }: { readonly name: string; readonly key: string }) => {
            const secret = await secretOf(this.client, metadata.namespace, name);
            return Buffer.from(secret?.data?.[key] ?? "", "base64").toString();
        };
        const access: ClusterAccess = {
            context: metadata.name,
            // Without cluster DNS the name cannot be resolved: use its server.
            server: server.url === OWN_API_SERVER ? this.server.access.operator.server : server.url,
            ca: await value(server.caProvider),
            token: await value(auth.token.bearerToken),
        };
        return apiClient(access);
    }
}

function ready(status: Condition["status"], reason: string, message: string): Condition {
    return { type: "Ready", status, reason, message };
}

/** The check with which the operator validates a store. */
async function mustReadSecrets(client: ApiClient, namespace: string): Promise<void> {
    const { status } = await client.request<{
        status: { resourceRules: { verbs: string[]; resources?: string[] }[] };
    }>({
        method: "POST",
        path: "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
        body: {
            apiVersion: "authorization.k8s.io/v1",
            kind: "SelfSubjectRulesReview",
            spec: { namespace },
        },
    });
    const mayRead = status.resourceRules.some(
        ({ verbs, resources }) => verbs.includes("get") && resources?.includes("secrets"),
    );
    if (!mayRead) {
        throw new Error("client is not allowed to get secrets");
    }
}

async function secretOf(
    client: ApiClient,
    namespace: string,
    name = "",
): Promise<StoredSecret | undefined> {
    const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
    return client.request<StoredSecret>({ path });
}

/** The suffix of the only supported template, which filters keys by suffix. */
function keptSuffix({ spec }: StoredExternalSecret): string {
    const { engineVersion, mergePolicy, templateFrom } = spec.target.template;
    const literal = templateFrom.map((template) => template.literal).join("\n");
    const suffix = /\{\{ if hasSuffix "([^"]+)" \$key \}\}/.exec(literal)?.[1];
    if (suffix === undefined || engineVersion !== "v2" || mergePolicy !== "Replace") {
        throw new Error(`this template is not supported here: ${literal}`);
    }
    return suffix;
}
