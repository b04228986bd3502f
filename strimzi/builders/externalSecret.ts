/*
 * Objects of the External Secrets Operator (API external-secrets.io/v1, checked against its release
 * 0.20.4) that keep a copy of the source's CA certificates fresh without `pulumi up`.
 */

/** Seconds would be wasted: a replaced CA key is trusted beside the old one for over a minute. */
const REFRESH_INTERVAL = "1m";

/** The API server of the Kubernetes cluster in which the operator itself runs. */
export const OWN_API_SERVER = "https://kubernetes.default.svc";

/**
 * Keeps the `*.crt` keys and drops keystore and password. The operator renders it with the Secret's
 * decoded values and reads the result as a YAML map; JSON quotes what a certificate contains.
 * Without `ca.crt` it fails and the old copy stays: an empty one would end the mirror silently.
 */
const ONLY_CERTIFICATES =
    '{{ if not (index . "ca.crt") }}{{ fail "the CA Secret of the source has no ca.crt" }}{{ end }}' +
    '{{ range $key, $value := . }}{{ if hasSuffix ".crt" $key }}{{ $key | toJson }}: {{ $value | toJson }}\n{{ end }}{{ end }}';

export interface CaSecretStore {
    /** Name of the store and of all that belongs to it. */
    readonly name: string;
    /** Namespace of the copy. */
    readonly namespace: string;
    /** URL of the source's API server as the operator at the target reaches it. */
    readonly apiServer: string;
    /** Namespace of the original. */
    readonly sourceNamespace: string;
    /** Secret in `namespace` with the keys `token` and `ca.crt` of the source's service account. */
    readonly tokenSecretName: string;
}

/**
 * Where the operator reads: the source's API server, as a service account that may read one Secret.
 */
export function caSecretStore(store: CaSecretStore) {
    return {
        apiVersion: "external-secrets.io/v1",
        kind: "SecretStore",
        metadata: { name: store.name, namespace: store.namespace },
        spec: {
            provider: {
                kubernetes: {
                    server: {
                        url: store.apiServer,
                        caProvider: { type: "Secret", name: store.tokenSecretName, key: "ca.crt" },
                    },
                    remoteNamespace: store.sourceNamespace,
                    auth: { token: { bearerToken: { name: store.tokenSecretName, key: "token" } } },
                },
            },
        },
    };
}

/** What the operator copies: every certificate of the CA's Secret, refreshed every minute. */
export function caExternalSecret(store: CaSecretStore, caSecretName: string, copyName: string) {
    return {
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        metadata: { name: copyName, namespace: store.namespace },
        spec: {
            refreshInterval: REFRESH_INTERVAL,
            secretStoreRef: { kind: "SecretStore", name: store.name },
            target: {
                name: copyName,
                creationPolicy: "Owner",
                // A copy that vanished would end the mirror; a stale one may still verify.
                deletionPolicy: "Retain",
                template: {
                    engineVersion: "v2",
                    type: "Opaque",
                    mergePolicy: "Replace",
                    templateFrom: [{ target: "Data", literal: ONLY_CERTIFICATES }],
                },
            },
            dataFrom: [{ extract: { key: caSecretName } }],
        },
    };
}
