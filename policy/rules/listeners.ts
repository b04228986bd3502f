import { isStrimzi, type Resource, spec } from "../resource";
import { resourceRule } from "../rule";
import { violationAt } from "../violation";
import type { Field } from "../field";

function listeners(resource: Resource): Field[] {
    return isStrimzi(resource, "Kafka") ? spec(resource).at("kafka", "listeners").items() : [];
}

const noPlainListener = resourceRule({
    id: "no-plain-listener",
    summary:
        "Every Kafka listener uses TLS. A plain-text listener exposes records and passwords to the network, inside Kubernetes too.",
    remedy: "Set `tls: true` on the listener.",
    level: "mandatory",
    severity: "critical",
    scope: "every stack",
    check: (resource) =>
        listeners(resource)
            .map((listener) => listener.at("tls"))
            .filter((tls) => tls.holds((value) => value !== true))
            .map((tls) =>
                violationAt(
                    resource,
                    tls,
                    "true",
                    "Set it to true, and give clients the cluster's CA certificate.",
                ),
            ),
});

const REAL_KINDS = ["tls", "scram-sha-512", "custom"];

const listenerAuthentication = resourceRule({
    id: "listener-authentication",
    summary:
        "Every Kafka listener authenticates its clients: by `tls`, `scram-sha-512`, or a `custom` authentication that requires SASL or a client certificate. TLS alone authenticates the broker and lets everyone in.",
    remedy: "Set `authentication.type` on the listener, and create a KafkaUser for each client.",
    level: "mandatory",
    severity: "critical",
    scope: "every stack",
    check: (resource) =>
        listeners(resource).flatMap((listener) => {
            const authentication = listener.at("authentication");
            const type = authentication.at("type");
            if (type.holds((value) => !REAL_KINDS.includes(String(value)))) {
                return [
                    violationAt(
                        resource,
                        type,
                        'one of "tls", "scram-sha-512" and "custom"',
                        "Choose one, and create a KafkaUser with the same authentication for each client.",
                    ),
                ];
            }
            return demandsNothing(authentication)
                ? [
                      violationAt(
                          resource,
                          authentication,
                          'one that requires SASL ("sasl": true) or a client certificate (listenerConfig "ssl.client.auth": "required")',
                          "Add one of them: a custom authentication without either lets everyone in.",
                      ),
                  ]
                : [];
        }),
});

function demandsNothing(authentication: Field): boolean {
    const is = (field: Field, wanted: unknown) => field.holds((value) => value === wanted);
    const isNot = (field: Field, wanted: unknown) => field.holds((value) => value !== wanted);
    return (
        is(authentication.at("type"), "custom") &&
        isNot(authentication.at("sasl"), true) &&
        isNot(authentication.at("listenerConfig", "ssl.client.auth"), "required")
    );
}

/** Rules on the listeners of a Kafka cluster. */
export const listenerRules = [noPlainListener, listenerAuthentication];
