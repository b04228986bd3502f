import { z } from "zod";
import type { Field } from "../field";
import { fields, isStrimzi, type Resource, spec } from "../resource";
import { resourceRule } from "../rule";
import { type Violation, violationAt } from "../violation";

/** Kafka's principal of clients that did not authenticate, and the wildcard for all principals. */
const EVERYONE = ["User:ANONYMOUS", "User:*"];

/** Operations with which a user can change ACLs or act as a broker. */
const ADMINISTRATION = ["All", "Alter", "ClusterAction"];

const kafkaAuthorization = resourceRule({
    id: "kafka-authorization",
    summary:
        "Kafka denies every operation that no ACL allows: `authorization` is set, no super user matches every client, no resource is open without an ACL, and no KafkaUser has all rights. Without authorization, every authenticated client can read and delete every topic.",
    remedy: "Set `spec.kafka.authorization` to `type: simple`, and give each KafkaUser the operations that it needs.",
    level: "mandatory",
    severity: "critical",
    scope: "every stack",
    settings: {
        clusterAdministrators: z
            .array(z.string())
            .default([])
            .describe(
                "KafkaUsers, by their name in Kubernetes, that may have All, Alter or ClusterAction on the cluster.",
            ),
    },
    check: (resource, { clusterAdministrators }) => [
        ...(isStrimzi(resource, "Kafka") ? kafkaViolations(resource) : []),
        ...(isStrimzi(resource, "KafkaUser")
            ? userViolations(resource, clusterAdministrators)
            : []),
    ],
});

function kafkaViolations(resource: Resource): Violation[] {
    const kafka = spec(resource).at("kafka");
    const authorization = kafka.at("authorization");
    const type = authorization.at("type");
    const open = kafka.at("config", "allow.everyone.if.no.acl.found");
    return [
        ...(type.holds((value) => value !== "simple" && value !== "custom")
            ? [
                  violationAt(
                      resource,
                      type,
                      '"simple" or "custom"',
                      'Set "simple", and create KafkaUsers with the ACLs that clients need.',
                  ),
              ]
            : []),
        ...authorization
            .at("superUsers")
            .items()
            .filter((user) => EVERYONE.includes(user.text?.trim() ?? ""))
            .map((user) =>
                violationAt(
                    resource,
                    user,
                    "the principal of one administrator",
                    "Remove it: it gives every client all rights.",
                ),
            ),
        ...(open.text?.trim().toLowerCase() === "true"
            ? [
                  violationAt(
                      resource,
                      open,
                      "false or absent",
                      "Remove it: a topic without an ACL would be open to everyone.",
                  ),
              ]
            : []),
    ];
}

function userViolations(resource: Resource, administrators: readonly string[]): Violation[] {
    const isAdministrator = fields(resource)
        .at("metadata", "name")
        .holds((name) => administrators.includes(String(name)));
    return spec(resource)
        .at("authorization", "acls")
        .items()
        .filter((acl) => acl.at("type").holds((type) => type !== "deny"))
        .flatMap((acl) => [
            ...everythingViolation(resource, acl),
            ...(isAdministrator ? [] : administrationViolation(resource, acl)),
        ]);
}

/** All operations on every resource of a type: the name `*`, which is a wildcard when literal. */
function everythingViolation(resource: Resource, acl: Field): Violation[] {
    const target = acl.at("resource");
    const everything =
        target.at("name").holds((name) => name === "*") &&
        target.at("patternType").holds((pattern) => (pattern ?? "literal") === "literal");
    return everything && operationsIn(acl, ["All"]).length > 0
        ? [
              violationAt(
                  resource,
                  acl.at("operations"),
                  `the operations that the user needs on all resources of type ${target.at("type").found}, not All`,
                  "Name the operations, or name the resources.",
              ),
          ]
        : [];
}

function administrationViolation(resource: Resource, acl: Field): Violation[] {
    const onCluster = acl.at("resource", "type").holds((type) => type === "cluster");
    return onCluster && operationsIn(acl, ADMINISTRATION).length > 0
        ? [
              violationAt(
                  resource,
                  acl.at("operations"),
                  `without ${ADMINISTRATION.join(", ")} on the cluster`,
                  "Remove them, or list the KafkaUser in clusterAdministrators of this rule's config.",
              ),
          ]
        : [];
}

function operationsIn(acl: Field, operations: readonly string[]): Field[] {
    return acl
        .at("operations")
        .items()
        .filter((operation) => operations.includes(operation.text ?? ""));
}

/** Rules on the rights of Kafka clients. */
export const authorizationRules = [kafkaAuthorization];
