import { CommandError } from "../shared/commandError";
import type { VerifyCommandOptions } from "./command";

/**
 * The command line with which a Job does what was asked for here; the Job gets the stack and its
 * connections by itself.
 * @throws {CommandError} `badInput` for records that nobody may write
 */
export function jobArguments(options: VerifyCommandOptions): string[] {
    if (options.produce !== undefined && options.as === undefined) {
        throw new CommandError(
            "badInput",
            "--produce needs a user that may write: the stack's own for commands can only read",
            "Say --as <user>, one of kafka-dr:users that produces to the topic.",
        );
    }
    const since = options.since === undefined ? undefined : new Date(options.since).toISOString();
    const values: [string, string | number | undefined][] = [
        ...options.topic.map((topic): [string, string] => ["--topic", topic]),
        ...options.group.map((group): [string, string] => ["--group", group]),
        ["--max-pending", options.maxPending],
        ["--max-duplicates", options.maxDuplicates],
        ["--sample", options.sample],
        ["--since", since],
        ["--produce", options.produce],
        ["--size", options.size],
        ["--wait", options.wait],
        ["--timeout", options.timeout],
    ];
    return [
        "verify",
        ...values.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)])),
        ...(options.json === true ? ["--json"] : []),
    ];
}
