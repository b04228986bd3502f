import type * as pulumi from "@pulumi/pulumi";
import { mirrorListener, targetListener } from "../config/listeners";
import { phases } from "../config/phase";
import {
    type ListenerSettings,
    sameNamespace,
    type Settings,
    type SiteName,
} from "../config/settingsSchema";
import { aclsOf, mirrorRights } from "../strimzi/builders/mirrorRights";
import type { MirrorConnection, MirrorConnections } from "../strimzi/builders/mirrorMaker2";
import { mirrorUserName } from "../strimzi/builders/names";
import { MirrorUser } from "./mirrorUser";
import type { PasswordPlace } from "./passwordSecrets";
import type { SiteProviders } from "./providers";
import type { SiteAccess } from "./site";
import { type TrustedCa, trustedSourceCa, trustedTargetCa } from "./trustedCa";

export interface MirrorConnectionsArgs {
    readonly settings: Settings;
    readonly providers: SiteProviders;
    readonly access: Readonly<Record<SiteName, SiteAccess>>;
    /** What must be there before anything is made in a namespace. */
    readonly dependsOn: pulumi.Input<pulumi.Resource>[];
    readonly parent: pulumi.Resource;
}

/** Both connections of MM2, and what must exist before it can use them. */
export interface ConnectedMirror {
    readonly connections: MirrorConnections;
    readonly sourceCa: TrustedCa;
    readonly dependsOn: pulumi.Resource[];
}

/** Makes what MM2 trusts and what it identifies itself with, at each of its clusters. */
export function connectMirror(name: string, args: MirrorConnectionsArgs): ConnectedMirror {
    const { settings, access } = args;
    const { source, target, mirror } = settings;
    const listeners = {
        source: mirrorListener(source, target, mirror),
        target: targetListener(target, mirror),
    };
    const ca = {
        source: trustedSourceCa(`${name}-source-ca`, { ...args, access: access.source }),
        target: trustedTargetCa(`${name}-target-ca`, { ...args, access: access.target }),
    };
    const users = {
        source: mirrorUser(name, "source", listeners.source, args),
        target: mirrorUser(name, "target", listeners.target, args),
    };
    const connection = (side: SiteName): MirrorConnection => {
        const { secretName, hash } = ca[side];
        const authentication = users[side]?.authentication ?? access[side].authentication;
        const certificateHash = users[side]?.certificateHash;
        return {
            bootstrapServers: access[side].addressesOf(listeners[side]),
            tls: access[side].usesTls(listeners[side]),
            ...(secretName !== undefined && { caSecretName: secretName }),
            ...(hash !== undefined && { caHash: hash }),
            ...(authentication !== undefined && { authentication }),
            ...(certificateHash !== undefined && { userCertificateHash: certificateHash }),
        };
    };
    const fromSource = connection("source");
    return {
        connections: {
            source: {
                ...fromSource,
                bootstrapServers: mirror.sourceBootstrapServers ?? fromSource.bootstrapServers,
            },
            target: connection("target"),
        },
        sourceCa: ca.source,
        dependsOn: [
            ...[access.source, access.target, ca.source, ca.target].flatMap(
                (part) => part.dependsOn,
            ),
            ...Object.values(users).flatMap((user) => user?.dependsOn ?? []),
        ],
    };
}

/** The user of MM2 at a cluster of this stack, unless nobody asks there who a client is. */
function mirrorUser(
    name: string,
    side: SiteName,
    listener: ListenerSettings | undefined,
    { settings, providers, access, dependsOn, parent }: MirrorConnectionsArgs,
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
        `${name}-${side}-user`,
        {
            userName: mirrorUserName(settings.mirror, side),
            generation: settings.mirror.credentialsGeneration,
            cluster: site.name,
            clusterReady: access[side].dependsOn,
            authentication: listener.authentication,
            acls:
                site.authorization === "simple" ? aclsOf(mirrorRights(settings)[side]) : undefined,
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
