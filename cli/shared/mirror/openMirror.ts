import { Writable } from "node:stream";
import { phases } from "../../../config/phase";
import { type Direction, settingsInDirection } from "../../../config/reversed";
import {
    mirroredAlias,
    sameNamespace,
    type Settings,
    type SiteName,
} from "../../../config/settingsSchema";
import { producerConfig } from "../../../config/throughput/effectiveConfig";
import type { KafkaConnection } from "../../../kafka/connection";
import { ConnectRest } from "../../../kafka/connectRest";
import { checkpointsTopic, connectorNames, statusUrl } from "../../../strimzi/builders/names";
import { runCommandJob } from "../../run/commandJob";
import { scopeOf } from "../../verify/scope";
import { CommandError, EXIT_CODES } from "../commandError";
import { connectionOf, namesBrokers } from "../connections";
import type { CommandIo } from "../output";
import { DirectOperations } from "./directOperations";
import { type Ends, sitesInDirection } from "./ends";
import { type MirrorOperations, type OperationName, OPERATIONS } from "./mirrorOperations";
import type { ReachOptions } from "./reachOptions";

/** Opens the mirror of a direction and an epoch. */
export type OpenMirror = (direction: Direction, epoch: number) => MirrorOperations;

/**
 * The mirrors of a stack: opened from here if the options or the environment name the brokers,
 * otherwise by Jobs.
 * @throws {CommandError} `badInput` when one of the clusters is named and the other is not
 */
export function mirrorsOf(settings: Settings, options: ReachOptions, io: CommandIo): OpenMirror {
    const given = options as unknown as Readonly<Record<string, unknown>>;
    if (!namesBrokers(given, io.env)) {
        return (direction, epoch) => mirrorByJobs(settings, direction, epoch, options, io);
    }
    const connections = {
        source: connectionOf("source", given, io.env),
        target: connectionOf("target", given, io.env),
    };
    const urls = { forward: options.connectUrl, reverse: options.reverseConnectUrl };
    return (direction, epoch) => {
        const connectUrl = urls[direction];
        return openMirror({
            settings,
            direction,
            epoch,
            connections,
            stack: options.stack,
            ...(connectUrl !== undefined && { connectUrl: () => connectUrl }),
            signal: io.signal,
            timeoutMs: options.timeout * 1000,
        });
    };
}

export interface OpenMirrorOptions {
    readonly settings: Settings;
    /** Its name, for the commands in messages. */
    readonly stack: string;
    readonly direction: Direction;
    readonly epoch: number;
    readonly connections: Readonly<Record<SiteName, KafkaConnection>>;
    /** Kafka Connect's REST API; Strimzi's Service by default. Called for every request. */
    readonly connectUrl?: () => string;
    readonly signal: AbortSignal;
    /** How long a cluster may take to answer, in milliseconds. */
    readonly timeoutMs?: number;
    readonly onProgress?: (read: number, of: number) => void;
}

/** A mirror whose brokers and Kafka Connect this process can reach. */
export function openMirror(options: OpenMirrorOptions): MirrorOperations {
    const { direction, epoch, connections, connectUrl, signal, timeoutMs, onProgress } = options;
    const settings = settingsInDirection(options.settings, direction, epoch);
    const sites = sitesInDirection(direction);
    const { name } = settings.mirror;
    const { namespace } = options.settings[sites.to];
    return new DirectOperations({
        from: connections[sites.from],
        to: connections[sites.to],
        sites,
        connect: () => new ConnectRest(connectUrl?.() ?? statusUrl(name, namespace)),
        connectorNames: connectorNames(settings),
        alias: mirroredAlias(settings),
        checkpointsTopic: checkpointsTopic(settings),
        caRemedies: caRemedies(settings, sites, options.stack),
        scope: scopeOf(settings),
        producer: producerConfig(settings.mirror),
        signal,
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(onProgress !== undefined && { onProgress }),
    });
}

/**
 * What to do when a cluster has a certificate of another CA than the one that is trusted. MM2 trusts a
 * copy of the CA at `from`, which Strimzi may have replaced since it was made.
 * @param settings In the direction of the mirror.
 */
export function caRemedies(
    { source, target, caCopy, phase }: Settings,
    sites: Ends<SiteName>,
    stack: string,
): Partial<Ends<string>> {
    if (!source.managed) {
        return {
            from: `If the CA of the ${sites.from} was replaced, put the new one into its settings and run: make up STACK=${stack}`,
        };
    }
    if (sameNamespace(source, target)) {
        return {};
    }
    const behind = `The trusted copy of the CA of the ${sites.from} is behind`;
    if (sites.from === "source" && !phases[phase].usesSource) {
        return { from: `${behind}, and the phase ${phase} leaves it as it is` };
    }
    return {
        from:
            caCopy.method === "pulumi"
                ? `${behind}. To copy it again for MirrorMaker 2: make up STACK=${stack}`
                : `${behind}: see the status of its ExternalSecret`,
    };
}

/**
 * A mirror whose operations each run as a Job next to it, because only from there brokers and Kafka
 * Connect can be reached. A pod takes seconds to start, so no wait is shorter than that.
 */
export function mirrorByJobs(
    settings: Settings,
    direction: Direction,
    epoch: number,
    { stack, image }: Pick<ReachOptions, "stack" | "image">,
    io: CommandIo,
): MirrorOperations {
    const inDirection = settingsInDirection(settings, direction, epoch);
    const operation = async (name: OperationName, args: readonly unknown[]): Promise<unknown> => {
        let text = "";
        const stdout = new Writable({
            write: (chunk: Buffer, _encoding, done) => {
                text += chunk.toString();
                done();
            },
        });
        const mirror = ["--direction", direction, "--epoch", String(epoch)];
        const code = await runCommandJob(
            {
                stack,
                settings: inDirection,
                args: ["operation", name, JSON.stringify(args), ...mirror],
                ...(image !== undefined && { image }),
            },
            { ...io, stdout },
        );
        if (code !== EXIT_CODES.ok.code) {
            throw new CommandError(
                code === EXIT_CODES.unreachable.code ? "JobUnreachable" : "JobFailed",
                `the Job of "${name}" ended with exit code ${code}`,
                "See its output above.",
            );
        }
        return (JSON.parse(text) as { readonly result?: unknown }).result;
    };
    return Object.fromEntries(
        OPERATIONS.map((name) => [name, (...args: unknown[]) => operation(name, args)]),
    ) as unknown as MirrorOperations;
}
