import { z } from "zod";
import { dnsLabel, integer, kafkaConfig, namespaceName, topicName } from "./fields";
import { mirrorSchema } from "./mirrorSchema";
import { type Phase, PHASES } from "./phase";
import { imagesSchema, networkPoliciesSchema, securitySchema } from "./securitySchema";
import { existingSiteSchema, managedSiteSchema } from "./siteSchema";

/** A resource of Kafka's authorizer, identified by its name or a prefix of it. */
function kafkaResource(what: string) {
    return z.strictObject({
        name: z
            .string()
            .refine((value) => /^[a-zA-Z0-9._-]{1,249}$/.test(value), {
                error: 'must be 1 to 249 letters, digits, ".", "_" or "-"',
                params: { rule: "resource-name" },
            })
            .describe(`Name of the ${what}, or a prefix of names.`),
        patternType: z
            .enum(["literal", "prefix"])
            .default("literal")
            .describe("`literal`: exactly this name; `prefix`: every name that starts with it."),
    });
}

const resourceList = (what: string, description: string) =>
    z.array(kafkaResource(what)).default([]).describe(description);

export const userSchema = z.strictObject({
    name: dnsLabel(63).describe(
        "Name of the KafkaUser, the Kafka principal and the Secret with the password, at both sites.",
    ),
    produces: resourceList("topic", "Topics that the user may write, at the active site only."),
    consumes: resourceList("topic", "Topics that the user may read, at both sites."),
    groups: resourceList(
        "consumer group",
        "Consumer groups that the user may join, at the active site only; at the other site it may describe them.",
    ),
    transactionalIds: resourceList(
        "transactional ID",
        "Transactional IDs that the user may use, at the active site only.",
    ),
    credentialsRevision: integer(1)
        .default(1)
        .describe("Changing the number sets a new password, the same at both sites."),
});

const topicSchema = z.strictObject({
    name: topicName().describe("Name of the topic in Kafka."),
    partitions: integer(1, "partition").describe("Number of partitions; it can only increase."),
    replicas: integer(1, "replica")
        .optional()
        .describe(
            "Replicas of each partition. Default: `default.replication.factor` of the brokers.",
        ),
    config: kafkaConfig().default({}).describe("Topic configuration, such as `retention.ms`."),
});

const readinessTimeoutsSchema = z.strictObject({
    kafkaSeconds: integer(1, "second")
        .default(900)
        .describe("How long `pulumi up` waits for a Kafka cluster to be Ready."),
    topicSeconds: integer(1, "second")
        .default(120)
        .describe("How long `pulumi up` waits for a KafkaTopic to be Ready."),
    userSeconds: integer(1, "second")
        .default(120)
        .describe("How long `pulumi up` waits for a KafkaUser to be Ready."),
    mirrorMakerSeconds: integer(1, "second")
        .default(600)
        .describe("How long `pulumi up` waits for the KafkaMirrorMaker2 to be Ready."),
});

const caCopySchema = z.strictObject({
    method: z
        .enum(["pulumi", "external-secrets"])
        .default("pulumi")
        .describe(
            "`pulumi`: each `pulumi up` copies the source's CA certificates. `external-secrets`: the External Secrets Operator at the target reads them every minute.",
        ),
    sourceApiServer: z
        .url({ protocol: /^https$/, error: "must be an https URL" })
        .optional()
        .describe(
            "URL at which the External Secrets Operator at the target reaches the source's API server; required if the sites have different contexts.",
        ),
});

const operatorSchema = z.strictObject({
    install: z
        .boolean()
        .default(false)
        .describe(
            "Install Strimzi 1.2.0 in each Kubernetes cluster with its Helm chart. Missing CRDs are installed, and they stay when the stack is destroyed.",
        ),
    namespace: namespaceName()
        .default("strimzi-operator")
        .describe("Namespace of the operator, which the stack creates."),
});

/**
 * The Pulumi config keys of this project, each with its type, default and description. Pulumi.yaml
 * and docs/reference/settings.md are generated from it (`npm run settings:docs`).
 */
