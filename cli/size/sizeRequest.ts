import type { Settings } from "../../config/settingsSchema";
import type { SizeRequest } from "../../config/throughput/size";
import { sitesOf, wishedRate } from "../../config/throughput/stackModel";
import { CommandError } from "../shared/commandError";
import type { SizeCommandOptions } from "./registerSize";

/**
 * What is asked, from the options and, for what they do not say, from the stack.
 * @throws {CommandError} `badInput` naming every option that is needed and absent
 */
export function sizeRequest(
    options: SizeCommandOptions,
    settings: Settings | undefined,
): SizeRequest {
    refuseContradictions(options);
    const stated = settings?.mirror.throughput;
    const sites =
        settings === undefined
            ? { tls: true, sourceBrokers: 1, targetBrokers: 1 }
            : sitesOf(settings);
    const recordBytes = options.recordSize ?? stated?.recordBytes;
    const partitions = options.partitions ?? stated?.partitions;
    const wanted = options.recordsPerSecond ?? options.megabytesPerSecond;
    if (recordBytes === undefined || partitions === undefined) {
        throw absent(options, recordBytes, partitions, wanted ?? stated);
    }
    const perSecond =
        wanted === undefined
            ? stated && wishedRate({ ...stated, recordBytes })
            : (options.recordsPerSecond ?? (wanted * 1e6) / recordBytes);
    if (perSecond === undefined) {
        throw absent(options, recordBytes, partitions, undefined);
    }
    return {
        recordsPerSecond: perSecond,
        mostCpus: options.cpus,
        exactlyOnce: options.exactlyOnce ?? settings?.mirror.exactlyOnce === "enabled",
        workload: {
            partitions,
            recordBytes,
            sourceRoundTripMs: options.roundTrip ?? stated?.roundTripMs ?? 0,
            targetRoundTripMs: options.targetRoundTrip ?? stated?.targetRoundTripMs ?? 0,
            linkMbitPerSecond: options.linkMbit ?? stated?.linkMbitPerSecond,
            compressionRatio: options.compressionRatio ?? stated?.compressionRatio ?? 1,
            tls: options.tls ?? (options.plaintext === true ? false : sites.tls),
            sourceBrokers: options.brokers ?? sites.sourceBrokers,
            targetBrokers: options.brokers ?? sites.targetBrokers,
        },
    };
}

function refuseContradictions(options: SizeCommandOptions): void {
    const pairs = [
        [
            "--records-per-second",
            options.recordsPerSecond,
            "--megabytes-per-second",
            options.megabytesPerSecond,
        ],
        ["--tls", options.tls, "--plaintext", options.plaintext],
    ] as const;
    for (const [one, first, other, second] of pairs) {
        if (first !== undefined && second !== undefined) {
            throw new CommandError(
                "badInput",
                `${one} and ${other} are both given`,
                "They say the same thing; give one of them.",
            );
        }
    }
}

function absent(
    { stack }: SizeCommandOptions,
    recordBytes: number | undefined,
    partitions: number | undefined,
    wish: unknown,
): CommandError {
    const names = [
        ...(wish === undefined ? ["--records-per-second or --megabytes-per-second"] : []),
        ...(recordBytes === undefined ? ["--record-size"] : []),
        ...(partitions === undefined ? ["--partitions"] : []),
    ];
    return new CommandError(
        "badInput",
        `${names.join(", ")} not given`,
        stack === undefined
            ? "Example: kafka-dr size --partitions 30 --record-size 1000 --records-per-second 50000"
            : `Pulumi.${stack}.yaml may state them in kafka-dr:mirror.throughput.`,
    );
}
