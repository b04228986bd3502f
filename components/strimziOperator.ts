import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { restrictedNamespaceLabels } from "../strimzi/builders/podTemplate";
import { STRIMZI_VERSION } from "../strimzi/version";

const CHART = "oci://quay.io/strimzi-helm/strimzi-kafka-operator";

export interface StrimziOperatorArgs {
    /** Namespace of the operator, created with it. */
    readonly namespace: string;
    /** Namespaces whose Kafka resources it manages; they must exist. */
    readonly watchNamespaces: readonly string[];
    /** `registry/repository/name@sha256:<digest>` instead of the chart's own image. */
    readonly image?: string;
    readonly dependsOn?: pulumi.Input<pulumi.Resource>[];
}

/**
 * Strimzi's cluster operator, installed with its Helm chart.
 *
 * Its CRDs are in the chart's `crds` folder: Helm installs missing ones but never upgrades or
 * deletes them. That is intended, because deleting a CRD deletes every Kafka in the Kubernetes
 * cluster.
 *
 * Give it the provider of the Kubernetes cluster by the `provider` option.
 */
export class StrimziOperator extends pulumi.ComponentResource {
    constructor(name: string, args: StrimziOperatorArgs, options: pulumi.ComponentResourceOptions) {
        const { namespace } = args;
        const watchNamespaces = [...new Set(args.watchNamespaces)].sort();
        const version = STRIMZI_VERSION;
        const identity = { namespace, watchNamespaces, version };
        super("kafka-dr:index:StrimziOperator", name, identity, options);
        const dependsOn = args.dependsOn ?? [];
        const home = new kubernetes.core.v1.Namespace(
            `${name}-namespace`,
            { metadata: { name: namespace, labels: restrictedNamespaceLabels() } },
            { parent: this, dependsOn },
        );
        new kubernetes.helm.v3.Release(
            `${name}-release`,
            {
                name: "strimzi-cluster-operator",
                chart: CHART,
                version,
                namespace,
                // The chart adds the operator's own namespace to those that it watches.
                values: {
                    watchNamespaces,
                    ...(args.image !== undefined && { image: imageValues(args.image) }),
                },
            },
            { parent: this, dependsOn: [...dependsOn, home] },
        );
        this.registerOutputs(identity);
    }
}

/** The parts of an image for the chart's values. */
function imageValues(image: string) {
    const [path = "", digest = ""] = image.split("@");
    const [registry = "", ...rest] = path.split("/");
    const name = (rest.pop() ?? "").replace(/:.*$/, "");
    return { registry, repository: rest.join("/"), name, digest };
}
