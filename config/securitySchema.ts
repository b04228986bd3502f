import { z } from "zod";
import { cidr, imageByDigest, integer, labelKey, labelValue } from "./fields";

export const securitySchema = z.strictObject({
    allowInsecureListeners: z
        .boolean()
        .default(false)
        .describe(
            "Allow listeners without TLS or without authentication, and `authorization: none`. Refused if `kafka-dr:protect` is true.",
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
    podSelector: labelSelector().optional().describe("Selects pods by label."),
    namespaceSelector: labelSelector()
        .optional()
        .describe("Selects namespaces by label. Default: the target's namespace."),
    ipBlock: z
        .strictObject({ cidr: cidr(), except: z.array(cidr()).optional() })
        .optional()
        .describe("An IP range instead of selectors."),
});

export const networkPoliciesSchema = z.strictObject({
    enabled: z
        .boolean()
        .default(true)
        .describe("Create a NetworkPolicy that limits MM2's ingress and egress."),
    restApiFrom: z
        .array(networkPolicyPeer)
        .default([])
        .describe(
            "Peers that may use MM2's REST API on port 8083, besides MM2 itself and Strimzi's operator.",
        ),
    metricsFrom: z
        .array(networkPolicyPeer)
        .default([{ namespaceSelector: {} }])
        .describe(
            "Peers that may read MM2's metrics on port 9404; every pod by default. Strimzi's own policy opens the port to every peer unless the operator runs with STRIMZI_NETWORK_POLICY_GENERATION=false.",
        ),
    sourceCidrs: z
        .array(cidr())
        .default([])
        .describe(
            "IP ranges of the source's brokers if they are not pods of the same Kubernetes cluster; an empty list allows any address.",
        ),
    targetCidrs: z
        .array(cidr())
        .default([])
        .describe(
            "IP ranges of the brokers of a target that this stack does not manage; an empty list allows any address.",
        ),
    apiServerPorts: z
        .array(integer(1).max(65535, { error: "must be a port from 1 to 65535" }))
        .min(1, { error: "must name at least one port: MM2 reads its Secrets there" })
        .default([443, 6443])
        .describe("Ports of the target's API server, which serves MM2's Secrets."),
});

export const imagesSchema = z.strictObject({
    kafka: imageByDigest()
        .optional()
        .describe(
            "Strimzi's Kafka image for brokers, controllers and MM2. Default: the operator's choice. It must contain the `kafkaVersion` of the settings; no rule can check that.",
        ),
    operator: imageByDigest()
        .optional()
        .describe(
            "Strimzi's operator image for the Topic Operator and the User Operator, and for the cluster operator if `kafka-dr:operator.install` is true.",
        ),
    commands: imageByDigest()
        .optional()
        .describe(
            "Image built from this repository's Dockerfile, in which `kafka-dr` commands run as a Job next to the target; `--image` overrides it. The deployed stack does not use it.",
        ),
});
