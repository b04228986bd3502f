import type { CommandIo } from "../shared/output";
import { settingsForCommand } from "../shared/settings";
import type { ScaleCommandOptions } from "./registerScale";
import { scale, type Scaled } from "./scale";

/**
 * `kafka-dr scale`.
 * @throws {CommandError} for wrong settings, and as {@link scale} does
 */
export async function runScale(
    replicas: number | undefined,
    { stack, json = false }: ScaleCommandOptions,
    io: CommandIo,
): Promise<void> {
    const scaled = await scale(settingsForCommand(stack), replicas, io);
    io.stdout.write(json ? `${JSON.stringify(scaled, null, 2)}\n` : scaledText(scaled));
}

/** What was done, and whether the stack's settings say the same. */
export function scaledText({ mirrorMaker, replicas, configured }: Scaled): string {
    const done =
        replicas === 0
            ? `MirrorMaker 2 ${mirrorMaker} has no workers: nothing is mirrored.\n`
            : `MirrorMaker 2 ${mirrorMaker} has ${replicas} ${replicas === 1 ? "worker" : "workers"}.\n`;
    return replicas === configured
        ? `${done}That is the configured number.\n`
        : `${done}This is drift: kafka-dr:mirror.replicas is ${configured}. A plain preview does not see it; an update that changes the resource, or one with --refresh, takes it back.\n` +
              `To keep it, the reviewed way: pulumi config set --path 'kafka-dr:mirror.replicas' ${replicas}, then make up.\n`;
}
