import type * as pulumi from "@pulumi/pulumi";
import { phases } from "../config/phase";
import {
    type ListenerSettings,
    sameNamespace,
    type Settings,
    type SiteName,
} from "../config/settingsSchema";
import { aclsOf, type Right } from "../strimzi/builders/mirrorRights";
import { MirrorUser } from "./mirrorUser";
import type { PasswordPlace } from "./passwordSecrets";
import type { SiteProviders } from "./providers";
import type { SiteAccess } from "./site";

/** What is made at both sites for something that runs next to the target. */
export interface PairArgs {
    readonly settings: Settings;
    readonly providers: SiteProviders;
    readonly access: Readonly<Record<SiteName, SiteAccess>>;
    /** What must be there before anything is made in a namespace. */
    readonly dependsOn: pulumi.Input<pulumi.Resource>[];
    readonly parent: pulumi.Resource;
}

export interface NextToTargetUser {
    readonly userName: string;
    readonly side: SiteName;
    /** Where it connects at that site. */
    readonly listener: ListenerSettings | undefined;
    readonly rights: readonly Right[];
}

/**
 * A user at a cluster of this stack, with its credentials where MM2 runs: next to the target.
 * Undefined where nobody asks at the listener who a client is.
 */
export function nextToTargetUser(
    name: string,
    { userName, side, listener, rights }: NextToTargetUser,
    { settings, providers, access, dependsOn, parent }: PairArgs,
): MirrorUser | undefined {
    const site = settings[side];
    if (!site.managed || listener === undefined || listener.authentication === "none") {
        return undefined;
    }
    const place: PasswordPlace = {
        place: side,
        namespace: site.namespace,
        provider: providers[side],
        dependsOn,
    };
    const isHere = side === "target" || sameNamespace(settings.source, settings.target);
    return new MirrorUser(
        name,
        {
            userName,
            revision: settings.mirror.credentialsRevision,
            cluster: site.name,
            clusterReady: access[side].dependsOn,
            authentication: listener.authentication,
            acls: site.authorization === "simple" ? aclsOf(rights) : undefined,
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
