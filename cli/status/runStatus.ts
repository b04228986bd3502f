import { phases } from "../../config/phase";
import { settingsInDirection } from "../../config/reversed";
import type { Settings } from "../../config/settingsSchema";
import { EXIT_CODES, type Outcome } from "../shared/commandError";
import { deployedPosition } from "../shared/kubernetes/deployedPosition";
import { deployedMirrorMaker, targetCluster } from "../shared/kubernetes/targetCluster";
import { sitesInDirection } from "../shared/mirror/ends";
import { looked } from "../shared/mirror/observe";
import { mirrorsOf } from "../shared/mirror/openMirror";
import type { ReachOptions } from "../shared/mirror/reachOptions";
import type { CommandIo } from "../shared/output";
import { settingsForCommand } from "../shared/settings";
import type { Restarts } from "./evidence";
import { type Health, pairStatus } from "./pairStatus";
import { renderStatus } from "./statusText";

/** The options of `kafka-dr status`. */
export interface StatusOptions extends ReachOptions {
    readonly maxLagSeconds: number;
    readonly maxCheckpointSeconds: number;
    readonly json?: boolean;
}

/** How the command ends. */
const OUTCOMES: Readonly<Record<Health, Outcome>> = {
    healthy: "ok",
    idle: "ok",
    degraded: "checkFailed",
    broken: "checkFailed",
    unknown: "unknown",
};

/**
 * `kafka-dr status`. Exit code 3 when the pair is degraded or broken, 5 when what would tell could not
 * be looked at.
 * @throws {CommandError} when the phase or the settings cannot be read
 */
export async function runStatus(options: StatusOptions, io: CommandIo): Promise<void> {
    const settings = settingsForCommand(options.stack);
    const position = await deployedPosition(targetCluster(settings), settings);
    const state = phases[position.phase];
    const direction = state.reverse === "running" ? "reverse" : "forward";
    const sites = sitesInDirection(direction);
    const mirror = mirrorsOf(settings, options, io)(direction, position.epoch);
    const seen = await mirror.observe({
        usesFrom: state.usesSource || sites.from === "target",
        // An age is over the limit once records have waited for longer.
        watchSeconds: options.maxLagSeconds + 1,
    });
    const deployed = settingsInDirection(settings, direction, position.epoch);
    const restarts = await looked(async () => restartsOf(deployed));
    // An interruption is not a state of the pair.
    io.signal.throwIfAborted();
    const status = pairStatus(
        { ...seen, position, sites, restarts },
        { lagSeconds: options.maxLagSeconds, checkpointSeconds: options.maxCheckpointSeconds },
    );
    io.stdout.write(
        options.json === true ? `${JSON.stringify(status, undefined, 2)}\n` : renderStatus(status),
    );
    io.exit(EXIT_CODES[OUTCOMES[status.health]].code);
}

/** What the operator reports of its automatic restarts. @throws as {@link deployedMirrorMaker} does */
async function restartsOf(settings: Settings): Promise<Restarts[]> {
    const { status } = await deployedMirrorMaker(targetCluster(settings), settings);
    return (status?.autoRestartStatuses ?? []).map((restart) => ({
        connector: restart.connectorName ?? "a connector",
        count: restart.count ?? 0,
        last: restart.lastRestartTimestamp ?? "a time that is not known",
    }));
}
