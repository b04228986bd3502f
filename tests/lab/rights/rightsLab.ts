import { kafkaClassPath } from "../../../lab/artifacts/artifacts";
import type { KafkaClient } from "../../../kafka/kafkaClient";
import type { MirrorMakerEnvironment } from "../../../lab/connect/workerProperties";
import type { LabContext } from "../../../lab/context";
import type { LabKafkaCluster } from "../../../lab/kafka/kafkaCluster";
import type { KafkaUserObject, SecretLookup } from "../../../lab/objects";
import { heapLimit } from "../../../lab/process/jvm";
import { Supervisor } from "../../../lab/process/supervisor";
import { waitFor } from "../../../lab/process/wait";
import { secretsFolder } from "../../../lab/secretFiles";
import type { LabUserOperator } from "../../../lab/users/userOperator";
import type { SiteName } from "../../../config/settingsSchema";
import type { Right } from "../../../strimzi/builders/mirrorRights";
import { TopicAdmin } from "./topicAdmin";
import { type LabStack, runLabStack } from "../support/runningStack";

/** A limit against hangs: on an idle machine every wait takes seconds. */
export const PATIENCE_MS = 600_000;
/** Seconds between MM2's refreshes of topics, configurations, groups and their offsets. */
export const INTERVAL_SECONDS = 2;

/** The topics and the group of the stack's own mirror. */
export const STACK_TOPICS = ["orders", "audit"] as const;
export const STACK_GROUP = "readers";
/** A value other than Kafka's default of 7 days. */
export const RETENTION_MS = "86400001";

const CLUSTERS = {
    source: "kafka-source/my-cluster",
    target: "kafka-target/my-cluster-tgt",
} as const;

/** One side of the lab. */
export interface RightsSite {
    readonly cluster: LabKafkaCluster;
    readonly users: LabUserOperator;
    /** A super user. */
    readonly client: KafkaClient;
    readonly topics: TopicAdmin;
}

/** A mirror that joined the lab: its users, and the right that one of them lacks. */
export interface JoinedMirror {
    readonly users: Readonly<Record<SiteName, string>>;
    readonly missing?: Right;
}

/**
 * The running stack `lab` with two topics and a group: its MirrorMaker 2 has exactly the rights that
 * the stack grants, each on one name. Further mirrors join it, each with its own users.
 */
export class RightsLab {
    /** Every mirror that joined. */
    readonly mirrors: JoinedMirror[] = [];

    private constructor(
        readonly context: LabContext,
        readonly stack: LabStack,
        readonly sites: Readonly<Record<SiteName, RightsSite>>,
    ) {}

    /** @param settings further changes of the stack, by path */
    static async start(settings: Readonly<Record<string, unknown>> = {}): Promise<RightsLab> {
        const supervisor = await Supervisor.create();
        try {
            const stack = await runLabStack(supervisor, rightsLabSettings(settings), {
                metrics: "none",
            });
            const site = (side: SiteName): RightsSite => {
                const cluster = stack.stack.clusters.get(CLUSTERS[side])!;
                return {
                    cluster,
                    users: stack.stack.users.get(CLUSTERS[side])!,
                    client: stack[side],
                    topics: new TopicAdmin(cluster.adminConnection()),
                };
            };
            const context: LabContext = {
                supervisor,
                classPath: await kafkaClassPath(),
                shortLived: true,
                heapLimitMegabytes: heapLimit(1024, 2),
                metrics: "none",
            };
            return new RightsLab(context, stack, {
                source: site("source"),
                target: site("target"),
            });
        } catch (error) {
            await supervisor.stop();
            throw error;
        }
    }

    async stop(): Promise<void> {
        await Promise.all(Object.values(this.sites).map(({ topics }) => topics.close()));
        await this.stack.close();
        await this.context.supervisor.stop();
    }

    get environment(): MirrorMakerEnvironment {
        const clusters = Object.values(this.sites).map(({ cluster }) => cluster);
        return {
            services: new Map(clusters.flatMap(({ services }) => [...services])),
            secretsFolder: secretsFolder(this.context),
        };
    }

    /** A Secret of either side by its name. */
    readonly secrets: SecretLookup = (_namespace, name) =>
        Object.values(this.sites)
            .flatMap(({ cluster, users }) => [cluster.caCertSecret, users.secret(name)])
            .find((secret) => secret?.metadata.name === name);

    async applyUser(side: SiteName, user: KafkaUserObject): Promise<void> {
        await this.sites[side].users.apply(user);
    }

    /** Waits until a condition holds; the timeout error quotes the last error of `probe`. */
    async until(what: string, probe: () => Promise<boolean> | boolean): Promise<void> {
        await waitFor(what, async () => ((await probe()) ? true : undefined), {
            timeoutMs: PATIENCE_MS,
            intervalMs: 100,
            signal: this.context.supervisor.signal,
        });
    }
}

/** The changes of the stack `lab`, by path: one node for each cluster, short intervals, one name each. */
export function rightsLabSettings(
    others: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
    const mirror = {
        ...quickMirror,
        topicsPattern: STACK_TOPICS.join(","),
        groupsPattern: STACK_GROUP,
    };
    return {
        "source.nodePools": [
            {
                name: "combined",
                roles: ["controller", "broker"],
                replicas: 1,
                storage: { type: "ephemeral" },
                jvmHeap: "512m",
            },
        ],
        topics: STACK_TOPICS.map((name) => ({
            name,
            partitions: 1,
            config: { "retention.ms": RETENTION_MS },
        })),
        users: [],
        ...Object.fromEntries(
            Object.entries(mirror).map(([key, value]) => [`mirror.${key}`, value]),
        ),
        ...others,
    };
}

/** Settings of `kafka-dr:mirror` that make MM2 act within seconds. */
export const quickMirror = {
    tasksMax: 1,
    offsetLagMax: 0,
    refreshTopicsIntervalSeconds: INTERVAL_SECONDS,
    refreshGroupsIntervalSeconds: INTERVAL_SECONDS,
    syncTopicConfigsIntervalSeconds: INTERVAL_SECONDS,
    emitCheckpointsIntervalSeconds: INTERVAL_SECONDS,
    syncGroupOffsetsIntervalSeconds: INTERVAL_SECONDS,
    workerConfig: { "offset.flush.interval.ms": 1000 },
} as const;
