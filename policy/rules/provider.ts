import { resourceRule } from "../rule";

/** "default" or "default_<version>": ProviderRequest.DefaultName in Pulumi's engine. */
const DEFAULT_PROVIDER = /^default(_|$)/;

const explicitProvider = resourceRule({
    id: "explicit-provider",
    summary:
        "Every Kubernetes resource names its provider. The default provider follows the kubeconfig of the person who runs Pulumi, and with two clusters one of them is the wrong one.",
    remedy: "Give the resource, or the component above it, a `kubernetes.Provider` with a context.",
    level: "mandatory",
    severity: "high",
    scope: "every stack",
    // The engine gives every resource but a component a provider.
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

/** Which Kubernetes cluster a resource goes to. */
export const providerRules = [explicitProvider];
