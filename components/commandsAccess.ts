import * as kubernetes from "@pulumi/kubernetes";
import { mirrorListener, targetListener } from "../config/listeners";
import { commandRights } from "../strimzi/builders/commandRights";
import { commandsNetworkPolicy } from "../strimzi/builders/networkPolicy";
import { commandsUserName } from "../strimzi/builders/names";
import { siteUser, type PairArgs } from "./mirrorUser";

/**
 * Access for kafka-dr commands that run as a Job next to the target: a read-only user at each
 * cluster of this stack, with its credentials in the Job's namespace, and a NetworkPolicy.
 *
 * The users have the same listeners and locations as MM2's. MM2 does not depend on them.
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
