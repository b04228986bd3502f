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
     * `namespace/name` of the Secret with the CA. Make it from the id of the Kafka resource: it is
     * then unknown, and not read, until that cluster exists.
     */
    readonly secretId: pulumi.Input<string>;
    /** Reads the Secret: the source's provider. */
    readonly sourceProvider: kubernetes.Provider;
    /**
     * Whether the Secret can be read. Otherwise the copy stays as the last update made it, with what
     * it holds: a source that is lost has nothing to read, and the copy must not become empty.
     */
    readonly isReadable: boolean;
    /** Namespace of the copy. */
    readonly namespace: string;
    readonly dependsOn?: pulumi.Input<pulumi.Resource>[];
}

/**
 * A copy of a cluster CA's certificates in another namespace or Kubernetes cluster, for clients
 * there. It is read again at every preview and update, so a renewed CA shows as a change of the
 * copy; between two updates the copy does not follow.
 *
 * Give it the provider of the copy's Kubernetes cluster by the `provider` option.
 */
export class CaCertificateCopy extends pulumi.ComponentResource {
    /** Name of the copy; never that of a Secret that Strimzi makes. */
    readonly secretName: string;
    /** Hash of the copied certificates; not secret, since a CA's certificates are public. */
    readonly hash: pulumi.Output<string>;
    /** When the source's current CA certificate ends: ISO 8601. */
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
                // No label and no owner of Strimzi's: its operator would take the copy for its own.
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
            // A Secret without data arrives as undefined, which its type does not say.
            .apply(([data, id]) =>
                refusing(() => caCertificates(data as Record<string, string> | undefined, id)),
            )
    );
}

/** A CA that is not Strimzi's has no such annotation; the SDK's type says nothing may be absent. */
function annotation(
    metadata: { annotations?: Record<string, string> } | undefined,
    name: string,
): string {
    return metadata?.annotations?.[name] ?? "";
}
