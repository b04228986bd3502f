import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import type { PhasePosition } from "../../config/phase";
import { CommandError, EXIT_CODES } from "../shared/commandError";
import { duration, ProgressLine, type CommandIo } from "../shared/output";
import { mirrorsOf } from "../shared/mirror/reach";
import { settingsForCommand } from "../shared/settings";
import type { FailoverCommandOptions } from "./command";
import type { Switchover } from "./deployment";
import { failback } from "./failback";
import { plannedFailover } from "./plannedFailover";
import { PulumiDeployment } from "./pulumiDeployment";
import { planOf, renderPlan, runSteps, type Step, type StepResult } from "./step";
import { unplannedFailover } from "./unplannedFailover";

type CommandName = "failover" | "failback";

/**
 * `kafka-dr failover` and `kafka-dr failback`.
 * @throws {CommandError} when it cannot begin, or a check failed
 */
export async function runFailover(
    name: CommandName,
    options: FailoverCommandOptions,
    io: CommandIo,
): Promise<void> {
    const mode = modeOf(name, options);
    const settings = settingsForCommand(options.stack);
    const deployment = new PulumiDeployment({ stack: options.stack, settings, signal: io.signal });
    const current = await deployment.position();
    const line = new ProgressLine(io.stderr);
    const kept: Record<string, unknown> = {};
    const context: Switchover = {
        deployment,
        mirror: mirrorsOf(settings, options, io),
        options: {
            maxLag: options.maxLag,
            drainSeconds: options.drain,
            quietSeconds: options.quiet,
            force: options.force === true,
            sourceIsNew: options.sourceIsNew === true,
            producersStopped: options.producersStopped === true,
            ...(options.sample !== undefined && { sample: options.sample }),
        },
        signal: io.signal,
        progress: (text) => {
            line.show(`     ${text}`);
        },
        confirm: (question) => confirm(question, io),
        keep: (key, value) => {
            kept[key] = value;
        },
    };
    const steps = stepsOf(name, mode, context, current);
    if (options.plan === true) {
        const title = `${name} of ${options.stack}, ${mode}, from the phase ${current.phase} of epoch ${current.epoch}:`;
        io.stdout.write(
            options.json === true
                ? `${JSON.stringify({ from: current, mode, steps: planOf(steps) }, undefined, 2)}\n`
                : renderPlan(title, steps),
        );
        return;
    }
    const results: StepResult[] = [];
    const report = () => ({
        command: name,
        mode,
        stack: options.stack,
        from: current,
        steps: results,
        seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
        ...kept,
    });
    try {
        await runSteps(
            steps,
            {
                started: (step, index, of) => {
                    io.stderr.write(`[${index + 1}/${of}] ${step.id}: ${step.does}\n`);
                },
                ended: (result) => {
                    line.clear();
                    results.push(result);
                    const mark = result.outcome === "done" ? "ok" : "FAILED";
                    io.stderr.write(
                        `      ${mark}, ${duration(result.seconds)}: ${result.detail}\n`,
                    );
                },
            },
            io.signal,
        );
    } finally {
        line.clear();
        // What is known of a failover must outlive it, also of one that failed.
        if (options.record !== undefined) {
            writeFileSync(options.record, `${JSON.stringify(report(), undefined, 2)}\n`);
        }
        if (options.json === true) {
            io.stdout.write(`${JSON.stringify(report(), undefined, 2)}\n`);
        }
    }
    const { seconds } = report();
    if (options.json !== true) {
        const rows = results.map(
            (step) => `  ${step.id.padEnd(18)}${duration(step.seconds).padStart(8)}`,
        );
        io.stdout.write(
            `${[`${name} of ${options.stack} is done:`, ...rows, `  ${"all steps (RTO)".padEnd(18)}${duration(seconds).padStart(8)}`].join("\n")}\n`,
        );
    }
    io.exit(EXIT_CODES.ok.code);
}

function modeOf(
    name: CommandName,
    options: FailoverCommandOptions,
): "planned" | "unplanned" | "start" {
    const chosen = (["planned", "unplanned", "start"] as const).filter(
        (mode) => options[mode] === true,
    );
    const [mode, ...others] = chosen;
    if (others.length > 0 || (mode === undefined && options.plan !== true)) {
        const modes = name === "failover" ? "--planned or --unplanned" : "--start or --planned";
        throw new CommandError(
            "badInput",
            mode === undefined
                ? `nothing is asked of ${name}`
                : `--${chosen.join(" and --")} exclude each other`,
            `Say one of ${modes}; with --plan it is only printed.`,
        );
    }
    if (options.force === true && mode !== "unplanned") {
        throw new CommandError(
            "badInput",
            "--force belongs to --unplanned",
            "A planned failover has nothing to force.",
        );
    }
    if (options.sample !== undefined && !(options.sample > 0 && options.sample <= 1)) {
        throw new CommandError(
            "badInput",
            "--sample must be a number above 0, at most 1",
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
            "badInput",
            "an unplanned failover must record what was not mirrored",
            "Say where: --record failover.json, or --json and keep the document.",
        );
    }
    return mode ?? "planned";
}

function stepsOf(
    name: CommandName,
    mode: "planned" | "unplanned" | "start",
    context: Switchover,
    current: PhasePosition,
): Step[] {
    if (name === "failback") {
        return failback(context, current, mode === "start");
    }
    return mode === "unplanned"
        ? unplannedFailover(context, current)
        : plannedFailover(context, current);
}

/** Nobody is asked where nobody sits. */
async function confirm(question: string, io: CommandIo): Promise<boolean> {
    if (!io.isInteractive) {
        return false;
    }
    const prompt = createInterface({ input: process.stdin, output: process.stderr });
    try {
        const answer = await prompt.question(`${question} [yes/no] `, { signal: io.signal });
        return answer.trim().toLowerCase() === "yes";
    } finally {
        prompt.close();
    }
}
