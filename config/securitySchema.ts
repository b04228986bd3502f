import { z } from "zod";
import { cidr, imageByDigest, integer, labelKey, labelValue } from "./fields";

export const securitySchema = z.strictObject({
    allowInsecureListeners: z
        .boolean()
        .default(false)
        .describe(
            "Allow listeners without TLS or without authentication, and `authorization: none`. Refused where `kafka-dr:protect` is true.",
        ),
});

const labelSelector = () =>
    z.strictObject({
        matchLabels: z.record(labelKey(), labelValue()).optional(),
        matchExpressions: z
            .array(
                z.strictObject({
                    key: labelKey(),
                    operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
                    values: z.array(labelValue()).optional(),
                }),
            )
            .optional(),
    });

/** Kubernetes' NetworkPolicyPeer. */
const networkPolicyPeer = z.strictObject({
    podSelector: labelSelector().optional().describe("Pods by their labels."),
    namespaceSelector: labelSelector()
        .optional()
        .describe("Namespaces by their labels; without it the target's own namespace."),
    ipBlock: z
        .strictObject({ cidr: cidr(), except: z.array(cidr()).optional() })
        .optional()
        .describe("Addresses, instead of selectors."),
});

export const networkPoliciesSchema = z.strictObject({
    enabled: z
        .boolean()
        .default(true)
        .describe("Make a NetworkPolicy for MM2: who may reach it, and what it may reach."),
    restApiFrom: z
        .array(networkPolicyPeer)
        .default([])
        .describe(
            "Who may use MM2's REST API on port 8083, besides MM2 itself and Strimzi's operator.",
        ),
    metricsFrom: z
        .array(networkPolicyPeer)
        .default([{ namespaceSelector: {} }])
        .describe(
            "Who may read MM2's metrics on port 9404; every pod by default. Strimzi's own policy opens the port to all unless its operator runs with STRIMZI_NETWORK_POLICY_GENERATION=false.",
        ),
    sourceCidrs: z
        .array(cidr())
        .default([])
        .describe(
            "Addresses of the source's brokers where they are not pods of the same Kubernetes cluster; any address if empty.",
        ),
    targetCidrs: z
        .array(cidr())
        .default([])
        .describe("The same for a target that this stack does not manage."),
    apiServerPorts: z
        .array(integer(1).max(65535, { error: "must be a port from 1 to 65535" }))
        .min(1, { error: "must name at least one port: MM2 reads its Secrets there" })
        .default([443, 6443])
        .describe("Ports of the target's API server, from which MM2 reads its Secrets."),
});

export const imagesSchema = z.strictObject({
    kafka: imageByDigest()
        .optional()
        .describe(
            "Strimzi's Kafka image, for brokers, controllers and MM2; the operator's own choice if absent. It must hold the `kafkaVersion` of the settings, which nothing here can check.",
        ),
    operator: imageByDigest()
        .optional()
        .describe(
            "Strimzi's operator image, for the Topic and the User Operator, and for the operator itself where `kafka-dr:operator.install` is true.",
        ),
    commands: imageByDigest()
        .optional()
        .describe(
            "The image of this repository's Dockerfile, in which the operators' commands run as a Job next to the target; `--image` says otherwise. Nothing that is deployed uses it.",
        ),
});
