import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { phases } from "../config/phase";
import { sameKubernetesCluster, type Settings, type Site } from "../config/settingsSchema";
import { refusal } from "./refusal";

/** The Kubernetes provider of each site; the same object when both are in one cluster. */
export interface SiteProviders {
    readonly source: kubernetes.Provider;
    readonly target: kubernetes.Provider;
}

/**
 * One explicit provider per Kubernetes cluster. Each provider downloads the cluster's OpenAPI
 * document and holds it in memory, so two sites in one cluster share theirs.
 */
export function siteProviders({
    source,
    target,
    phase,
}: Pick<Settings, "source" | "target" | "phase">): SiteProviders {
    if (sameKubernetesCluster(source, target)) {
        const shared = provider("kubernetes", source);
        return { source: shared, target: shared };
    }
    return {
        source: provider("kubernetes-source", source, {
            // If the source is lost again, its reverse mirror is deleted: from Kubernetes if the
            // API server responds, otherwise only from Pulumi's state.
            ...(!phases[phase].usesSource && { deleteUnreachable: true }),
            // A source that returns may still have that mirror. Pulumi adopts its objects,
            // although fields such as passwords come from an update that is no longer in the state.
            ...(phases[phase].reverse === "running" && {
                upsertExistingObjects: true,
                enablePatchForce: true,
            }),
        }),
        target: provider("kubernetes-target", target),
    };
}

function provider(
    name: string,
    site: Site,
    args: kubernetes.ProviderArgs = {},
): kubernetes.Provider {
    return new kubernetes.Provider(name, {
        ...args,
        context: site.context,
        kubeconfig: site.kubeconfig,
        // Without it, any change of the cluster in the kubeconfig replaces every resource.
        clusterIdentifier: site.clusterIdentifier ?? site.context,
        // A changed CA must update the copy in place; a replacement would delete it temporarily.
        enableSecretMutable: true,
        enableConfigMapMutable: true,
    });
}

/**
 * Checks that every object of the stack depends on if the settings have the UID of a Kubernetes
 * cluster, which is the UID of its namespace kube-system. Every preview reads it, so swapped
 * contexts in a kubeconfig are refused before anything is created.
 *
 * @throws {Error} (on use) with the setting, the expected and the actual UID.
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
        // A lost source is neither read nor changed.
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
