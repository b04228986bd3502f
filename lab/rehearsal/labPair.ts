import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type PhasePosition, phases } from "../../config/phase";
import { type Direction, settingsInDirection } from "../../config/reversed";
import { type Settings, type SiteName } from "../../config/settingsSchema";
import type { KafkaConnection } from "../../kafka/connection";
import { SiteNetwork } from "../network/siteNetwork";
import type { LabKafkaCluster } from "../kafka/kafkaCluster";
import type { Supervisor } from "../process/supervisor";
import {
    runStack,
    type RunningStack,
    clusterOf,
    connectionAs,
    mirrorMakerOf,
    running,
} from "../stack/runStack";
import { temporaryStack } from "../stack/temporaryStack";
import { commandsUserName } from "../../strimzi/builders/names";
import type { Deployment, FailoverOptions, Switchover } from "../../cli/failover/deployment";
import { openMirror } from "../../cli/shared/mirror/openMirror";
import type { MirrorOperations } from "../../cli/shared/mirror/types";
import { parseStackFile } from "../../cli/shared/settings";
import { LabDeployment } from "./labDeployment";

const ROOT = join(__dirname, "..", "..");
const STACK = "lab";

/** What the names of all topics begin with that the application may use. */
export const TOPIC_PREFIX = "orders";

/** As fast as MM2 can be told to be, so that a rehearsal takes minutes and not hours. */
const FAST_MIRROR = {
    adminTimeoutSeconds: 5,
    refreshTopicsIntervalSeconds: 2,
    refreshGroupsIntervalSeconds: 2,
    emitCheckpointsIntervalSeconds: 1,
    syncGroupOffsetsIntervalSeconds: 1,
    workerConfig: { "offset.flush.interval.ms": 1000 },
};

/** One node for each cluster: two JVMs fewer than the demonstration has. */
const ONE_NODE = [
    {
        name: "combined",
        roles: ["controller", "broker"],
        replicas: 1,
        storage: { type: "ephemeral" },
        jvmHeap: "384m",
    },
];

/** Two Kubernetes clusters: what comes from the other one takes the exposed listener. */
const LISTENERS = [
    { name: "tls", port: 9093, type: "internal", tls: true },
    { name: "external", port: 9094, type: "loadbalancer", tls: true },
];

export interface LabPairOptions {
    readonly supervisor: Supervisor;
    /** Topics that the stack declares at the source. */
    readonly topics: readonly object[];
    readonly onStep?: (text: string) => void;
}

/** The stack on this machine, with a network in front of each site that can be cut. */
export class LabPair {
    private constructor(
        readonly stack: RunningStack,
        readonly settings: Settings,
        readonly networks: Readonly<Record<SiteName, SiteNetwork>>,
        readonly deployment: Deployment,
        readonly signal: AbortSignal,
    ) {}

    static async start({ supervisor, topics, onStep }: LabPairOptions): Promise<LabPair> {
        const { folder, remove } = temporaryStack(STACK, stackConfig(topics));
        try {
            const settings = parseStackFile(folder, STACK);
            const networks = {
                source: new SiteNetwork({ namespace: settings.source.namespace }),
                target: new SiteNetwork({ namespace: settings.target.namespace }),
            };
            const stack = await runStack({
                folder,
                stack: STACK,
                supervisor,
                metrics: "none",
                advertise: async (at) =>
                    (await networks.source.advertise(at)) ?? networks.target.advertise(at),
                ...(onStep && { onStep }),
            });
            const deployment = new LabDeployment(stack, settings, supervisor.signal);
            return new LabPair(stack, settings, networks, deployment, supervisor.signal);
        } finally {
            remove();
        }
    }

    async close(): Promise<void> {
        await Promise.all([this.networks.source.close(), this.networks.target.close()]);
    }

    cluster(side: SiteName): LabKafkaCluster {
        return clusterOf(this.stack, this.settings[side]);
    }

    mirrorMaker(direction: Direction = "forward") {
        const { target, mirror } = settingsInDirection(this.settings, direction, 1);
        return mirrorMakerOf(this.stack, { namespace: target.namespace, name: mirror.name });
    }

