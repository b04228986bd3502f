import { z } from "zod";
import { dnsLabel, integer, kafkaConfig, namespaceName, topicName } from "./fields";
import { mirrorSchema } from "./mirrorSchema";
import { type Phase, PHASES } from "./phase";
import { imagesSchema, networkPoliciesSchema, securitySchema } from "./securitySchema";
import { existingSiteSchema, managedSiteSchema } from "./siteSchema";

/** A resource of Kafka's authorizer, by its name or the beginning of its name. */
function kafkaResource(what: string) {
    return z.strictObject({
        name: z
            .string()
            .refine((value) => /^[a-zA-Z0-9._-]{1,249}$/.test(value), {
                error: 'must be 1 to 249 letters, digits, ".", "_" or "-"',
                params: { rule: "resource-name" },
            })
            .describe(`Name of the ${what}, or the beginning of names.`),
        patternType: z
            .enum(["literal", "prefix"])
            .default("literal")
            .describe("`literal`: this name; `prefix`: every name that begins with it."),
    });
}

const resourceList = (what: string, description: string) =>
    z.array(kafkaResource(what)).default([]).describe(description);

export const userSchema = z.strictObject({
    name: dnsLabel(63).describe(
        "Name of the KafkaUser, of the Kafka principal, and of the Secret with its password, at both sites.",
    ),
    produces: resourceList("topic", "Topics that it writes to, at the active site only."),
    consumes: resourceList("topic", "Topics that it reads, at both sites."),
    groups: resourceList(
        "consumer group",
        "Consumer groups that it may be a member of, at the active site only; elsewhere it may look at them.",
    ),
    transactionalIds: resourceList(
        "transactional id",
        "Transactional ids that it may use, at the active site only.",
    ),
    credentialsRevision: integer(1)
        .default(1)
        .describe("Another number means a new password, the same at both sites."),
});

const topicSchema = z.strictObject({
    name: topicName().describe("Name of the topic in Kafka."),
    partitions: integer(1, "partition").describe("Number of partitions; it can only grow."),
    replicas: integer(1, "replica")
        .optional()
        .describe("Replicas of each partition; the brokers' default.replication.factor if absent."),
    config: kafkaConfig().default({}).describe("Topic configuration, such as `retention.ms`."),
});

const readinessTimeoutsSchema = z.strictObject({
    kafkaSeconds: integer(1, "second")
        .default(900)
        .describe("How long `pulumi up` waits for a Kafka cluster to be Ready."),
    topicSeconds: integer(1, "second").default(120).describe("The same for a KafkaTopic."),
    userSeconds: integer(1, "second").default(120).describe("The same for a KafkaUser."),
    mirrorMakerSeconds: integer(1, "second")
        .default(600)
        .describe("The same for KafkaMirrorMaker2."),
});

const caCopySchema = z.strictObject({
    method: z
        .enum(["pulumi", "external-secrets"])
        .default("pulumi")
        .describe(
            "`pulumi` copies the source's CA certificates at each `pulumi up`; `external-secrets` lets the External Secrets Operator at the target read them every minute.",
        ),
    sourceApiServer: z
        .url({ protocol: /^https$/, error: "must be an https URL" })
        .optional()
        .describe(
            "URL of the source's API server as the External Secrets Operator at the target reaches it; needed when the sites have different contexts.",
        ),
});

const operatorSchema = z.strictObject({
    install: z
        .boolean()
        .default(false)
        .describe(
            "Install Strimzi 1.2.0 in each Kubernetes cluster by its Helm chart. Its CRDs are installed where absent, and stay when the stack goes.",
        ),
    namespace: namespaceName()
        .default("strimzi-operator")
        .describe("Namespace of the operator, created with it."),
});

/**
 * The Pulumi config keys of this project, each with its type, default and description. Pulumi.yaml
 * and docs/reference/settings.md are generated from it (`npm run settings:docs`).
 */
export const sectionSchemas = {
    source: z
        .union([managedSiteSchema, existingSiteSchema])
        .describe("The cluster that is mirrored: where applications write while all is well."),
    target: z
        .union([managedSiteSchema, existingSiteSchema])
        .describe("The cluster that takes over; MirrorMaker 2 runs next to it."),
    mirror: mirrorSchema.describe("MirrorMaker 2, from the source to the target."),
    phase: z
        .enum(PHASES)
        .default("mirroring")
        .describe(
            "Where the pair is between two failures; docs/reference/phases.md has the phases and the changes that are allowed.",
        ),
    topics: z
        .array(topicSchema)
        .default([])
        .describe("Topics that this stack declares at the source, as KafkaTopic resources."),
    users: z
        .array(userSchema)
        .default([])
        .describe(
            "Users of applications, as KafkaUser resources at both sites with the same password; only at the active site can they write.",
        ),
    security: securitySchema
        .prefault({})
        .describe("What this stack allows besides TLS and authentication everywhere."),
    networkPolicies: networkPoliciesSchema
        .prefault({})
        .describe("Who may reach MirrorMaker 2, and what it may reach."),
    images: imagesSchema
        .prefault({})
        .describe("Images of Strimzi and of the operators' commands, pinned by digest."),
    caCopy: caCopySchema
        .prefault({})
        .describe("How the source's CA certificates get to where MirrorMaker 2 runs."),
    operator: operatorSchema
        .prefault({})
        .describe("Strimzi's operator, where this stack shall install it."),
    protect: z
        .boolean()
        .default(false)
        .describe("Refuse to delete or replace what holds data: clusters, pools, topics."),
    retainOnDelete: z
        .boolean()
        .default(false)
        .describe("Leave what holds data in Kubernetes when this stack lets go of it."),
    readinessTimeouts: readinessTimeoutsSchema
        .prefault({})
        .describe("How long `pulumi up` waits until what it deployed is Ready."),
} as const;

export type SectionName = keyof typeof sectionSchemas;

/** A value that nothing may change after it was parsed. */
export type Immutable<T> = T extends (infer Item)[]
    ? readonly Immutable<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Immutable<T[Key]> }
      : T;

export type { SiteName } from "./siteSchema";
export type ManagedSite = Immutable<z.output<typeof managedSiteSchema>>;
export type ExistingSite = Immutable<z.output<typeof existingSiteSchema>>;
/** A Kafka cluster and where it runs; `managed` tells whether this stack deploys it. */
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

/** Everything that a stack decides, parsed, complete and readonly. */
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

/** The alias under which MirrorMaker 2 knows a site. */
export function aliasOf(site: Site): string {
    return site.alias ?? site.name;
}

/** A name of the mirror's current life: from the second epoch on it has the number. */
export function withEpoch(name: string, { epoch }: Pick<MirrorSettings, "epoch">): string {
    return epoch === 1 ? name : `${name}-${epoch}`;
}

/**
 * The alias under which MM2 knows the cluster that it copies from. It has the epoch: MM2 names
 * its topics of offset syncs and checkpoints by it, and what an earlier life noted in them would be
 * wrong for a log that was rebuilt.
 */
export function mirroredAlias({ source, mirror }: Pick<Settings, "source" | "mirror">): string {
    return withEpoch(aliasOf(source), mirror);
}

/** Whether both sites are reached through the same context of the same kubeconfig. */
export function sameKubernetesCluster(source: Site, target: Site): boolean {
    return source.context === target.context && source.kubeconfig === target.kubeconfig;
}

/** Whether both sites live in one namespace, so that what is in it is there for both. */
export function sameNamespace(source: Site, target: Site): boolean {
    return sameKubernetesCluster(source, target) && source.namespace === target.namespace;
}
