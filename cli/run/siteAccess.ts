import { mirrorListener, targetListener } from "../../config/listeners";
import { phases } from "../../config/phase";
import { mirroredAlias, type Settings, type SiteName } from "../../config/settingsSchema";
import { PASSWORD_KEY } from "../../strimzi/builders/kafkaUser";
import {
    commandsUserName,
    passwordSecretName,
    userCertificateCopySecretName,
} from "../../strimzi/builders/names";
import { USER_CERTIFICATE_KEYS } from "../../strimzi/builders/userCertificate";
import type { KafkaMirrorMaker2Object } from "../../strimzi/resources";
import { CommandError } from "../shared/commandError";

/** Who a command is at a site: a Secret in the namespace of the Job, and its keys. */
export type Credentials =
    | {
          readonly type: "password";
          readonly user: string;
          readonly secretName: string;
          readonly passwordKey: string;
      }
    | {
          readonly type: "certificate";
          readonly secretName: string;
          readonly certificateKey: string;
          readonly privateKeyKey: string;
      };

/** How a command in the target's namespace reaches a site. */
export interface JobAccess {
    readonly bootstrapServers: string;
    /** Secret whose `*.crt` keys are trusted; `system` for the system's CAs; undefined without TLS. */
    readonly ca: { readonly secretName: string } | "system" | undefined;
    /** Undefined where nobody asks who a client is. */
    readonly credentials: Credentials | undefined;
}

export type JobAccesses = Readonly<Record<SiteName, JobAccess>>;

type ClusterSpec = KafkaMirrorMaker2Object["spec"]["target"];
type Connection = Pick<ClusterSpec, "bootstrapServers" | "tls" | "authentication">;
type AccessSettings = Pick<Settings, "source" | "target" | "mirror" | "users" | "phase">;

/**
 * How a command reaches both clusters from the target's namespace: by the addresses and the CAs of
 * the MM2 that is deployed there. They are at the target's API server, so the source's may be gone.
 * At a cluster of this stack the command is the user that can only read, elsewhere the one that the
 * settings name for MM2.
 *
 * @param mirrorMaker The KafkaMirrorMaker2 as it is deployed.
 * @param as A user of `kafka-dr:users`, to be it at the active site, where it may write.
 * @throws CommandError with exit code 2 for a user that there is not, or that cannot log in there.
 */
export function jobAccesses(
    settings: AccessSettings,
    mirrorMaker: Pick<KafkaMirrorMaker2Object, "spec">,
    as?: string,
): JobAccesses {
    const { target, mirrors } = mirrorMaker.spec;
    const alias = mirroredAlias(settings);
    const source = mirrors.find((mirror) => mirror.source.alias === alias)?.source;
    if (source === undefined) {
        throw new CommandError(
            "badInput",
            `The KafkaMirrorMaker2 ${settings.mirror.name} that is deployed does not mirror from "${alias}".`,
            "The settings are not what is deployed: run make preview, or take the stack file that was deployed.",
        );
    }
    const access = (side: SiteName, connection: Connection): JobAccess => ({
        bootstrapServers: connection.bootstrapServers,
        ca: trusted(connection),
        credentials:
            as !== undefined && side === phases[settings.phase].activeSite
                ? applicationUser(settings, side, as)
                : credentials(settings, side, connection),
    });
    return { source: access("source", source), target: access("target", target) };
}

function trusted({ tls }: Connection): JobAccess["ca"] {
    if (tls === undefined) {
        return undefined;
    }
    // The stack names one Secret at most.
    const [secret] = tls.trustedCertificates ?? [];
    return secret === undefined ? "system" : { secretName: secret.secretName };
}

function listenerOf({ source, target, mirror }: AccessSettings, side: SiteName) {
    return side === "source"
        ? mirrorListener(source, target, mirror)
        : targetListener(target, mirror);
}

function credentials(
    settings: AccessSettings,
    side: SiteName,
    { authentication }: Connection,
): Credentials | undefined {
    if (!settings[side].managed) {
        return given(side, authentication);
    }
    const user = commandsUserName(settings.mirror, side);
    switch (listenerOf(settings, side)?.authentication) {
        case "scram-sha-512":
            return {
                type: "password",
                user,
                secretName: passwordSecretName(user),
                passwordKey: PASSWORD_KEY,
            };
        case "tls": {
            const { certificate, key } = USER_CERTIFICATE_KEYS;
            return {
                type: "certificate",
                secretName: isNextToMirror(settings, side)
                    ? user
                    : userCertificateCopySecretName(user),
                certificateKey: certificate,
                privateKeyKey: key,
            };
        }
        default:
            return undefined;
    }
}

function isNextToMirror({ source, target }: AccessSettings, side: SiteName): boolean {
    return (
        side === "target" ||
        (source.context === target.context &&
            source.kubeconfig === target.kubeconfig &&
            source.namespace === target.namespace)
    );
}

/** The identity that the settings give to MM2 at a cluster which is not the stack's. */
function given(
    side: SiteName,
    authentication: Connection["authentication"],
): Credentials | undefined {
    if (authentication === undefined) {
        return undefined;
    }
    const { type, username, passwordSecret, certificateAndKey } = authentication;
    if (type === "scram-sha-512" && username !== undefined && passwordSecret !== undefined) {
        const { secretName, password } = passwordSecret;
        return { type: "password", user: username, secretName, passwordKey: password };
    }
    if (type === "tls" && certificateAndKey !== undefined) {
        const { secretName, certificate, key } = certificateAndKey;
        return { type: "certificate", secretName, certificateKey: certificate, privateKeyKey: key };
    }
    throw new CommandError(
        "badInput",
        `At the ${side} MirrorMaker 2 identifies itself by ${type}, which the commands do not know.`,
        "They know scram-sha-512 and client certificates (tls).",
    );
}

function applicationUser(settings: AccessSettings, side: SiteName, name: string): Credentials {
    const names = settings.users.map((user) => user.name);
    if (!names.includes(name)) {
        throw new CommandError(
            "badInput",
            `--as is "${name}", which is not a user of kafka-dr:users; there ${names.length === 0 ? "are none" : `are ${names.join(", ")}`}.`,
            "Name one of them, or declare it and run make up.",
        );
    }
    const listener = listenerOf(settings, side);
    if (listener?.authentication !== "scram-sha-512") {
        throw new CommandError(
            "badInput",
            `--as is "${name}", whose password the ${side}'s listener "${listener?.name ?? ""}" does not ask for: its authentication is ${listener?.authentication ?? "unknown"}.`,
            "MM2's listener of that site must have the authentication scram-sha-512 for this.",
        );
    }
    // The User Operator's Secret, which has the same password at both sites.
    return { type: "password", user: name, secretName: name, passwordKey: PASSWORD_KEY };
}
