import type { Field } from "../field";
import { isStrimzi, type Resource, spec } from "../resource";
import { resourceRule } from "../rule";
import { type Violation, violationAt } from "../violation";

const KINDS = ["tls", "scram-sha-256", "scram-sha-512", "plain", "custom"];

const mirrorAuthentication = resourceRule({
    id: "mirror-authentication",
    summary:
        "MirrorMaker 2 connects to both clusters with TLS, verifies the brokers, and authenticates itself. It reads and writes every mirrored topic, so its connections need protection most.",
    remedy: "Set `tls` and `authentication` for the target and the source of every mirror.",
    level: "mandatory",
    severity: "critical",
    scope: "every stack",
    check: (resource) =>
        isStrimzi(resource, "KafkaMirrorMaker2")
            ? [
                  spec(resource).at("target"),
                  ...spec(resource)
                      .at("mirrors")
                      .items()
                      .map((mirror) => mirror.at("source")),
              ].flatMap((connection) => connectionViolations(resource, connection))
            : [],
});

function connectionViolations(resource: Resource, connection: Field): Violation[] {
    const tls = connection.at("tls");
    const type = connection.at("authentication", "type");
    const hostnameCheck = connection.at("config", "ssl.endpoint.identification.algorithm");
    return [
        ...(tls.absent
            ? [
                  violationAt(
                      resource,
                      tls,
                      "present",
                      "Add it with the CA's Secret under trustedCertificates, or with an empty list for the system's CAs.",
                  ),
              ]
            : []),
        ...(type.holds((value) => !KINDS.includes(String(value)))
            ? [
                  violationAt(
                      resource,
                      type,
                      `one of ${KINDS.map((kind) => `"${kind}"`).join(", ")}`,
                      "Create a KafkaUser for MirrorMaker 2 in that cluster and use its Secret.",
                  ),
              ]
            : []),
        ...(hostnameCheck.holds((value) => typeof value === "string" && value.trim() === "")
            ? [
                  violationAt(
                      resource,
                      hostnameCheck,
                      '"https" or absent',
                      "Remove it: without host name verification, any certificate of that CA passes for a broker.",
                  ),
              ]
            : []),
    ];
}

/** Rules on the connections of MirrorMaker 2. */
export const mirrorAuthenticationRules = [mirrorAuthentication];
