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

/** A site at which the user shall be. */
export interface UserSite extends PasswordPlace {
    readonly place: SiteName;
    readonly cluster: string;
    /** What the User Operator needs to be there: the cluster. */
    readonly clusterReady: pulumi.Resource[];
    /** What users may do there now. */
    readonly access: Access;
    /** Whether the cluster has an authorizer. */
    readonly authorized: boolean;
}

export interface ApplicationUserArgs {
    readonly user: UserSettings;
    readonly sites: readonly UserSite[];
    /** How long the User Operator of a site may take, in seconds. */
    readonly timeoutSeconds: number;
}

/**
 * The user of an application, at both sites with one password: a failover changes where the
 * application connects, not who it is. What it may do at which site is a matter of
 * the phase.
 *
 * At each site the User Operator makes a Secret with the user's name, with the keys `password` and
 * `sasl.jaas.config`.
 */
export class ApplicationUser extends pulumi.ComponentResource {
    constructor(name: string, args: ApplicationUserArgs, options: pulumi.ComponentResourceOptions) {
        const { user, sites } = args;
        super("kafka-dr:index:ApplicationUser", name, { userName: user.name }, options);
        // The revision in the name makes the KafkaUser refer to another Secret: the User Operator
        // does not watch the one that it was given, but sees its own resource change.
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
