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
            // A mirror back to a source that is lost again goes: from Kubernetes where that answers,
            // otherwise from Pulumi's state alone.
            ...(!phases[phase].usesSource && { deleteUnreachable: true }),
            // A source that comes back with such a mirror has it still: it is taken over, although
            // the fields, of a password above all, are those of an update that Pulumi has forgotten.
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
        // Without it, any edit of the kubeconfig that touches the cluster replaces every resource.
        clusterIdentifier: site.clusterIdentifier ?? site.context,
        // A changed CA must update the copy in place; a replacement would delete it for a moment.
        enableSecretMutable: true,
        enableConfigMapMutable: true,
    });
}

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
