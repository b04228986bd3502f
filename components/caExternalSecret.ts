import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { caExternalSecret, caSecretStore } from "../strimzi/builders/externalSecret";
import { caCopySecretName } from "../strimzi/builders/names";
import { waitFor } from "./options";
import { refusal } from "./refusal";

export interface CaExternalSecretArgs {
    /** Name of the source's Kafka cluster; the copy is named after it. */
    readonly cluster: string;
    /** The Secret with the CA and its namespace, at the source. */
    readonly caSecretName: string;
    readonly sourceNamespace: string;
    /** Creates the objects at the source. */
    readonly sourceProvider: kubernetes.Provider;
    /** URL at which the operator at the target reaches the source's API server. */
    readonly apiServer: string;
    /** Namespace of the copy. */
    readonly namespace: string;
    /** Timeout for the first copy, in seconds. */
    readonly timeoutSeconds: number;
    readonly dependsOn?: pulumi.Input<pulumi.Resource>[];
}

/**
 * A copy of a cluster CA's certificates that the External Secrets Operator at the target keeps up
 * to date. It reads the original every minute as a service account of the source that may read only
 * this Secret. Pulumi never sees the certificates.
 *
 * Give it the provider of the copy's Kubernetes cluster by the `provider` option.
 */
export class CaExternalSecret extends pulumi.ComponentResource {
    /** Name of the copy; it differs from the names of Strimzi's Secrets. */
    readonly secretName: string;

    constructor(
        name: string,
        args: CaExternalSecretArgs,
        options: pulumi.ComponentResourceOptions,
    ) {
        const secretName = caCopySecretName(args.cluster);
        super("kafka-dr:index:CaExternalSecret", name, { secretName }, options);
        this.secretName = secretName;

        const dependsOn = args.dependsOn ?? [];
        const store = {
            name: `${secretName}-reader`,
            namespace: args.namespace,
            apiServer: args.apiServer,
            sourceNamespace: args.sourceNamespace,
            tokenSecretName: `${secretName}-reader`,
        };
        const token = this.readerToken(name, store.name, args);
        const credentials = new kubernetes.core.v1.Secret(
            `${name}-reader-credentials`,
            {
                metadata: { name: store.tokenSecretName, namespace: args.namespace },
                type: "Opaque",
                data: token.data.apply((data) => readerCredentials(data, store.name)),
            },
            { parent: this, dependsOn },
        );
        const secretStore = new kubernetes.apiextensions.CustomResource(
            `${name}-store`,
            caSecretStore(store),
            { parent: this, dependsOn: credentials },
        );
        const copy = caExternalSecret(store, args.caSecretName, secretName);
        new kubernetes.apiextensions.CustomResource(
            `${name}-copy`,
            {
                ...copy,
                metadata: {
                    ...copy.metadata,
                    annotations: waitFor(["condition=Ready"], args.timeoutSeconds),
                },
            },
            { parent: this, dependsOn: secretStore },
        );
        this.registerOutputs({ secretName });
    }

    /** At the source: a service account with one right, and a token that does not expire. */
    private readerToken(
        name: string,
        reader: string,
        args: CaExternalSecretArgs,
    ): kubernetes.core.v1.Secret {
        const atSource = {
            parent: this,
            provider: args.sourceProvider,
            dependsOn: args.dependsOn ?? [],
        };
        const metadata = { name: reader, namespace: args.sourceNamespace };
        const account = new kubernetes.core.v1.ServiceAccount(
            `${name}-reader`,
            { metadata, automountServiceAccountToken: false },
            atSource,
        );
        const role = new kubernetes.rbac.v1.Role(
            `${name}-reader-role`,
            {
                metadata,
                rules: [
                    {
                        apiGroups: [""],
                        resources: ["secrets"],
                        resourceNames: [args.caSecretName],
                        verbs: ["get"],
                    },
                ],
            },
            atSource,
        );
        const binding = new kubernetes.rbac.v1.RoleBinding(
            `${name}-reader-binding`,
            {
                metadata,
                roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: reader },
                subjects: [
                    { kind: "ServiceAccount", name: reader, namespace: args.sourceNamespace },
                ],
            },
            { ...atSource, dependsOn: [...atSource.dependsOn, role, account] },
        );
        return new kubernetes.core.v1.Secret(
            `${name}-reader-token`,
            {
                metadata: {
                    ...metadata,
                    annotations: { "kubernetes.io/service-account.name": reader },
                },
                type: "kubernetes.io/service-account-token",
            },
            { ...atSource, dependsOn: [...atSource.dependsOn, binding] },
        );
    }
}

/** The operator's credentials for the source, from the token that Kubernetes issued. */
function readerCredentials(
    data: Readonly<Record<string, string>> | undefined,
    reader: string,
): Record<string, string> {
    const token = data?.token;
    const authority = data?.["ca.crt"];
    if (token === undefined || authority === undefined) {
        throw refusal(
            `Kubernetes has not issued a token for the service account ${reader} of the source yet; run pulumi up again.`,
        );
    }
    return { token, "ca.crt": authority };
}
