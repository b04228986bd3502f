import { randomInt } from "node:crypto";
import type { KeyAndCertificate } from "../../kafka/connection";
import { type KafkaUserObject, type SecretLookup, type SecretObject, secretText } from "../objects";

/** The maximum length of a common name in a certificate. */
const LONGEST_COMMON_NAME = 64;

/** The length of a password that Strimzi's User Operator generates. */
const PASSWORD_LENGTH = 32;
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The principal name, without `User:`, of a user with a certificate. */
export function tlsUsername(name: string): string {
    return `CN=${name}`;
}

/** The principal name of a user, without `User:`; `CN=<name>` for one with a certificate. */
export function kafkaUsername({ metadata: { name }, spec }: KafkaUserObject): string {
    const type = spec.authentication?.type;
    return type === "tls" || type === "tls-external" ? tlsUsername(name) : name;
}

/**
 * Why Strimzi's User Operator refuses a KafkaUser, or which part of it the lab does not support;
 * undefined when it is accepted.
 * @param aclsSupported whether the cluster has `authorization: {type: simple}`
 */
export function userRefusal(
    { metadata, spec }: KafkaUserObject,
    aclsSupported: boolean,
): string | undefined {
    const { authentication, authorization, quotas } = spec;
    if (authentication?.type === "tls" && metadata.name.length > LONGEST_COMMON_NAME) {
        return (
            "Users with TLS client authentication can have a username (name of the KafkaUser " +
            `custom resource) only up to ${LONGEST_COMMON_NAME} characters long.`
        );
    }
    if (authentication?.type === "scram-sha-512" && authentication.password !== undefined) {
        const key = authentication.password.valueFrom.secretKeyRef;
        if (key?.name === undefined || key.key === undefined) {
            return (
                "Resource requests custom SCRAM-SHA-512 password but doesn't specify the secret " +
                "name and/or key"
            );
        }
    }
    if (authorization !== undefined && !aclsSupported) {
        return (
            "Simple authorization ACL rules are configured but not supported in the Kafka cluster " +
            "configuration."
        );
    }
    return quotas === undefined ? undefined : "the lab does not support quotas";
}

/**
 * The password to which the object refers; undefined when it refers to none.
 * @throws with Strimzi's message when the Secret does not contain it
 */
export function requestedPassword(
    { metadata, spec }: KafkaUserObject,
    secrets: SecretLookup,
): string | undefined {
    const reference = spec.authentication?.password?.valueFrom.secretKeyRef;
    if (reference?.name === undefined || reference.key === undefined) {
        return undefined;
    }
    const { name, key } = reference;
    const secret = secrets(metadata.namespace, name);
    if (secret === undefined) {
        throw new Error(`Secret ${name} in namespace ${metadata.namespace} not found`);
    }
    const password = secretText(secret, key);
    if (password === undefined) {
        throw new Error(`Secret ${name} does not contain the key ${key} with requested password.`);
    }
    if (password === "") {
        throw new Error(`The requested user password is empty (Secret ${name}, key ${key}).`);
    }
    return password;
}

function pick(alphabet: string): string {
    return alphabet.charAt(randomInt(alphabet.length));
}

/** A new password of 32 letters and digits; the first is a letter, which JAAS requires. */
export function generatePassword(): string {
    const rest = Array.from({ length: PASSWORD_LENGTH - 1 }, () => pick(`${LETTERS}0123456789`));
    return pick(LETTERS) + rest.join("");
}

function userSecret(user: KafkaUserObject, values: Record<string, string>): SecretObject {
    const { metadata, spec } = user;
    const template = spec.template?.secret?.metadata;
    return {
        metadata: {
            name: metadata.name,
            namespace: metadata.namespace,
            labels: { ...metadata.labels, "strimzi.io/kind": "KafkaUser", ...template?.labels },
            ...(template?.annotations && { annotations: template.annotations }),
        },
        type: "Opaque",
        data: Object.fromEntries(
            Object.entries(values).map(([key, value]) => [
                key,
                Buffer.from(value).toString("base64"),
            ]),
        ),
    };
}

/** The Secret in which Strimzi stores the password of a user. */
export function passwordSecret(user: KafkaUserObject, password: string): SecretObject {
    return userSecret(user, {
        password,
        "sasl.jaas.config":
            "org.apache.kafka.common.security.scram.ScramLoginModule required " +
            `username="${user.metadata.name}" password="${password}";`,
    });
}

/** The Secret in which Strimzi stores the certificate of a user; `ca.crt` is the clients CA. */
export function certificateSecret(
    user: KafkaUserObject,
    caCertificate: string,
    { certificate, key }: KeyAndCertificate,
): SecretObject {
    return userSecret(user, { "ca.crt": caCertificate, "user.crt": certificate, "user.key": key });
}
