import { unexpectedText } from "../../config/mirroredTopics";
import { type PhasePosition, phases } from "../../config/phase";
import type { Direction } from "../../config/reversed";
import { EXIT_CODES } from "../shared/commandError";
import { deployedPosition } from "../shared/kubernetes/deployedPosition";
import { targetCluster } from "../shared/kubernetes/targetCluster";
import { sitesInDirection } from "../shared/mirror/ends";
import type { MirrorOperations } from "../shared/mirror/mirrorOperations";
import { mirrorsOf } from "../shared/mirror/openMirror";
import type { ReachOptions } from "../shared/mirror/reachOptions";
import { duration, number, table, type CommandIo } from "../shared/output";
import { settingsForCommand } from "../shared/settings";
import { groupLines } from "./groupStatus";
import { type PairObservation, pairStatus, type PairStatus } from "./pairStatus";

/** The options of `kafka-dr status`. */
export interface StatusOptions extends ReachOptions {
    readonly maxLagSeconds: number;
    readonly maxCheckpointSeconds: number;
    readonly json?: boolean;
}

/**
 * `kafka-dr status`. Exit code 3 when the pair is degraded or broken.
 * @throws {CommandError} when the phase or the settings cannot be read
 */
export async function runStatus(options: StatusOptions, io: CommandIo): Promise<void> {
    const settings = settingsForCommand(options.stack);
    const position = await deployedPosition(targetCluster(settings), settings);
    const direction = phases[position.phase].reverse === "running" ? "reverse" : "forward";
    const mirror = mirrorsOf(settings, options, io)(direction, position.epoch);
    const status = pairStatus(await observe(mirror, position, direction), {
        lagSeconds: options.maxLagSeconds,
        checkpointSeconds: options.maxCheckpointSeconds,
    });
    io.stdout.write(
        options.json === true ? `${JSON.stringify(status, undefined, 2)}\n` : renderStatus(status),
    );
    const isFine = status.health === "healthy" || status.health === "idle";
    io.exit((isFine ? EXIT_CODES.ok : EXIT_CODES.checkFailed).code);
}

/** Asks clusters and Kafka Connect for everything; what does not respond is left out. */
async function observe(
    mirror: MirrorOperations,
    position: PhasePosition,
    direction: Direction,
): Promise<PairObservation> {
    const sites = sitesInDirection(direction);
    const orUndefined = async <T>(answer: Promise<T>): Promise<T | undefined> =>
        answer.catch(() => undefined);
    const from =
        phases[position.phase].usesSource || sites.from === "target"
            ? await mirror.unreachable("from")
            : "not checked in this phase";
    const to = await mirror.unreachable("to");
    return {
        position,
        unreachable: {
            ...(from !== undefined && { [sites.from]: from }),
            ...(to !== undefined && { [sites.to]: to }),
        },
        connectors: await orUndefined(mirror.connectors()),
        progress: from === undefined ? await orUndefined(mirror.progress(true)) : undefined,
        groups:
            from === undefined && to === undefined ? await orUndefined(mirror.groups()) : undefined,
        checkpointSeconds:
            to === undefined ? await orUndefined(mirror.checkpointSeconds()) : undefined,
        warnings: from === undefined ? await orUndefined(mirror.warnings()) : undefined,
    };
}

/** The status as text. */
export function renderStatus(status: PairStatus): string {
    const { phase, epoch, activeSite, summary, health, problems, connectors, topics, groups } =
        status;
    const { checkpointSeconds, expectedLoss } = status;
    return `${[
        `${health.toUpperCase()}   phase ${phase}, epoch ${epoch}, active site: ${activeSite}`,
        summary,
        ...problems.map((problem) => `  ! ${problem}`),
        "",
        ...connectors.map(
            ({ name, state, tasks }) =>
                `${name}: ${state}${tasks.length === 0 ? "" : `, tasks ${tasks.map((task) => task.state).join(" ")}`}`,
        ),
        ...(topics.length === 0
            ? []
            : [
                  "",
                  ...table([
                      ["topic", "lag", "lag time", "deleted before mirrored"],
                      ...topics.map(({ topic, lag, lagSeconds, deletedUnmirrored }) => [
                          topic,
                          number(lag),
                          lagSeconds === undefined ? "-" : duration(lagSeconds),
                          number(deletedUnmirrored),
                      ]),
                  ]),
              ]),
        ...groupLines(groups, status.groupsLeftOut),
        ...(status.unexpectedMirrorings.length === 0
            ? []
            : [
                  "",
                  "Not mirrored, or under another name:",
                  ...status.unexpectedMirrorings.map((found) => `  ${unexpectedText(found)}`),
              ]),
        ...(checkpointSeconds === undefined
            ? []
            : ["", `Newest checkpoint: ${checkpointSeconds.toFixed(1)} s ago.`]),
        ...(expectedLoss === undefined
            ? []
            : [
                  `If the ${activeSite} failed now: ${number(expectedLoss.lost)} offsets lost, ${groupsExpectation(expectedLoss)}.`,
              ]),
    ].join("\n")}\n`;
}

function groupsExpectation({
    readAgain,
    readAgainIsBound,
    unprotectedGroups,
}: NonNullable<PairStatus["expectedLoss"]>): string {
    return readAgain === undefined || unprotectedGroups === undefined
        ? "not known where groups would begin"
        : `${readAgainIsBound === true ? "at most " : ""}${number(readAgain)} records read again, ${number(unprotectedGroups)} groups without a position`;
}
