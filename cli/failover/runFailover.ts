import { writeFileSync } from "node:fs";
import type { PhasePosition } from "../../config/phase";
import type { Settings } from "../../config/settingsSchema";
import type { Looked } from "../../kafka/askLeaders";
import { confirm } from "../shared/confirm";
import { CommandError, EXIT_CODES } from "../shared/commandError";
import { mirrorsOf } from "../shared/mirror/openMirror";
import type { ReachOptions } from "../shared/mirror/reachOptions";
import { duration, ProgressLine, type CommandIo } from "../shared/output";
import { looked } from "../shared/mirror/observe";
import { settingsForCommand } from "../shared/settings";
import type { GroupsReport } from "../verify/groups";
import { applicationLines } from "../verify/groupsSummary";
import { failback } from "./failback";
import { plannedFailover } from "./plannedFailover";
import { PulumiDeployment } from "./pulumiDeployment";
import { type RunContext, runSteps, type Step, type StepResult } from "./step";
import { unplannedFailover } from "./unplannedFailover";

/** The options of `kafka-dr failover` and `kafka-dr failback`. */
export interface FailoverOptions extends ReachOptions {
    readonly plan?: boolean;
    readonly planned?: boolean;
    readonly unplanned?: boolean;
    readonly start?: boolean;
    readonly force?: boolean;
    readonly producersStopped?: boolean;
    readonly sourceIsNew?: boolean;
    /** Offsets. */
    readonly maxLag: number;
    /** Seconds. */
    readonly drain: number;
    /** Seconds. */
    readonly quiet: number;
    /** Fraction of the partitions. */
    readonly sample?: number;
    /** File for the report. */
    readonly record?: string;
    readonly json?: boolean;
}

type CommandName = "failover" | "failback";
type Mode = "planned" | "unplanned" | "start";

/**
 * `kafka-dr failover` and `kafka-dr failback`.
 * @throws {CommandError} when it cannot begin, or when a check fails
 */
export async function runFailover(
    name: CommandName,
    options: FailoverOptions,
    io: CommandIo,
): Promise<void> {
    const mode = modeOf(name, options);
    const settings = settingsForCommand(options.stack);
    const deployment = new PulumiDeployment({ stack: options.stack, settings, signal: io.signal });
    const from = await deployment.position();
    const steps = stepsOf(name, mode, options, settings, deployment, from, io);
    const { stack } = options;
    if (options.plan === true) {
        const applications =
            name === "failover" && mode === "planned"
                ? await looked(() =>
                      mirrorsOf(settings, options, io)("forward", from.epoch).groups(),
                  )
                : undefined;
        io.signal.throwIfAborted();
        io.stdout.write(
            options.json === true
                ? `${JSON.stringify({ from, mode, steps, ...(applications && { applications }) }, undefined, 2)}\n`
                : planText({ command: name, mode, stack, from }, steps, applications),
        );
        return;
    }
    const results: StepResult[] = [];
    const recorded: Record<string, unknown> = {};
    const seconds = () => results.reduce((sum, result) => sum + result.seconds, 0);
    try {
        await runAndShow(steps, results, recorded, io);
    } finally {
        const report = `${JSON.stringify({ command: name, mode, stack, from, steps: results, seconds: seconds(), ...recorded }, undefined, 2)}\n`;
        // The findings must outlive the process, also those of a failover that failed.
        if (options.record !== undefined) {
            writeFileSync(options.record, report);
        }
        if (options.json === true) {
            io.stdout.write(report);
        }
    }
    if (options.json !== true) {
        io.stdout.write(finishedText({ command: name, mode, stack }, results));
    }
    io.exit(EXIT_CODES.ok.code);
}

/** @throws {CommandError} `badInput` for options that contradict each other, or none */
function modeOf(name: CommandName, options: FailoverOptions): Mode {
    const chosen = (["planned", "unplanned", "start"] as const).filter(
        (mode) => options[mode] === true,
    );
    const [mode, ...others] = chosen;
    const modes = name === "failover" ? "--planned or --unplanned" : "--start or --planned";
    if (mode === undefined && options.plan !== true) {
        throw new CommandError(
            "WrongOption",
            `${name} needs ${modes}`,
            "Add --plan to print the steps and change nothing.",
        );
    }
    if (others.length > 0) {
        throw new CommandError(
            "WrongOption",
            `--${chosen.join(" and --")} exclude each other`,
            `Pass either ${modes}.`,
        );
    }
    if (options.force === true && mode !== "unplanned") {
        throw new CommandError(
            "WrongOption",
            "--force is an option of --unplanned",
            "A planned failover has nothing to force.",
        );
    }
    if (options.sample !== undefined && !(options.sample > 0 && options.sample <= 1)) {
        throw new CommandError(
            "WrongOption",
            "--sample must be a number above 0 and at most 1",
            "0.1 reads a tenth of the partitions.",
        );
    }
    if (
        mode === "unplanned" &&
        options.record === undefined &&
        options.plan !== true &&
        options.json !== true
    ) {
        throw new CommandError(
            "WrongOption",
            "an unplanned failover must record its recovery point",
            "Pass --record failover.json, or --json and save the document.",
        );
    }
    return mode ?? "planned";
}

