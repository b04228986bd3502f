import type * as pulumi from "@pulumi/pulumi";
import { phases } from "../config/phase";
import type { Settings, SiteName } from "../config/settingsSchema";
import { ApplicationUser, type UserSite } from "./applicationUser";
import type { SiteProviders } from "./providers";
import type { SiteAccess } from "./site";

export interface ApplicationUsersArgs {
    readonly settings: Settings;
    readonly providers: SiteProviders;
    readonly access: Readonly<Record<SiteName, SiteAccess>>;
    readonly dependsOn: pulumi.Input<pulumi.Resource>[];
    /**
     * The mirror from the source to the target, in the state of the phase. Nobody may write at the
     * target before it has stopped, nor at a source that was rebuilt before it has its positions.
     */
    readonly mirrorMaker: pulumi.Resource;
    readonly parent: pulumi.Resource;
}

/** The declared users of applications, each at both sites. */
export function applicationUsers(name: string, args: ApplicationUsersArgs): ApplicationUser[] {
    const { settings, providers, access, dependsOn, mirrorMaker, parent } = args;
    const waitsForMirror = { source: settings.mirror.epoch > 1, target: true };
    const sites = (["source", "target"] as const).flatMap((place): UserSite[] => {
        const site = settings[place];
        const allowed = phases[settings.phase].access[place];
        return site.managed
            ? [
                  {
                      place,
                      namespace: site.namespace,
                      cluster: site.name,
                      access: allowed,
                      authorized: site.authorization === "simple",
                      provider: providers[place],
                      dependsOn,
                      clusterReady: [
                          ...access[place].dependsOn,
                          ...(allowed === "writing" && waitsForMirror[place] ? [mirrorMaker] : []),
                      ],
                  },
              ]
            : [];
    });
    return settings.users.map((user) => {
        const timeoutSeconds = settings.readinessTimeouts.userSeconds;
        return new ApplicationUser(
            `${name}-user-${user.name}`,
            { user, sites, timeoutSeconds },
            { parent },
        );
    });
}
