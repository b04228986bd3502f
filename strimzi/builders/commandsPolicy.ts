import type { MirrorSettings } from "../../config/settingsSchema";
import { type PolicySettings, TO_DNS, toBrokers } from "./networkPolicy";

/** `app.kubernetes.io/name` of the pods in which the operators' commands run. */
export const COMMANDS_APP = "kafka-dr-commands";

/** Labels by which the pods of one pair's commands are found. */
export function commandsPodLabels({ name }: Pick<MirrorSettings, "name">): Record<string, string> {
    return { "app.kubernetes.io/name": COMMANDS_APP, "app.kubernetes.io/instance": name };
}

export function commandsPolicyName({ name }: Pick<MirrorSettings, "name">): string {
    return `${name}-commands-access`;
}

/**
 * The NetworkPolicy of the operators' commands next to the target: they reach DNS and the brokers of
 * both clusters, and nobody reaches them.
 */
export function commandsNetworkPolicy(settings: PolicySettings) {
    return {
        metadata: {
            name: commandsPolicyName(settings.mirror),
            namespace: settings.target.namespace,
        },
        spec: {
            podSelector: { matchLabels: commandsPodLabels(settings.mirror) },
            policyTypes: ["Ingress", "Egress"],
            ingress: [],
            egress: [TO_DNS, ...toBrokers(settings)],
        },
    };
}
