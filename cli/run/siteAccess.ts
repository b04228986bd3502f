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

/** Credentials of a command for a site: a Secret in the namespace of the Job, and its keys. */
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

/** Connection of a command in the target's namespace to a site. */
export interface JobAccess {
    readonly bootstrapServers: string;
    /** Secret whose `*.crt` keys are trusted; `system` for the CAs of the system; undefined without TLS. */
    readonly ca: { readonly secretName: string } | "system" | undefined;
    /** Undefined for a listener without authentication. */
    readonly credentials: Credentials | undefined;
}

export type JobAccesses = Readonly<Record<SiteName, JobAccess>>;

type ClusterSpec = KafkaMirrorMaker2Object["spec"]["target"];
type Connection = Pick<ClusterSpec, "bootstrapServers" | "tls" | "authentication">;
type AccessSettings = Pick<Settings, "source" | "target" | "mirror" | "users" | "phase">;

/**
 * Connections of a command in the target's namespace to both clusters: the addresses and CAs of the MM2
 * deployed there. They come from the target's API server, so the source's may be gone. The command
 * connects to a cluster of this stack as the read-only user, to others as the user of MM2 in the
 * settings.
 *
 * @param mirrorMaker The deployed KafkaMirrorMaker2.
 * @param as A user of `kafka-dr:users` to connect as at the active site, for commands that write.
 * @throws CommandError with exit code 2 for a user that does not exist, or cannot log in there.
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
            "NotDeployed",
            `The deployed KafkaMirrorMaker2 ${settings.mirror.name} does not mirror from "${alias}".`,
            "The settings differ from the deployment: run make preview, or use the deployed stack file.",
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
    // The stack sets at most one Secret.
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
        return mirrorCredentials(side, authentication);
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

/** The credentials of MM2 for a cluster that the stack does not manage. */
function mirrorCredentials(
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
        "UnsupportedAuthentication",
        `MirrorMaker 2 authenticates to the ${side} by ${type}, which the commands do not support.`,
        "They support scram-sha-512 and client certificates (tls).",
    );
}

function applicationUser(settings: AccessSettings, side: SiteName, name: string): Credentials {
    const names = settings.users.map((user) => user.name);
    if (!names.includes(name)) {
        throw new CommandError(
            "UnknownName",
            `--as is "${name}", which is not in kafka-dr:users; ${names.length === 0 ? "it has no users" : `its users: ${names.join(", ")}`}.`,
            "Give one of its users, or add the user and run make up.",
        );
    }
    const listener = listenerOf(settings, side);
    if (listener?.authentication !== "scram-sha-512") {
        throw new CommandError(
            "UnsupportedAuthentication",
            `--as is "${name}", but the listener "${listener?.name ?? ""}" of the ${side} does not accept passwords: its authentication is ${listener?.authentication ?? "unknown"}.`,
            "Set authentication to scram-sha-512 for the listener that MM2 uses at this site.",
        );
    }
    // The Secret of the User Operator; the password is the same at both sites.
    return { type: "password", user: name, secretName: name, passwordKey: PASSWORD_KEY };
}
