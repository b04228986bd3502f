import type * as pulumi from "@pulumi/pulumi";
import { mirrorListener, targetListener } from "../config/listeners";
import type { SiteName } from "../config/settingsSchema";
import { mirrorRights } from "../strimzi/builders/mirrorRights";
import type { MirrorConnection, MirrorConnections } from "../strimzi/builders/mirrorMaker2";
import { mirrorUserName } from "../strimzi/builders/names";
import { siteUser, type PairArgs } from "./mirrorUser";
import { type TrustedCa, trustedSourceCa, trustedTargetCa } from "./trustedCa";

/** MM2's connections to both clusters, and the resources that they need. */
export interface ConnectedMirror {
    readonly connections: MirrorConnections;
    readonly sourceCa: TrustedCa;
    readonly dependsOn: pulumi.Resource[];
}

/** Creates MM2's trusted CAs and credentials for both clusters. */
export function connectMirror(name: string, args: PairArgs): ConnectedMirror {
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
    const rights = mirrorRights(settings);
    const user = (side: SiteName) => {
        const userName = mirrorUserName(mirror, side);
        const asked = { userName, side, listener: listeners[side], rights: rights[side] };
        return siteUser(`${name}-${side}-user`, asked, args);
    };
    const users = {
        source: user("source"),
        target: user("target"),
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
