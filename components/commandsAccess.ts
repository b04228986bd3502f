import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { mirrorListener, targetListener } from "../config/listeners";
import { phases } from "../config/phase";
import { sameNamespace, type Settings, type SiteName } from "../config/settingsSchema";
import { commandRights } from "../strimzi/builders/commandRights";
import { commandsNetworkPolicy } from "../strimzi/builders/commandsPolicy";
import { aclsOf } from "../strimzi/builders/mirrorRights";
import { commandsUserName } from "../strimzi/builders/names";
import { MirrorUser } from "./mirrorUser";
import type { PasswordPlace } from "./passwordSecrets";
import type { SiteProviders } from "./providers";
import type { SiteAccess } from "./site";

export interface CommandsAccessArgs {
    readonly settings: Settings;
    readonly providers: SiteProviders;
    readonly access: Readonly<Record<SiteName, SiteAccess>>;
    /** What must be there before anything is made in a namespace. */
    readonly dependsOn: pulumi.Input<pulumi.Resource>[];
    readonly parent: pulumi.Resource;
}

/**
 * What the operators' commands need to run as a Job next to the target: at each cluster of this
 * stack a user that can only read, with its credentials in the Job's namespace, and a NetworkPolicy.
 *
 * The users are like MM2's, of the same listeners and in the same places; MM2 does not wait for them.
 */
export function commandsAccess(name: string, args: CommandsAccessArgs): void {
    const { settings, providers, dependsOn, parent } = args;
    const { source, target, mirror } = settings;
    commandsUser(name, "source", mirrorListener(source, target, mirror)?.authentication, args);
    commandsUser(name, "target", targetListener(target, mirror)?.authentication, args);
    if (settings.networkPolicies.enabled) {
        new kubernetes.networking.v1.NetworkPolicy(
            `${name}-commands-network-policy`,
            commandsNetworkPolicy(settings),
            { parent, provider: providers.target, dependsOn },
        );
    }
}

/** The user at a cluster of this stack, unless nobody asks there who a client is. */
function commandsUser(
    name: string,
    side: SiteName,
    authentication: "none" | "scram-sha-512" | "tls" | undefined,
    { settings, providers, access, dependsOn, parent }: CommandsAccessArgs,
): void {
    const site = settings[side];
    if (!site.managed || authentication === undefined || authentication === "none") {
        return;
    }
    const place: PasswordPlace = {
        place: side,
        namespace: site.namespace,
        provider: providers[side],
        dependsOn,
    };
    const isHere = side === "target" || sameNamespace(settings.source, settings.target);
    new MirrorUser(
        `${name}-${side}-commands`,
        {
            userName: commandsUserName(settings.mirror, side),
            generation: settings.mirror.credentialsGeneration,
            cluster: site.name,
            clusterReady: access[side].dependsOn,
            authentication,
            acls:
                site.authorization === "simple" ? aclsOf(commandRights(settings)[side]) : undefined,
            site: place,
            reader: isHere
                ? place
                : {
                      place: "mirror",
                      namespace: settings.target.namespace,
                      provider: providers.target,
                      dependsOn,
                  },
            isReadable: side === "target" || phases[settings.phase].usesSource,
            timeoutSeconds: settings.readinessTimeouts.userSeconds,
        },
        { parent },
    );
}
