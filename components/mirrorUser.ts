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
    /** Revision of the credentials; part of each resource's name. */
    readonly revision: number;
    /** Kafka cluster of the user. */
    readonly cluster: string;
    /** Authentication of the listener that MM2 uses. */
    readonly authentication: Exclude<ListenerSettings["authentication"], "none">;
    /** ACLs of the user; undefined if the cluster has no authorizer. */
    readonly acls: readonly Acl[] | undefined;
    /** Resources that the User Operator needs: the cluster. */
    readonly clusterReady: pulumi.Resource[];
    /** Location of the cluster. */
    readonly site: PasswordPlace;
    /** Location of MM2; the same object as `site` if both are in one namespace. */
    readonly reader: PasswordPlace;
    /** Whether the client certificate can be read; see CaCertificateCopy. */
    readonly isReadable: boolean;
    /** Timeout for the User Operator, in seconds. */
    readonly timeoutSeconds: number;
}

/**
 * The KafkaUser with which MM2 connects to a cluster, and its credentials in MM2's namespace: a
 * random password in both namespaces, or a copy of the client certificate that the User Operator
 * issues. Every preview and update reads the certificate again.
 *
 * New credentials are a new user with a new name. Pulumi creates it before it updates MM2 and
 * deletes the old one afterwards, so MM2 always has a valid user.
 */
export class MirrorUser extends pulumi.ComponentResource {
    readonly authentication: Authentication;
    /** Hash of the copied client certificate; undefined without a copy. */
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
        // Unknown, and so not read, until the user exists.
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
            // The data of an empty Secret is undefined, which its type does not allow for.
            .apply(([data, id]) =>
                refusing(() => userCertificate(data as Record<string, string> | undefined, id)),
            )
    );
}

/** Arguments of everything that runs next to the target and connects to both sites. */
export interface PairArgs {
    readonly settings: Settings;
    readonly providers: SiteProviders;
    readonly access: Readonly<Record<SiteName, SiteAccess>>;
    /** Resources that must exist before anything is created in a namespace. */
    readonly dependsOn: pulumi.Input<pulumi.Resource>[];
    readonly parent: pulumi.Resource;
}

export interface SiteUserArgs {
    readonly userName: string;
    readonly side: SiteName;
    /** Listener that the user connects to. */
    readonly listener: ListenerSettings | undefined;
    readonly rights: readonly Right[];
}

/**
 * A user at a cluster of this stack, with its credentials in MM2's namespace. Undefined if the
 * listener has no authentication.
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
