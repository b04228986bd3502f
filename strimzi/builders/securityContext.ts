/**
 * Security context of a container under Kubernetes' restricted Pod Security Standard. The same as
 * Strimzi's own `restricted` Pod security provider gives, which is the operator's choice and off
 * by default; the pod's context stays the operator's, since the group of its volumes differs
 * between Kubernetes and OpenShift.
 */
export const RESTRICTED_CONTAINER = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
};

/** A container of a Strimzi template. */
export function restrictedContainer() {
    const { capabilities, ...flags } = RESTRICTED_CONTAINER;
    return { securityContext: { ...flags, capabilities: { drop: [...capabilities.drop] } } };
}

/**
 * Version of the Pod Security Standards that namespaces are held to: that of the oldest Kubernetes
 * which Strimzi 1.2.0 supports, so that an upgrade of Kubernetes cannot refuse a restarting broker.
 */
const POD_SECURITY_VERSION = "v1.30";

/** Labels of a namespace in which only restricted pods run. */
export function restrictedNamespaceLabels(): Record<string, string> {
    return Object.fromEntries(
        ["enforce", "audit", "warn"].flatMap((mode) => [
            [`pod-security.kubernetes.io/${mode}`, "restricted"],
            [`pod-security.kubernetes.io/${mode}-version`, POD_SECURITY_VERSION],
        ]),
    );
}
