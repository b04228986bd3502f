import type { Field } from "../field";
import { isStrimzi, spec } from "../resource";
import { resourceRule } from "../rule";
import { members } from "./walk";

/** Maps of configuration for Kafka and its clients. */
const CONFIG_MAPS = new Set(["config", "listenerConfig"]);

/** Names of configuration and of environment variables that hold a credential. */
const CREDENTIAL_NAME =
    /(^|[._-])(password|passwd|passphrase|secret|token|credentials?|(access|secret|private|api|keystore)[._-]?key)$|user[._-]info$/i;

/** A value that names where the credential is, such as `${strimzisecrets:namespace/name:key}`. */
const REFERENCE = /^\s*\$\{[^}]+\}\s*$/;

/** A credential inside another value: an option of a JAAS configuration, or a URL with a password. */
const EMBEDDED =
    /[\w.]*(password|passphrase|secret|token)\s*=\s*["']?(?!\$\{)[^"'\s;]+|:\/\/[^/\s:@]+:(?!\$\{)[^/\s@]+@/i;

const noPlaintextSecret = resourceRule({
    id: "no-plaintext-secret",
    summary:
        "No Kafka, KafkaNodePool or KafkaMirrorMaker2 contains a credential in plain text. Anyone who may read the object in Kubernetes could read it, even if Pulumi's state has it encrypted.",
    remedy: "Put it in a Kubernetes Secret and refer to it.",
    level: "mandatory",
    severity: "critical",
    scope: "every stack",
    check: (resource) =>
        isStrimzi(resource, "Kafka", "KafkaNodePool", "KafkaMirrorMaker2")
            ? members(spec(resource))
                  .flatMap(({ name, field }) => valuesIn(name, field))
                  .filter(({ name, value }) => value.holds((text) => isCredential(name, text)))
                  .map(({ value }) => ({
                      resource,
                      property: value.path,
                      found: "a credential in plain text (not shown)",
                      allowed: "a reference to a Secret",
                      remedy: "Use authentication with passwordSecret or certificateAndKey, a ${strimzisecrets:<namespace>/<Secret>:<key>} in the value, or valueFrom.secretKeyRef in a template's env.",
                  }))
            : [],
});

/** The members of a map of configuration, and the variables of a template's container. */
function valuesIn(name: string, field: Field): { name: string; value: Field }[] {
    if (CONFIG_MAPS.has(name)) {
        return field.entries().map((entry) => ({ name: entry.name, value: entry.field }));
    }
    return name === "env"
        ? field
              .items()
              .map((item) => ({ name: item.at("name").text ?? "", value: item.at("value") }))
        : [];
}

function isCredential(name: string, value: unknown): boolean {
    if (typeof value !== "string" || value === "") {
        return false;
    }
    return CREDENTIAL_NAME.test(name) ? !REFERENCE.test(value) : EMBEDDED.test(value);
}

/** Rules on credentials. */
export const secretRules = [noPlaintextSecret];
