import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { phases } from "../config/phase";
import type { Settings } from "../config/settingsSchema";
import type { SiteProviders } from "./providers";
import { refusal } from "./refusal";

/**
 * What every object of the stack depends on where the settings pin the identity of a Kubernetes
 * cluster: the UID of its namespace kube-system, which no two clusters share. It is read in every
 * preview, so a kubeconfig whose contexts were swapped is refused before anything is created, and
 * the DR stack can never be applied over the production cluster.
 *
 * @throws {Error} (on use) that names the setting, the expected and the found UID.
 */
export function verifiedKubernetesClusters(
    name: string,
    { source, target, phase }: Pick<Settings, "source" | "target" | "phase">,
    providers: SiteProviders,
    parent: pulumi.Resource,
): pulumi.Output<pulumi.Resource>[] {
    const sites = { source, target };
    return (["source", "target"] as const).flatMap((side) => {
        const { kubernetesClusterUid: expected, context } = sites[side];
        // A source that counts as lost is not asked, and nothing is done to it.
        const isAsked = side === "target" || phases[phase].usesSource;
        if (expected === undefined || !isAsked) {
            return [];
        }
        const kubeSystem = kubernetes.core.v1.Namespace.get(
            `${name}-${side}-kube-system`,
            "kube-system",
            { parent, provider: providers[side] },
        );
        return [
            kubeSystem.metadata.uid.apply((found) => {
                if (found !== expected) {
                    throw refusal(
                        `kafka-dr:${side}.kubernetesClusterUid is "${expected}", but the context "${context}" leads to the Kubernetes cluster "${found}". ` +
                            "Nothing was created. Check kafka-dr:source.context and kafka-dr:target.context: they may be swapped.",
                    );
                }
                return kubeSystem;
            }),
        ];
    });
}