    /** How a user of the stack reaches a site. */
    as(user: string, side: SiteName): KafkaConnection {
        return connectionAs(this.stack, this.cluster(side), user);
    }

    /** A site that is gone: its brokers, and its API server. */
    async lose(side: SiteName): Promise<void> {
        const { namespace, context } = this.settings[side];
        for (const [id, mirrorMaker] of this.stack.mirrorMakers) {
            if (id.startsWith(`${namespace}/`)) {
                await mirrorMaker.kill();
            }
        }
        await this.cluster(side).kill();
        this.stack.unreachable(context);
    }

    /**
     * The same site with the data that it had, and with what its operators make sure of. Kafka 4.3.1
     * can lose every SCRAM credential when it starts: ScramDelta.apply drops the mechanism when it
     * replays the removal of a user before the others are there. The User Operator sets them again.
     */
    async bringBack(side: SiteName): Promise<void> {
        const { context, namespace, name } = this.settings[side];
        this.stack.reachable(context);
        await this.cluster(side).restart();
        await this.stack.reconcile(`${namespace}/${name}`);
    }

    /** The same site without any data, as the operator makes it anew. */
    async rebuild(side: SiteName): Promise<void> {
        const { context, namespace, name } = this.settings[side];
        this.stack.reachable(context);
        await this.cluster(side).rebuild();
        await this.stack.reconcile(`${namespace}/${name}`);
    }

    async activeSite(): Promise<SiteName> {
        return phases[(await this.position()).phase].activeSite;
    }

    position(): Promise<PhasePosition> {
        return this.deployment.position();
    }

    /** The mirror as the commands see it: with their own users, which can only read. */
    mirror(
        direction: Direction,
        epoch: number,
        signal: AbortSignal = this.signal,
    ): MirrorOperations {
        const own = (side: SiteName) => this.as(commandsUserName(this.settings.mirror, side), side);
        return openMirror({
            settings: this.settings,
            direction,
            epoch,
            connections: { source: own("source"), target: own("target") },
            connectUrl: () => running(this.mirrorMaker(direction).workers[0], "a worker").rest.url,
            signal,
            timeoutMs: 4000,
        });
    }

    /** What a command works with. Options that are not given are those of the rehearsal. */
    switchover(
        options: Partial<FailoverOptions> = {},
        signal: AbortSignal = this.signal,
    ): Switchover & { readonly kept: Map<string, unknown> } {
        const kept = new Map<string, unknown>();
        return {
            deployment: this.deployment,
            mirror: (direction, epoch) => this.mirror(direction, epoch, signal),
            options: {
                maxLag: 1_000_000,
                drainSeconds: 60,
                quietSeconds: 2,
                force: false,
                sourceIsNew: false,
                producersStopped: false,
                ...options,
            },
            signal,
            progress: () => undefined,
            confirm: () => Promise.resolve(false),
            keep: (name, value) => kept.set(name, value),
            kept,
        };
    }
}

/** The config of the stack `lab`, small and fast. */
function stackConfig(topics: readonly object[]): object {
    const file = parse(readFileSync(join(ROOT, `Pulumi.${STACK}.yaml`), "utf8")) as {
        config: Record<string, Record<string, unknown>>;
    };
    const { config } = file;
    const site = (side: SiteName) => ({
        ...config[`kafka-dr:${side}`],
        context: `lab-${side}`,
        nodePools: ONE_NODE,
        listeners: LISTENERS,
    });
    return {
        ...config,
        "kafka-dr:source": site("source"),
        "kafka-dr:target": site("target"),
        "kafka-dr:mirror": {
            ...config["kafka-dr:mirror"],
            ...FAST_MIRROR,
            jvmHeap: "512m",
        },
        "kafka-dr:topics": topics,
        "kafka-dr:users": [
            {
                name: "my-app",
                produces: [{ name: TOPIC_PREFIX, patternType: "prefix" }],
                consumes: [{ name: TOPIC_PREFIX, patternType: "prefix" }],
                groups: [{ name: "my-app", patternType: "prefix" }],
            },
        ],
    };
}
