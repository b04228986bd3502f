import { Writable } from "node:stream";
import type { Settings } from "../../../config/settingsSchema";
import { CommandError, EXIT_CODES } from "../commandError";
import type { CommandIo } from "../output";
import { runCommandJob } from "../../run/commandJob";
import type { Direction } from "../../../config/reversed";
import { OPERATIONS, type OperationName } from "../../operation/operations";
import type { MirrorOperations } from "./types";

export interface JobOperationsOptions {
    readonly stack: string;
    /** Of the direction: the mirror's target is where the Job runs. */
    readonly settings: Settings;
    readonly direction: Direction;
    readonly epoch: number;
    readonly image?: string;
    readonly io: CommandIo;
}

/**
 * The operations of a mirror, each by a Job next to it: brokers and Kafka Connect can be reached from
 * there, and from nowhere else. Starting a pod takes seconds, so waits are no shorter than that.
 */
export function jobOperations(options: JobOperationsOptions): MirrorOperations {
    return Object.fromEntries(
        OPERATIONS.map((name) => [name, (...args: unknown[]) => runOperation(options, name, args)]),
    ) as unknown as MirrorOperations;
}

async function runOperation(
    { stack, settings, direction, epoch, image, io }: JobOperationsOptions,
    name: OperationName,
    args: readonly unknown[],
): Promise<unknown> {
    let text = "";
    const stdout = new Writable({
        write: (chunk: Buffer, _encoding, done) => {
            text += chunk.toString();
            done();
        },
    });
    const code = await runCommandJob(
        {
            stack,
            settings,
            args: [
                "operation",
                name,
                JSON.stringify(args),
                "--direction",
                direction,
                "--epoch",
                String(epoch),
            ],
            ...(image !== undefined && { image }),
        },
        { ...io, stdout },
    );
    if (code !== EXIT_CODES.ok.code) {
        throw new CommandError(
            code === EXIT_CODES.unreachable.code ? "unreachable" : "unexpected",
            `the Job of "${name}" ended with exit code ${code}`,
            "Its own words are above.",
        );
    }
    const answer = JSON.parse(text) as { readonly result?: unknown };
    return answer.result;
}
