import type { KafkaMirrorMaker2Object, MirrorClusterSpec, SecretLookup } from "../objects";
import { secretText } from "../objects";
import { secretReference } from "../secretFiles";
import { hasCertificates, trustStoreKey, trustStoreName, WORKER_KEY } from "./trustStores";

type Authentication = NonNullable<MirrorClusterSpec["authentication"]>;

const LOGIN_MODULES = {
    plain: "org.apache.kafka.common.security.plain.PlainLoginModule",
    "scram-sha-256": "org.apache.kafka.common.security.scram.ScramLoginModule",
    "scram-sha-512": "org.apache.kafka.common.security.scram.ScramLoginModule",
} as const;

function isPassword(type: Authentication["type"]): type is keyof typeof LOGIN_MODULES {
    return type in LOGIN_MODULES;
}

/** The authentication settings of a client, with references to the Secrets of the object. */
function authenticationProperties(
    { type, username, passwordSecret, certificateAndKey }: Authentication,
    reference: (secretName: string, key: string) => string,
): Record<string, string> {
    if (isPassword(type) && passwordSecret !== undefined) {
        const password = reference(passwordSecret.secretName, passwordSecret.password);
        return {
            "sasl.mechanism": type.toUpperCase(),
            "sasl.jaas.config":
                `${LOGIN_MODULES[type]} required ` +
                `username="${username ?? ""}" password="${password}";`,
        };
    }
    if (type === "tls" && certificateAndKey !== undefined) {
        const { secretName, certificate, key } = certificateAndKey;
        return {
            "ssl.keystore.certificate.chain": reference(secretName, certificate),
            "ssl.keystore.key": reference(secretName, key),
            "ssl.keystore.type": "PEM",
        };
    }
    return {};
}

/**
 * The security settings of a client of a cluster, without prefix.
 * @param forWorker use the trust store of the workers instead of the one of the cluster's alias
 */
export function securityProperties(
    mm2: KafkaMirrorMaker2Object,
    cluster: MirrorClusterSpec,
    secretsFolder: string,
    forWorker = false,
): Record<string, string> {
    const { tls, authentication } = cluster;
    const reference = (secretName: string, key: string): string =>
        secretReference(secretsFolder, mm2.metadata.namespace, secretName, key);
    const trustStore = forWorker ? WORKER_KEY : trustStoreKey(cluster);
    const transport = tls === undefined ? "PLAINTEXT" : "SSL";
    const sasl = authentication !== undefined && isPassword(authentication.type);
    return {
        ...(hasCertificates(cluster) && {
            "ssl.truststore.certificates": reference(trustStoreName(mm2), trustStore),
            "ssl.truststore.type": "PEM",
        }),
        ...(authentication && authenticationProperties(authentication, reference)),
        "security.protocol": sasl ? `SASL_${transport}` : transport,
    };
}

/** The Secrets to which an authentication refers, each with the keys that it needs. */
function referencedKeys({ type, passwordSecret, certificateAndKey }: Authentication) {
    if (isPassword(type) && passwordSecret !== undefined) {
        return [{ secretName: passwordSecret.secretName, keys: [passwordSecret.password] }];
    }
    if (type === "tls" && certificateAndKey !== undefined) {
        const { secretName, certificate, key } = certificateAndKey;
        return [{ secretName, keys: [certificate, key] }];
    }
    return [];
}

function clusters({ spec }: KafkaMirrorMaker2Object): MirrorClusterSpec[] {
    return [spec.target, ...spec.mirrors.map(({ source }) => source)];
}

/**
 * The values to which the authentication of the object refers, by the name of their Secret.
 * @throws when a Secret or a key is missing
 */
export function authenticationSecrets(
    mm2: KafkaMirrorMaker2Object,
    secrets: SecretLookup,
): Record<string, Record<string, string>> {
    const { namespace } = mm2.metadata;
    const values: Record<string, Record<string, string>> = {};
    for (const { alias, authentication } of clusters(mm2)) {
        for (const { secretName, keys } of authentication ? referencedKeys(authentication) : []) {
            const where = `authentication of cluster ${alias}`;
            const secret = secrets(namespace, secretName);
            if (secret === undefined) {
                throw new Error(`${where}: the Secret ${namespace}/${secretName} does not exist`);
            }
            for (const key of keys) {
                const value = secretText(secret, key);
                if (value === undefined) {
                    throw new Error(
                        `${where}: Secret ${namespace}/${secretName} has no key ${key}`,
                    );
                }
                (values[secretName] ??= {})[key] = value;
            }
        }
    }
    return values;
}

/**
 * The authentication settings that Strimzi refuses or the lab does not support, each with its cluster;
 * empty when all of them work.
 */
export function unsupportedAuthentication(mm2: KafkaMirrorMaker2Object): string[] {
    return clusters(mm2).flatMap(({ alias, authentication }) => {
        if (authentication === undefined) {
            return [];
        }
        const { type, username, passwordSecret, certificateAndKey } = authentication;
        const where = `cluster ${alias}: authentication ${type}`;
        if (isPassword(type)) {
            return username === undefined || passwordSecret === undefined
                ? [`${where} without username or passwordSecret`]
                : [];
        }
        if (type === "tls") {
            return certificateAndKey === undefined ? [`${where} without certificateAndKey`] : [];
        }
        return [`${where} (use tls, scram-sha-512, scram-sha-256 or plain)`];
    });
}
