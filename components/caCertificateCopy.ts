import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { caCertificates } from "../strimzi/builders/caCertificates";
import { caCopySecretName } from "../strimzi/builders/names";

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

    constructor(
        name: string,
        args: CaCertificateCopyArgs,
        options: pulumi.ComponentResourceOptions,
    ) {
        const secretName = caCopySecretName(args.cluster);
        super("kafka-dr:index:CaCertificateCopy", name, { secretName }, options);
        this.secretName = secretName;

        const original = kubernetes.core.v1.Secret.get(`${name}-original`, args.secretId, {
            parent: this,
            provider: args.sourceProvider,
        });
        const data = pulumi
            .all([original.data, args.secretId])
            // A Secret without data arrives as undefined, which its type does not say.
            .apply(([found, id]) =>
                caCertificates(found as Record<string, string> | undefined, id),
            );
        new kubernetes.core.v1.Secret(
            `${name}-copy`,
            {
                // No label and no owner of Strimzi's: its operator would take the copy for its own.
                metadata: { name: secretName, namespace: args.namespace },
                type: "Opaque",
                data,
            },
            { parent: this, dependsOn: args.dependsOn ?? [] },
        );
        this.registerOutputs({ secretName });
    }
}
