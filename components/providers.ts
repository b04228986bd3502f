import * as kubernetes from "@pulumi/kubernetes";
import { phases } from "../config/phase";
import { sameKubernetesCluster, type Settings, type Site } from "../config/settingsSchema";

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
