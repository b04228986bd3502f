import type { Settings } from "../../config/settingsSchema";
import { LIMITS } from "../../config/throughput/limits";
import { predict } from "../../config/throughput/model";
import { PROFILE_NAMES, type ProfileName } from "../../config/throughput/profiles";
import { size, type SizeRequest } from "../../config/throughput/size";
import { sizedSettings } from "../../config/throughput/sizedSettings";
import {
    configurationOf,
    sitesOf,
    wishedRate,
    withProfile,
} from "../../config/throughput/stackModel";
import { CommandError, EXIT_CODES } from "../shared/commandError";
import type { CommandIo } from "../shared/output";
import { settingsForCommand } from "../shared/settings";
import { type SizeReport, sizeText } from "./sizeText";

/** Numbers in the units of {@link Workload}; absent ones come from the stack, or have a default. */
export interface SizeOptions {
    readonly stack?: string;
    readonly recordsPerSecond?: number;
    readonly megabytesPerSecond?: number;
    readonly recordSize?: number;
    readonly partitions?: number;
    readonly roundTrip?: number;
    readonly targetRoundTrip?: number;
    readonly linkMbit?: number;
    readonly compressionRatio?: number;
    readonly brokers?: number;
    readonly cpus?: number;
    readonly tls?: boolean;
    readonly plaintext?: boolean;
    readonly exactlyOnce?: boolean;
    readonly json?: boolean;
}

/**
 * `kafka-dr size`.
 * @throws {CommandError} `badInput` for options that are missing or contradict each other
 */
export function runSize(options: SizeOptions, io: CommandIo): void {
    const { stack, json = false } = options;
    const settings = stack === undefined ? undefined : settingsForCommand(stack);
    const report = sizeReport(options, settings);
    io.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : sizeText(report));
    if (!report.size.reachable || report.stack?.reaches === false) {
        io.exit(EXIT_CODES.checkFailed.code);
    }
}

/** The report of a request and, with settings, of a stack. */
export function sizeReport(options: SizeOptions, settings: Settings | undefined): SizeReport {
    const request = sizeRequest(options, settings);
    const { workload, recordsPerSecond } = request;
    const sized = size(request);
    const current =
        settings === undefined ? undefined : predict(configurationOf(settings), workload);
    const { what, wall } = LIMITS[sized.limit];
    const profiles = PROFILE_NAMES.map((name): [ProfileName, number] => {
        const { recordsPerSecond: rate } = predict(
            withProfile(sized.configuration, name),
            workload,
        );
        return [name, rate];
    });
    return {
        recordsPerSecond,
        workload,
        ...(current !== undefined && {
            stack: {
                name: options.stack ?? "",
                prediction: current,
                reaches: current.recordsPerSecond >= recordsPerSecond,
            },
        }),
        size: sized,
        settings: sizedSettings(sized),
        profiles: Object.fromEntries(profiles) as Record<ProfileName, number>,
        limit: { name: sized.limit, what, ...(!sized.reachable && { change: wall }) },
    };
}

/**
 * The request: from the options, and from the stack where an option is absent.
 * @throws {CommandError} `badInput` naming every required option that is absent
 */
export function sizeRequest(options: SizeOptions, settings: Settings | undefined): SizeRequest {
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
        exactlyOnce: options.exactlyOnce ?? settings?.mirror.exactlyOnceSourceSupport === "enabled",
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

function refuseContradictions(options: SizeOptions): void {
    const pairs = [
        [
            "--records-per-second",
            options.recordsPerSecond,
            "--megabytes-per-second",
            options.megabytesPerSecond,
            "Both set the wanted rate; give one of them.",
        ],
        [
            "--tls",
            options.tls,
            "--plaintext",
            options.plaintext,
            "Connections are either encrypted or not; give one of them.",
        ],
    ] as const;
    for (const [one, first, other, second, remedy] of pairs) {
        if (first !== undefined && second !== undefined) {
            throw new CommandError("WrongOption", `${one} and ${other} are both given`, remedy);
        }
    }
}

function absent(
    { stack }: SizeOptions,
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
        "WrongOption",
        `missing: ${names.join(", ")}`,
        stack === undefined
            ? "Example: kafka-dr size --partitions 30 --record-size 1000 --records-per-second 50000"
            : `Give them as options, or set kafka-dr:mirror.throughput in Pulumi.${stack}.yaml.`,
    );
}
