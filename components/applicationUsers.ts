import * as pulumi from "@pulumi/pulumi";
import { type Access, phases } from "../config/phase";
import type { Settings, SiteName, UserSettings } from "../config/settingsSchema";
import { applicationAcls, kafkaUser } from "../strimzi/builders/kafkaUser";
import { passwordSecretName } from "../strimzi/builders/names";
import { KafkaUser } from "../strimzi/resources";
import { waitFor } from "./options";
import { type PasswordPlace, passwordSecrets } from "./passwordSecrets";
import type { SiteProviders } from "./providers";
import type { SiteAccess } from "./site";

/** A site where the user is created. */
export interface UserSite extends PasswordPlace {
    readonly place: SiteName;
    readonly cluster: string;
    /** Resources that the User Operator needs: the cluster. */
    readonly clusterReady: pulumi.Resource[];
    /** Current access of users at the site. */
    readonly access: Access;
    /** Whether the cluster has an authorizer. */
    readonly authorized: boolean;
}

export interface ApplicationUserArgs {
    readonly user: UserSettings;
    readonly sites: readonly UserSite[];
    /** Timeout for the User Operator of a site, in seconds. */
    readonly timeoutSeconds: number;
}

/**
 * The user of an application, with the same password at both sites: a failover changes where the
 * application connects, but not its credentials. The phase determines its access at each site.
 *
 * At each site the User Operator creates a Secret with the user's name and the keys `password` and
 * `sasl.jaas.config`.
 */
export class ApplicationUser extends pulumi.ComponentResource {
    constructor(name: string, args: ApplicationUserArgs, options: pulumi.ComponentResourceOptions) {
        const { user, sites } = args;
        super("kafka-dr:index:ApplicationUser", name, { userName: user.name }, options);
        // The revision in the name makes the KafkaUser refer to another Secret. The User Operator
        // does not watch the Secret, but notices a change of the KafkaUser.
        const { credentialsRevision: revision } = user;
        const secretName = passwordSecretName(`${user.name}-${revision}`);
        const secrets = passwordSecrets(`${name}-${revision}`, secretName, sites, this);
        const annotations = waitFor(["condition=Ready"], args.timeoutSeconds);
        for (const site of sites) {
            const { place, namespace, cluster, clusterReady, provider, authorized } = site;
            const { metadata, spec } = kafkaUser({
                name: user.name,
                namespace,
                cluster,
                passwordSecretName: secretName,
                ...(authorized && { acls: applicationAcls(user, site.access) }),
            });
            new KafkaUser(
                `${name}-${place}`,
                { metadata: { ...metadata, annotations }, spec },
                { parent: this, provider, dependsOn: [...secrets, ...clusterReady] },
            );
        }
        this.registerOutputs({ userName: user.name });
    }
}

export interface ApplicationUsersArgs {
    readonly settings: Settings;
    readonly providers: SiteProviders;
    readonly access: Readonly<Record<SiteName, SiteAccess>>;
    readonly dependsOn: pulumi.Input<pulumi.Resource>[];
    /**
     * The mirror from the source to the target, in the state of the phase. No application may
     * write to the target before the mirror has stopped, or to a rebuilt source before the mirror
     * has its start positions.
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
