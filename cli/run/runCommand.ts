import type { CommandIo } from "../shared/output";
import { settingsForCommand } from "../shared/settings";
import { runCommandJob } from "./commandJob";
import type { RunCommandOptions } from "./registerRun";
import { secondInterrupt } from "./secondInterrupt";

/**
 * `kafka-dr run`; ends with the exit code of the command that the Job ran.
 * @throws {CommandError} for wrong settings, and as {@link runCommandJob} does
 */
export async function runCommand(
    args: readonly string[],
    { stack, image, as, jobDeadline, startTimeout }: RunCommandOptions,
    io: CommandIo,
): Promise<void> {
    const settings = settingsForCommand(stack);
    const { leave, dispose } = secondInterrupt(io.signal);
    try {
        io.exit(
            await runCommandJob(
                {
                    stack,
                    settings,
                    args,
                    ...(image !== undefined && { image }),
                    ...(as !== undefined && { as }),
                    deadlineSeconds: jobDeadline,
                    startTimeoutSeconds: startTimeout,
                    leave,
                },
                io,
            ),
        );
    } finally {
        dispose();
    }
}