function stepsOf(
    name: CommandName,
    mode: Mode,
    options: FailoverOptions,
    settings: Settings,
    deployment: PulumiDeployment,
    current: PhasePosition,
    io: CommandIo,
): Step[] {
    const openMirror = mirrorsOf(settings, options, io);
    const { maxLag, drain, quiet, sample, producersStopped, force, sourceIsNew } = options;
    const limits = {
        maxLag,
        drainSeconds: drain,
        quietSeconds: quiet,
        producersStopped: producersStopped === true,
        ...(sample !== undefined && { sample }),
    };
    if (name === "failback") {
        return failback(
            deployment,
            openMirror,
            { ...limits, sourceIsNew: sourceIsNew === true, untilCaughtUp: mode === "start" },
            current,
        );
    }
    const mirror = openMirror("forward", current.epoch);
    return mode === "unplanned"
        ? unplannedFailover(
              deployment,
              mirror,
              { force: force === true, quietSeconds: quiet },
              current,
          )
        : plannedFailover(deployment, mirror, limits, current);
}

/** Runs the steps with their progress on standard error; adds to `results` and `recorded`. */
async function runAndShow(
    steps: readonly Step[],
    results: StepResult[],
    recorded: Record<string, unknown>,
    io: CommandIo,
): Promise<void> {
    const line = new ProgressLine(io.stderr);
    const context: RunContext = {
        signal: io.signal,
        progress: (text) => {
            line.show(`     ${text}`);
        },
        confirm: (question) => confirm(question, io),
        record: (key, value) => {
            recorded[key] = value;
        },
    };
    try {
        await runSteps(steps, context, {
            started: ({ id, action }, index, of) => {
                io.stderr.write(`[${index + 1}/${of}] ${id}: ${action}\n`);
            },
            ended: (result) => {
                line.clear();
                results.push(result);
                const mark = result.outcome === "done" ? "ok" : "FAILED";
                io.stderr.write(`      ${mark}, ${duration(result.seconds)}: ${result.detail}\n`);
            },
        });
    } finally {
        line.clear();
    }
}

/** The run that a plan belongs to. */
export interface PlannedRun {
    readonly command: CommandName;
    readonly mode: Mode;
    readonly stack: string;
    readonly from: PhasePosition;
}

/** The end of a run as text: what it has reached, and the time of each step. */
export function finishedText(
    { command, mode, stack }: Omit<PlannedRun, "from">,
    results: readonly StepResult[],
): string {
    const row = (text: string, time: number) => `  ${text.padEnd(18)}${duration(time).padStart(8)}`;
    const all = results.reduce((sum, { seconds }) => sum + seconds, 0);
    const isSwitched = mode !== "start";
    return `${[
        isSwitched
            ? `${command} of ${stack} finished:`
            : `The target is mirrored back; applications use the target until: kafka-dr ${command} --stack ${stack} --planned`,
        ...results.map(({ id, seconds }) => row(id, seconds)),
        row(isSwitched ? "all steps (RTO)" : "all steps", all),
    ].join("\n")}\n`;
}

/** A plan as text. */
export function planText(
    { command, mode, stack, from }: PlannedRun,
    steps: readonly Step[],
    applications?: Looked<GroupsReport>,
): string {
    const lines = steps.flatMap(({ id, action, precondition, check, rollback }, index) => [
        `${String(index + 1).padStart(2)}. ${id}: ${action}`,
        `      requires:  ${precondition}`,
        `      check:     ${check}`,
        `      rollback:  ${rollback}`,
    ]);
    return `${[
        `Plan of ${command} --${mode}, stack ${stack}, from phase ${from.phase}, epoch ${from.epoch}:`,
        "",
        ...lines,
        ...(applications === undefined ? [] : ["", ...applicationsText(applications)]),
    ].join("\n")}\n`;
}

/** Where the groups would resume. A plan needs no cluster: without one it says so. */
function applicationsText(applications: Looked<GroupsReport>): string[] {
    return "known" in applications
        ? applicationLines(applications.known, "target")
        : [`Where applications would begin is not known: ${applications.unknown}`];
}
