import { type Direction, settingsInDirection } from "../../../config/reversed";
import { mirroredAlias, type Settings, type SiteName } from "../../../config/settingsSchema";
import type { KafkaConnection } from "../../../kafka/connection";
import { ConnectRest } from "../../../kafka/connectRest";
import { checkpointsTopic, connectorNames, statusUrl } from "../../../strimzi/builders/names";
import { scopeOf } from "../../verify/scope";
import { DirectOperations } from "./directOperations";
import { sitesOf } from "./ends";
import type { MirrorOperations } from "./types";

export interface OpenMirrorOptions {
    readonly settings: Settings;
    readonly direction: Direction;
    readonly epoch: number;
    readonly connections: Readonly<Record<SiteName, KafkaConnection>>;
    /** Kafka Connect's REST API; where Strimzi's Service is if undefined. */
    readonly connectUrl?: (direction: Direction) => string;
    readonly signal: AbortSignal;
    readonly timeoutMs?: number;
    readonly onProgress?: (read: number, of: number) => void;
}

/** A mirror whose brokers and Kafka Connect this process can reach. */
export function openMirror(options: OpenMirrorOptions): MirrorOperations {
    const { direction, epoch, connections, signal, timeoutMs, onProgress } = options;
    const settings = settingsInDirection(options.settings, direction, epoch);
    const sites = sitesOf(direction);
    const { mirror, target } = settings;
    return new DirectOperations({
        from: connections[sites.from],
        to: connections[sites.to],
        sites,
        connect: () =>
            new ConnectRest(
                options.connectUrl?.(direction) ?? statusUrl(mirror.name, target.namespace),
            ),
        connectorNames: connectorNames(settings),
        alias: mirroredAlias(settings),
        checkpointsTopic: checkpointsTopic(settings),
        scope: scopeOf(settings),
        signal,
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(onProgress !== undefined && { onProgress }),
    });
}
