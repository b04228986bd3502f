import type * as pulumi from "@pulumi/pulumi";
import { phases } from "../config/phase";
import { sameKubernetesCluster, sameNamespace, type Settings } from "../config/settingsSchema";
import type { SiteProviders } from "./providers";

/** All inputs that Kubernetes objects have in this stack. */
const EVERYTHING = ["apiVersion", "kind", "metadata", "spec", "data", "type", "rules", "roleRef"];

/**
 * Ignores all changes of the source's objects while the source counts as lost. They stay in
 * Pulumi's state with their old inputs, so no update needs the source's API server, which may be
 * unavailable.
 *
 * The result is for the option `transformations` of the top component.
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
