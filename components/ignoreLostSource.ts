import type * as pulumi from "@pulumi/pulumi";
import { phases } from "../config/phase";
import { sameKubernetesCluster, sameNamespace, type Settings } from "../config/settingsSchema";
import type { SiteProviders } from "./providers";

/** All inputs that an object of Kubernetes has in this stack. */
const EVERYTHING = ["apiVersion", "kind", "metadata", "spec", "data", "type", "rules", "roleRef"];

/**
 * Keeps every object of the source as the last update left it, while the source counts as lost: it
 * stays in Pulumi's state with its old inputs, so that nothing of it differs, and the API server of
 * the source, which may be gone, is never asked.
 *
 * The function is for the option `transformations` of the component above them all.
 */
export function ignoreLostSource(
    settings: Settings,
    { source, target }: SiteProviders,
): pulumi.ResourceTransformation[] {
    if (phases[settings.phase].usesSource || sameNamespace(settings.source, settings.target)) {
        return [];
    }
    const together = sameKubernetesCluster(settings.source, settings.target);
    const isOfSource = ({ type, props, opts }: pulumi.ResourceTransformationArgs): boolean => {
        if (!type.startsWith("kubernetes:")) {
            return false;
        }
        const provider = opts.provider ?? opts.parent?.getProvider(type);
        const { namespace, name } = metadataOf(props);
        return together
            ? provider === target && (namespace ?? name) === settings.source.namespace
            : provider === source;
    };
    return [
        (args) =>
            isOfSource(args)
                ? { props: args.props, opts: { ...args.opts, ignoreChanges: EVERYTHING } }
                : undefined,
    ];
}

function metadataOf(props: unknown): { name?: unknown; namespace?: unknown } {
    return (props as { metadata?: object } | undefined)?.metadata ?? {};
}
