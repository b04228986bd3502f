import type { MirrorSettings } from "../../config/settingsSchema";
import { type PolicySettings, TO_DNS, toBrokers, toRestApi } from "./networkPolicy";
import { commandsPodLabels } from "./podLabels";

export function commandsPolicyName({ name }: Pick<MirrorSettings, "name">): string {
    return `${name}-commands-access`;
}

/**
 * The NetworkPolicy of the operators' commands next to the target: they reach DNS, the brokers of
 * both clusters and the REST API of MM2, and nobody reaches them.
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
            egress: [TO_DNS, toRestApi(settings), ...toBrokers(settings)],
        },
    };
}
