import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { PhasePosition } from "../../config/phase";
import { type Direction, settingsInDirection } from "../../config/reversed";
import { type Settings, type SiteName } from "../../config/settingsSchema";
import type { KafkaConnection } from "../../kafka/connection";
import { SiteNetwork } from "../network/siteNetwork";
import { kafkaClassPath } from "../artifacts/artifacts";
import type { LabKafkaCluster } from "../kafka/kafkaCluster";
import { valuesInLogFiles } from "../kafka/logFiles";
import type { Supervisor } from "../process/supervisor";
import {
    runStack,
    type RunningStack,
    clusterOf,
    connectionAs,
    mirrorMakerOf,
    running,
} from "../stack/runStack";
import { withTemporaryStack } from "../stack/temporaryStack";
import { commandsUserName } from "../../strimzi/builders/names";
import type { Deployment } from "../../cli/failover/step";
import { openMirror } from "../../cli/shared/mirror/openMirror";
import type { MirrorOperations } from "../../cli/shared/mirror/mirrorOperations";
import { parseStackFile } from "../../cli/shared/settings";
import { LabDeployment } from "./labDeployment";

const ROOT = join(__dirname, "..", "..");
const STACK = "lab";

/** The application's user, which may use topics and groups whose names begin with its own. */
export const USER = "my-app";
/** The application's topic, which the stack declares at the source. */
export const TOPIC = "orders";
export const PARTITIONS = 3;

/** The shortest intervals that MM2 takes, so that a rehearsal needs minutes instead of hours. */
const FAST_MIRROR = {
    adminTimeoutSeconds: 5,
    refreshTopicsIntervalSeconds: 2,
    refreshGroupsIntervalSeconds: 2,
    emitCheckpointsIntervalSeconds: 1,
    syncGroupOffsetsIntervalSeconds: 1,
    workerConfig: { "offset.flush.interval.ms": 1000 },
};

/** One node for each cluster: two JVMs fewer than the demo has. */
const ONE_NODE = [
    {
        name: "combined",
        roles: ["controller", "broker"],
        replicas: 1,
        storage: { type: "ephemeral" },
        jvmHeap: "384m",
    },
];

/** As with two Kubernetes clusters: clients from the other one use the exposed listener. */
const LISTENERS = [
    { name: "tls", port: 9093, type: "internal", tls: true },
    { name: "external", port: 9094, type: "loadbalancer", tls: true },
];

export interface LabPairOptions {
    readonly supervisor: Supervisor;
    /** Jars of another Kafka for the brokers of the source; by default those of the lab. */
    readonly sourceClassPath?: readonly string[];
    readonly onStep?: (text: string) => void;
}

/** The stack on this machine, with a network in front of each site, which can be cut. */
export class LabPair {
    private constructor(
        readonly stack: RunningStack,
        readonly settings: Settings,
        readonly networks: Readonly<Record<SiteName, SiteNetwork>>,
        readonly deployment: Deployment,
        private readonly supervisor: Supervisor,
    ) {}

