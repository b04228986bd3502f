import * as kubernetes from "@pulumi/kubernetes";
import { mirrorListener, targetListener } from "../config/listeners";
import { commandRights } from "../strimzi/builders/commandRights";
import { commandsNetworkPolicy } from "../strimzi/builders/networkPolicy";
import { commandsUserName } from "../strimzi/builders/names";
import { siteUser, type PairArgs } from "./mirrorUser";

/**
 * What the operators' commands need to run as a Job next to the target: at each cluster of this
 * stack a user that can only read, with its credentials in the Job's namespace, and a NetworkPolicy.
 *
 * The users are like MM2's, of the same listeners and in the same places; MM2 does not wait for them.
 */
export function commandsAccess(name: string, args: PairArgs): void {
    const { settings, providers, dependsOn, parent } = args;
    const { source, target, mirror } = settings;
    const listeners = {
        source: mirrorListener(source, target, mirror),
        target: targetListener(target, mirror),
    };
    const rights = commandRights(settings);
    for (const side of ["source", "target"] as const) {
        const userName = commandsUserName(mirror, side);
        const user = { userName, side, listener: listeners[side], rights: rights[side] };
        siteUser(`${name}-${side}-commands`, user, args);
    }
    if (settings.networkPolicies.enabled) {
        new kubernetes.networking.v1.NetworkPolicy(
            `${name}-commands-network-policy`,
            commandsNetworkPolicy(settings),
            { parent, provider: providers.target, dependsOn },
        );
    }
}
