import * as pulumi from "@pulumi/pulumi";
import type { Access } from "../config/phase";
import type { SiteName, UserSettings } from "../config/settingsSchema";
import { applicationAcls } from "../strimzi/builders/applicationAcls";
import { kafkaUser } from "../strimzi/builders/kafkaUser";
import { passwordSecretName } from "../strimzi/builders/names";
import { KafkaUser } from "../strimzi/resources";
import { waitFor } from "./options";
import { type PasswordPlace, passwordSecrets } from "./passwordSecrets";

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
