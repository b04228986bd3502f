import type { KafkaConfig, MirrorSettings, ResourceSettings } from "../../config/settingsSchema";

/**
 * `jvmOptions` with one size for -Xms and -Xmx, so that a heap never has to grow under load.
 * @param flags of `-XX`, by their names
 */
export function jvmOptions(heap: string | undefined, flags: KafkaConfig = {}) {
    const options = {
        ...(heap !== undefined && { "-Xms": heap, "-Xmx": heap }),
        ...(Object.keys(flags).length > 0 && { "-XX": asText(flags) }),
    };
    return Object.keys(options).length === 0 ? {} : { jvmOptions: options };
}

function asText(flags: KafkaConfig): Record<string, string> {
    return Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, String(value)]));
}

/** `resources` as Strimzi's pods take them. */
export function resourceRequirements({ requests, limits }: ResourceSettings) {
    const { cpu, memory } = limits;
    return {
        resources: {
            requests: { ...requests },
            limits: { ...(cpu !== undefined && { cpu }), memory },
        },
    };
}

/** Labels that Strimzi gives to the pods of a KafkaMirrorMaker2. */
export function mirrorPodLabels(mirror: string) {
    return {
        "strimzi.io/cluster": mirror,
        "strimzi.io/kind": "KafkaMirrorMaker2",
        "strimzi.io/name": `${mirror}-mirrormaker2`,
    };
}

/** `app.kubernetes.io/name` of the pods in which the operators' commands run. */
export const COMMANDS_APP = "kafka-dr-commands";

/** Labels by which the pods of one pair's commands are found. */
export function commandsPodLabels({ name }: Pick<MirrorSettings, "name">): Record<string, string> {
    return { "app.kubernetes.io/name": COMMANDS_APP, "app.kubernetes.io/instance": name };
}

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
