import { phases } from "../../config/phase";
import { EXIT_CODES } from "../shared/commandError";
import { number, table, type CommandIo } from "../shared/output";
import { PulumiDeployment } from "../failover/pulumiDeployment";
import type { MirrorOperations } from "../shared/mirror/types";
import { mirrorsOf } from "../shared/mirror/reach";
import { settingsForCommand } from "../shared/settings";
import type { PhasePosition } from "../../config/phase";
import type { StatusCommandOptions } from "./command";
import { type Budget, pairStatus, type PairObservation, type PairStatus } from "./pairStatus";

/** `kafka-dr status`. @throws {CommandError} when nothing can be asked */
export async function runStatus(options: StatusCommandOptions, io: CommandIo): Promise<void> {
    const settings = settingsForCommand(options.stack);
    const deployment = new PulumiDeployment({ stack: options.stack, settings, signal: io.signal });
    const position = await deployment.position();
    const budget: Budget = {
        lagSeconds: options.maxLagSeconds,
        checkpointSeconds: options.maxCheckpointSeconds,
    };
    const direction = phases[position.phase].reverse === "running" ? "reverse" : "forward";
    const mirror = mirrorsOf(settings, options, io)(direction, position.epoch);
    const seen = await observe(mirror, position, direction);
    const status = pairStatus(seen, budget);
    io.stdout.write(
        options.json === true ? `${JSON.stringify(status, undefined, 2)}\n` : renderStatus(status),
    );
    const isFine = status.health === "healthy" || status.health === "idle";
    io.exit((isFine ? EXIT_CODES.ok : EXIT_CODES.checkFailed).code);
}

/** Asks for everything; what does not answer is left out. */
export async function observe(
    mirror: MirrorOperations,
    position: PhasePosition,
    direction: "forward" | "reverse",
): Promise<PairObservation> {
    const [fromName, toName] =
        direction === "forward" ? (["source", "target"] as const) : (["target", "source"] as const);
    const orNothing = async <T>(asked: Promise<T>): Promise<T | undefined> =>
        asked.catch(() => undefined);
    const usesBoth = phases[position.phase].usesSource;
    const from =
        usesBoth || fromName === "target"
            ? await mirror.unreachable("from")
            : "not asked in this phase";
    const to = await mirror.unreachable("to");
    return {
        position,
        unreachable: {
            ...(from !== undefined && { [fromName]: from }),
            ...(to !== undefined && { [toName]: to }),
        },
        connectors: await orNothing(mirror.connectors()),
        progress: from === undefined ? await orNothing(mirror.progress(true)) : undefined,
        groups:
            from === undefined && to === undefined ? await orNothing(mirror.groups()) : undefined,
        ends: to === undefined ? await orNothing(mirror.ends("to")) : undefined,
        checkpointSeconds:
            to === undefined ? await orNothing(mirror.checkpointSeconds()) : undefined,
    };
}

/** For people. */
export function renderStatus(status: PairStatus): string {
    const { phase, epoch, activeSite, summary, health, problems, connectors, lag, groups } = status;
    const age = status.checkpointSeconds;
    const lost = status.ifLostNow;
    return `${[
        `${health.toUpperCase()}   phase ${phase}, epoch ${epoch}, active site: ${activeSite}`,
        summary,
        ...problems.map((problem) => `  ! ${problem}`),
        "",
        ...connectors.map(
            ({ name, state, tasks }) =>
                `${name}: ${state}${tasks.length === 0 ? "" : `, tasks ${tasks.map((task) => task.state).join(" ")}`}`,
        ),
        ...(lag.length === 0
            ? []
            : [
                  "",
                  ...table([
                      ["topic", "offsets pending", "seconds behind", "never to come"],
                      ...lag.map((topic) => [
                          topic.topic,
                          number(topic.offsets),
                          topic.seconds === undefined ? "-" : topic.seconds.toFixed(1),
                          number(topic.overtaken),
                      ]),
                  ]),
              ]),
        ...(groups.length === 0
            ? []
            : [
                  "",
                  ...table([
                      ["group", "protected", "read again, about"],
                      ...groups.map((group) => [
                          group.group,
                          group.isProtected ? "yes" : `no: ${group.reason ?? "unknown"}`,
                          group.readAgain === undefined ? "-" : number(group.readAgain),
                      ]),
                  ]),
              ]),
        ...(age === undefined ? [] : ["", `Newest checkpoint: ${age.toFixed(1)} s ago.`]),
        ...(lost === undefined
            ? []
            : [
                  `If the cluster that is mirrored died now: ${number(lost.lost)} offsets lost, about ${number(lost.repeated)} records read again, ${number(lost.unprotectedGroups)} groups without a position.`,
              ]),
    ].join("\n")}\n`;
}
