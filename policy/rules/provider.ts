import { resourceRule } from "../rule";

/** "default" or "default_<version>": ProviderRequest.DefaultName in Pulumi's engine. */
const DEFAULT_PROVIDER = /^default(_|$)/;

const explicitProvider = resourceRule({
    id: "explicit-provider",
    summary:
        "Every Kubernetes resource has an explicit provider. The default provider follows the kubeconfig of the person who runs Pulumi, and for one of two clusters it is the wrong one.",
    remedy: "Give the resource, or the component above it, a `kubernetes.Provider` with a context.",
    level: "mandatory",
    severity: "high",
    scope: "every stack",
    // The engine sets a provider on every resource except components.
    check: (resource) =>
        resource.type.startsWith("kubernetes:") &&
        resource.provider !== undefined &&
        DEFAULT_PROVIDER.test(resource.provider.name)
            ? [
                  {
                      resource,
                      property: "its provider",
                      found: `"${resource.provider.name}", Pulumi's default`,
                      allowed: "one that the program creates",
                      remedy: 'Pass a kubernetes.Provider in the options, and set pulumi:disable-default-providers: ["kubernetes"] in the stack.',
                  },
              ]
            : [],
});

/** Rules on the Kubernetes cluster of a resource. */
export const providerRules = [explicitProvider];
