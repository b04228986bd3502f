import { type Direction, settingsInDirection } from "../../../config/reversed";
import type { Settings } from "../../../config/settingsSchema";
import { connectionOf, namesBrokers } from "../connections";
import type { CommandIo } from "../output";
import { jobOperations } from "./jobOperations";
import { openMirror } from "./openMirror";
import type { ReachOptions } from "./reachOptions";
import type { MirrorOperations } from "./types";

/**
 * Opens a mirror of a stack: from here where the options or the environment name the brokers,
 * otherwise through Jobs.
 * @throws {CommandError} `badInput` when one of the clusters is named and the other is not
 */
export function mirrorsOf(
    settings: Settings,
    options: ReachOptions,
    io: CommandIo,
): (direction: Direction, epoch: number) => MirrorOperations {
    const given = options as unknown as Readonly<Record<string, unknown>>;
    if (!namesBrokers(given, io.env)) {
        const { stack, image } = options;
        return (direction, epoch) =>
            jobOperations({
                stack,
                settings: settingsInDirection(settings, direction, epoch),
                direction,
                epoch,
                io,
                ...(image !== undefined && { image }),
            });
    }
    const connections = {
        source: connectionOf("source", given, io.env),
        target: connectionOf("target", given, io.env),
    };
    const urls = { forward: options.connectUrl, reverse: options.reverseConnectUrl };
    return (direction, epoch) => {
        const url = urls[direction];
        return openMirror({
            settings,
            direction,
            epoch,
            connections,
            ...(url !== undefined && { connectUrl: () => url }),
            signal: io.signal,
            timeoutMs: options.timeout * 1000,
        });
    };
}
