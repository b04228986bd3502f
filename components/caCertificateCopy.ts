import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
    CA_GENERATION_ANNOTATION,
    caCertificates,
    COPIED_CA_GENERATION_ANNOTATION,
} from "../strimzi/builders/caCertificates";
import { caCopySecretName } from "../strimzi/builders/names";
import { refusing } from "./refusal";

export interface CaCertificateCopyArgs {
    /** Name of the source's Kafka cluster; the copy is named after it. */
    readonly cluster: string;
    /**
     * `namespace/name` of the Secret with the CA. Derive it from the ID of the Kafka resource, so
     * that it is unknown, and not read, until the cluster exists.
     */
    readonly secretId: pulumi.Input<string>;
    /** Reads the Secret: the source's provider. */
    readonly sourceProvider: kubernetes.Provider;
    /**
     * Whether the Secret can be read. If not, the copy keeps its contents: a lost source has
     * nothing to read, and the copy must not become empty.
     */
    readonly isReadable: boolean;
    /** Namespace of the copy. */
    readonly namespace: string;
    readonly dependsOn?: pulumi.Input<pulumi.Resource>[];
}

/**
 * A copy of a cluster CA's certificates in another namespace or Kubernetes cluster, for clients
 * there. Every preview and update reads it again, so a renewed CA appears as a change of the copy.
 * Between updates the copy does not change.
 *
 * Give it the provider of the copy's Kubernetes cluster by the `provider` option.
 */
export class CaCertificateCopy extends pulumi.ComponentResource {
    /** Name of the copy; it differs from the names of Strimzi's Secrets. */
    readonly secretName: string;
    /** Hash of the copied certificates; not secret, since a CA's certificates are public. */
    readonly hash: pulumi.Output<string>;
    /** When the source's current CA certificate expires, ISO 8601. */
    readonly expires: pulumi.Output<string>;
    /** Strimzi's count of the source's CA certificates; empty for a CA that is not Strimzi's. */
    readonly generation: pulumi.Output<string>;

    constructor(
        name: string,
        args: CaCertificateCopyArgs,
        options: pulumi.ComponentResourceOptions,
    ) {
        const secretName = caCopySecretName(args.cluster);
        super("kafka-dr:index:CaCertificateCopy", name, { secretName }, options);
        this.secretName = secretName;

        const copied = args.isReadable ? this.original(name, args) : undefined;
        const secret = new kubernetes.core.v1.Secret(
            `${name}-copy`,
            {
                // Without Strimzi's labels and owner references, so that the operator does not
                // manage the copy.
                metadata: {
                    name: secretName,
                    namespace: args.namespace,
                    ...(copied && {
                        annotations: { [COPIED_CA_GENERATION_ANNOTATION]: copied.generation },
                    }),
                },
                type: "Opaque",
                data: copied?.certificates.data ?? {},
            },
            {
                parent: this,
                dependsOn: args.dependsOn ?? [],
                ...(copied === undefined && { ignoreChanges: ["data", "metadata"] }),
            },
        );
        const certificates = copied?.certificates ?? certificatesOf(secret, args.secretId);
        this.hash = pulumi.unsecret(certificates.hash);
        this.expires = pulumi.unsecret(certificates.expires);
        this.generation =
            copied?.generation ??
            secret.metadata.apply((metadata) =>
                annotation(metadata, COPIED_CA_GENERATION_ANNOTATION),
            );
        this.registerOutputs({
            secretName,
            hash: this.hash,
            expires: this.expires,
            generation: this.generation,
        });
    }

    private original(name: string, { secretId, sourceProvider }: CaCertificateCopyArgs) {
        const original = kubernetes.core.v1.Secret.get(`${name}-original`, secretId, {
            parent: this,
            provider: sourceProvider,
        });
        return {
            certificates: certificatesOf(original, secretId),
            generation: original.metadata.apply((metadata) =>
                annotation(metadata, CA_GENERATION_ANNOTATION),
            ),
        };
    }
}

function certificatesOf(secret: kubernetes.core.v1.Secret, secretId: pulumi.Input<string>) {
    return (
        pulumi
            .all([secret.data, secretId])
            // The data of an empty Secret is undefined, which its type does not allow for.
            .apply(([data, id]) =>
                refusing(() => caCertificates(data as Record<string, string> | undefined, id)),
            )
    );
}

/**
 * A CA that Strimzi did not create has no such annotation; the SDK's type does not allow for that.
 */
function annotation(
    metadata: { annotations?: Record<string, string> } | undefined,
    name: string,
): string {
    return metadata?.annotations?.[name] ?? "";
}