export const sectionSchemas = {
    source: z
        .union([managedSiteSchema, existingSiteSchema])
        .describe("The cluster that is mirrored, and that applications use in normal operation."),
    target: z
        .union([managedSiteSchema, existingSiteSchema])
        .describe("The cluster that takes over in a failover; MirrorMaker 2 runs next to it."),
    mirror: mirrorSchema.describe("MirrorMaker 2, from the source to the target."),
    phase: z
        .enum(PHASES)
        .default("mirroring")
        .describe(
            "State of the pair between normal operation, failover and failback; docs/reference/phases.md lists the phases and the allowed changes.",
        ),
    topics: z
        .array(topicSchema)
        .default([])
        .describe("Topics that this stack creates at the source, as KafkaTopic resources."),
    users: z
        .array(userSchema)
        .default([])
        .describe(
            "Users of applications, as KafkaUser resources with the same password at both sites. They can write only at the active site.",
        ),
    security: securitySchema
        .prefault({})
        .describe("Exceptions from TLS and authentication everywhere."),
    networkPolicies: networkPoliciesSchema
        .prefault({})
        .describe("NetworkPolicy of MirrorMaker 2: ingress and egress."),
    images: imagesSchema
        .prefault({})
        .describe("Images of Strimzi and of the `kafka-dr` commands, pinned by digest."),
    caCopy: caCopySchema
        .prefault({})
        .describe("How the source's CA certificates get to MirrorMaker 2."),
    operator: operatorSchema
        .prefault({})
        .describe("Installation of Strimzi's operator by this stack."),
    protect: z
        .boolean()
        .default(false)
        .describe(
            "Refuse to delete or replace resources that hold data: namespaces, clusters, node pools and topics.",
        ),
    retainOnDelete: z
        .boolean()
        .default(false)
        .describe("Keep resources that hold data in Kubernetes when they leave the stack."),
    readinessTimeouts: readinessTimeoutsSchema
        .prefault({})
        .describe("How long `pulumi up` waits for resources to be Ready."),
} as const;

export type SectionName = keyof typeof sectionSchemas;

/** A parsed value: readonly at every depth. */
export type Immutable<T> = T extends (infer Item)[]
    ? readonly Immutable<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Immutable<T[Key]> }
      : T;

export type { SiteName } from "./siteSchema";
export type ManagedSite = Immutable<z.output<typeof managedSiteSchema>>;
export type ExistingSite = Immutable<z.output<typeof existingSiteSchema>>;
/** A Kafka cluster and where it runs; `managed` is whether this stack deploys it. */
export type Site = ManagedSite | ExistingSite;
export type NodePoolSettings = ManagedSite["nodePools"][number];
export type ListenerSettings = ManagedSite["listeners"][number];
export type MirrorSettings = Immutable<z.output<typeof mirrorSchema>>;
export type ThroughputSettings = NonNullable<MirrorSettings["throughput"]>;
export type TopicSettings = Immutable<z.output<typeof topicSchema>>;
export type { KafkaConfig } from "./fields";
export type ResourceSettings = NodePoolSettings["resources"];
export type UserSettings = Immutable<z.output<typeof userSchema>>;
export type SecuritySettings = Immutable<z.output<typeof securitySchema>>;
export type NetworkPolicySettings = Immutable<z.output<typeof networkPoliciesSchema>>;
export type ImageSettings = Immutable<z.output<typeof imagesSchema>>;
export type CaCopySettings = Immutable<z.output<typeof caCopySchema>>;
export type OperatorSettings = Immutable<z.output<typeof operatorSchema>>;
export type ReadinessTimeouts = Immutable<z.output<typeof readinessTimeoutsSchema>>;

/** All settings of a stack: parsed, complete and readonly. */
export interface Settings {
    readonly source: Site;
    readonly target: Site;
    readonly mirror: MirrorSettings;
    readonly phase: Phase;
    readonly topics: readonly TopicSettings[];
    readonly users: readonly UserSettings[];
    readonly security: SecuritySettings;
    readonly networkPolicies: NetworkPolicySettings;
    readonly images: ImageSettings;
    readonly caCopy: CaCopySettings;
    readonly operator: OperatorSettings;
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
    readonly readinessTimeouts: ReadinessTimeouts;
}

/** MirrorMaker 2's alias of a site. */
export function aliasOf(site: Site): string {
    return site.alias ?? site.name;
}

/** A name of the current epoch: from the second on it ends with the number. */
export function withEpoch(name: string, { epoch }: Pick<MirrorSettings, "epoch">): string {
    return epoch === 1 ? name : `${name}-${epoch}`;
}

/**
 * MM2's alias of the cluster that it copies from. It contains the epoch because MM2 names the
 * topics of offset syncs and checkpoints after it, and entries from an earlier epoch would be wrong
 * for a rebuilt log.
 */
export function mirroredAlias({ source, mirror }: Pick<Settings, "source" | "mirror">): string {
    return withEpoch(aliasOf(source), mirror);
}

/** Whether both sites have the same context of the same kubeconfig. */
export function sameKubernetesCluster(source: Site, target: Site): boolean {
    return source.context === target.context && source.kubeconfig === target.kubeconfig;
}

/** Whether both sites are in one namespace and so share its objects. */
export function sameNamespace(source: Site, target: Site): boolean {
    return sameKubernetesCluster(source, target) && source.namespace === target.namespace;
}