    static async start({ supervisor, sourceClassPath, onStep }: LabPairOptions): Promise<LabPair> {
        return withTemporaryStack(STACK, stackConfig(), async (folder) => {
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
                shortLived: true,
                advertise: async (at) =>
                    (await networks.source.advertise(at)) ?? networks.target.advertise(at),
                brokerClassPath: ({ namespace }) =>
                    namespace === settings.source.namespace ? sourceClassPath : undefined,
                ...(onStep && { onStep }),
            });
            const deployment = new LabDeployment(stack, settings, supervisor.signal);
            return new LabPair(stack, settings, networks, deployment, supervisor);
        });
    }

    get signal(): AbortSignal {
        return this.supervisor.signal;
    }

    async close(): Promise<void> {
        await Promise.all([this.networks.source.close(), this.networks.target.close()]);
    }

    cluster(site: SiteName): LabKafkaCluster {
        return clusterOf(this.stack, this.settings[site]);
    }

    /** The committed values of a topic in the files of a site's brokers, running or not. */
    async valuesInLogFiles(site: SiteName, topic: string): Promise<string[]> {
        const lab = { supervisor: this.supervisor, classPath: await kafkaClassPath() };
        return valuesInLogFiles(lab, this.cluster(site).dataFolders, topic);
    }

    mirrorMaker(direction: Direction = "forward") {
        const { target, mirror } = settingsInDirection(this.settings, direction, 1);
        return mirrorMakerOf(this.stack, { namespace: target.namespace, name: mirror.name });
    }

    /** How a user of the stack reaches a site. */
    as(user: string, site: SiteName): KafkaConnection {
        return connectionAs(this.stack, this.cluster(site), user);
    }

    /** Loses a site: its brokers, MirrorMaker 2 next to them, and its API server. */
    async lose(site: SiteName): Promise<void> {
        const { namespace, context } = this.settings[site];
        for (const [id, mirrorMaker] of this.stack.mirrorMakers) {
            if (id.startsWith(`${namespace}/`)) {
                await mirrorMaker.kill();
            }
        }
        await this.cluster(site).kill();
        this.stack.unreachable(context);
    }

    /**
     * Brings a site back with the data that it had, and lets its operators reconcile. Kafka 4.3.1 can
     * lose every SCRAM credential when it starts: ScramDelta.apply drops the mechanism when it replays
     * the removal of a user before it knows the others. The User Operator sets them again.
     */
    async bringBack(site: SiteName): Promise<void> {
        const { context, namespace, name } = this.settings[site];
        this.stack.reachable(context);
        await this.cluster(site).restart();
        await this.stack.reconcile(`${namespace}/${name}`);
    }

    /** Brings a site back without data, as a new one that the operator creates. */
    async rebuild(site: SiteName): Promise<void> {
        const { context, namespace, name } = this.settings[site];
        this.stack.reachable(context);
        await this.cluster(site).rebuild();
        await this.stack.reconcile(`${namespace}/${name}`);
    }

    position(): Promise<PhasePosition> {
        return this.deployment.position();
    }

    /** The mirror as commands open it: with their own users, which can only read. */
    mirror(
        direction: Direction,
        epoch: number,
        signal: AbortSignal = this.signal,
    ): MirrorOperations {
        const own = (site: SiteName) => this.as(commandsUserName(this.settings.mirror, site), site);
        return openMirror({
            settings: this.settings,
            stack: STACK,
            direction,
            epoch,
            connections: { source: own("source"), target: own("target") },
            connectUrl: () => running(this.mirrorMaker(direction).workers[0], "a worker").rest.url,
            signal,
            timeoutMs: 4000,
        });
    }
}

/** The config of the stack `lab`, small and fast. */
function stackConfig(): object {
    const file = parse(readFileSync(join(ROOT, `Pulumi.${STACK}.yaml`), "utf8")) as {
        config: Record<string, Record<string, unknown>>;
    };
    const { config } = file;
    const siteConfig = (site: SiteName) => ({
        ...config[`kafka-dr:${site}`],
        context: `lab-${site}`,
        nodePools: ONE_NODE,
        listeners: LISTENERS,
    });
    return {
        ...config,
        "kafka-dr:source": siteConfig("source"),
        "kafka-dr:target": siteConfig("target"),
        "kafka-dr:mirror": {
            ...config["kafka-dr:mirror"],
            ...FAST_MIRROR,
            jvmHeap: "512m",
        },
        "kafka-dr:topics": [{ name: TOPIC, partitions: PARTITIONS }],
        "kafka-dr:users": [
            {
                name: USER,
                produces: [{ name: TOPIC, patternType: "prefix" }],
                consumes: [{ name: TOPIC, patternType: "prefix" }],
                groups: [{ name: USER, patternType: "prefix" }],
            },
        ],
    };
}
