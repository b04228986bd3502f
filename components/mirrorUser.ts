import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { phases } from "../config/phase";
import {
    type ExistingSite,
    type ListenerSettings,
    sameNamespace,
    type Settings,
    type SiteName,
} from "../config/settingsSchema";
import { type Acl, kafkaUser, PASSWORD_KEY } from "../strimzi/builders/kafkaUser";
import { aclsOf, type Right } from "../strimzi/builders/mirrorRights";
import { passwordSecretName, userCertificateCopySecretName } from "../strimzi/builders/names";
import { USER_CERTIFICATE_KEYS, userCertificate } from "../strimzi/builders/userCertificate";
import { KafkaUser } from "../strimzi/resources";
import { waitFor } from "./options";
import { type PasswordPlace, passwordSecrets } from "./passwordSecrets";
import type { SiteProviders } from "./providers";
import { refusing } from "./refusal";
import type { SiteAccess } from "./site";

type Authentication = NonNullable<ExistingSite["authentication"]>;

export interface MirrorUserArgs {
    readonly userName: string;
    /** Counts the users that MM2 had at this cluster; part of each resource's name. */
    readonly revision: number;
    /** The Kafka cluster in which the user is. */
    readonly cluster: string;
    /** How the listener that MM2 uses wants it to identify itself. */
    readonly authentication: Exclude<ListenerSettings["authentication"], "none">;
    /** What it may do; undefined where the cluster has no authorizer. */
    readonly acls: readonly Acl[] | undefined;
    /** What the User Operator needs to be there: the cluster. */
    readonly clusterReady: pulumi.Resource[];
    /** Where the cluster is. */
    readonly site: PasswordPlace;
    /** Where MM2 runs; the same object as `site` where that is one namespace. */
    readonly reader: PasswordPlace;
    /** As of CaCertificateCopy: whether the client certificate can be read. */
    readonly isReadable: boolean;
    /** How long the User Operator may take, in seconds. */
    readonly timeoutSeconds: number;
}

/**
 * The KafkaUser as which MM2 connects to one cluster, and its credentials where MM2 reads them: a
 * random password in both namespaces, or a copy of the client certificate that the User Operator
 * issues. The copy is read again at every preview and update, like that of the CA.
 *
 * New credentials are a new user under a new name. Pulumi makes it before it updates MM2, and
 * deletes the old one after that: at no time is MM2 without a user that works.
 */
export class MirrorUser extends pulumi.ComponentResource {
    readonly authentication: Authentication;
    /** Hash of the copied client certificate; undefined where nothing is copied. */
    readonly certificateHash: pulumi.Output<string> | undefined;
    /** What must exist before MM2 connects. */
    readonly dependsOn: pulumi.Resource[];

    constructor(name: string, args: MirrorUserArgs, options: pulumi.ComponentResourceOptions) {
        const { userName, cluster, authentication, clusterReady, site } = args;
        super("kafka-dr:index:MirrorUser", name, { userName, cluster, authentication }, options);
        const current = `${name}-${args.revision}`;
        if (authentication === "scram-sha-512") {
            const secretName = passwordSecretName(userName);
            const places = args.reader === site ? [site] : [site, args.reader];
            const secrets = passwordSecrets(current, secretName, places, this);
            const user = this.user(current, args, [...secrets, ...clusterReady], secretName);
            this.dependsOn = [user, ...secrets];
            this.certificateHash = undefined;
            this.authentication = {
                type: "scram-sha-512",
                username: userName,
                passwordSecret: { secretName, password: PASSWORD_KEY },
            };
        } else {
            const user = this.user(current, args, [...site.dependsOn, ...clusterReady]);
            const copy =
                args.reader === site ? undefined : this.certificateCopy(current, args, user);
            this.dependsOn = [user, ...(copy === undefined ? [] : [copy.secret])];
            this.certificateHash = copy?.hash;
            this.authentication = {
                type: "tls",
                certificateAndKey: {
                    secretName: copy?.secretName ?? userName,
                    ...USER_CERTIFICATE_KEYS,
                },
            };
        }
        this.registerOutputs({ userName });
    }

    private user(
        name: string,
        { userName, cluster, acls, site, timeoutSeconds }: MirrorUserArgs,
        dependsOn: pulumi.Input<pulumi.Resource>[],
        secretName?: string,
    ): KafkaUser {
        const { metadata, spec } = kafkaUser({
            name: userName,
            namespace: site.namespace,
            cluster,
            ...(secretName !== undefined && { passwordSecretName: secretName }),
            ...(acls !== undefined && { acls }),
        });
        const annotations = waitFor(["condition=Ready"], timeoutSeconds);
        return new KafkaUser(
            name,
            { metadata: { ...metadata, annotations }, spec },
            { parent: this, provider: site.provider, dependsOn },
        );
    }

    private certificateCopy(
        name: string,
        { userName, site, reader, isReadable }: MirrorUserArgs,
        user: KafkaUser,
    ) {
        const secretName = userCertificateCopySecretName(userName);
        // Unknown, and not read, until the user exists.
        const secretId = user.id.apply(() => `${site.namespace}/${userName}`);
        const original = isReadable
            ? kubernetes.core.v1.Secret.get(`${name}-original`, secretId, {
                  parent: this,
                  provider: site.provider,
              })
            : undefined;
        const secret = new kubernetes.core.v1.Secret(
            `${name}-copy`,
            {
                metadata: { name: secretName, namespace: reader.namespace },
                type: "Opaque",
                data: original === undefined ? {} : certificateOf(original, secretId).data,
            },
            {
                parent: this,
                provider: reader.provider,
                dependsOn: reader.dependsOn,
                ...(original === undefined && { ignoreChanges: ["data"] }),
            },
        );
        const certificate = certificateOf(original ?? secret, secretId);
        return { secret, secretName, hash: pulumi.unsecret(certificate.hash) };
    }
}

function certificateOf(secret: kubernetes.core.v1.Secret, secretId: pulumi.Output<string>) {
    return (
        pulumi
            .all([secret.data, secretId])
            // A Secret without data arrives as undefined, which its type does not say.
            .apply(([data, id]) =>
                refusing(() => userCertificate(data as Record<string, string> | undefined, id)),
            )
    );
}

/** What is made at both sites for something that runs next to the target. */
export interface PairArgs {
    readonly settings: Settings;
    readonly providers: SiteProviders;
    readonly access: Readonly<Record<SiteName, SiteAccess>>;
    /** What must be there before anything is made in a namespace. */
    readonly dependsOn: pulumi.Input<pulumi.Resource>[];
    readonly parent: pulumi.Resource;
}

export interface SiteUserArgs {
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
export function siteUser(
    name: string,
    { userName, side, listener, rights }: SiteUserArgs,
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
