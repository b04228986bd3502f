import type { Settings } from "../../config/settingsSchema";
import { type LimitName, LIMITS } from "../../config/throughput/limits";
import { predict, type Prediction } from "../../config/throughput/model";
import { PROFILE_NAMES, type ProfileName } from "../../config/throughput/profiles";
import { type Size, size } from "../../config/throughput/size";
import { type SizedSettings, sizedSettings } from "../../config/throughput/sizedSettings";
import { configurationOf, withProfile } from "../../config/throughput/stackModel";
import type { Workload } from "../../config/throughput/workload";
import { EXIT_CODES } from "../shared/commandError";
import type { CommandIo } from "../shared/output";
import { settingsForCommand } from "../shared/settings";
import type { SizeCommandOptions } from "./registerSize";
import { sizeText } from "./sizeText";
import { sizeRequest } from "./sizeRequest";

/** What `kafka-dr size --json` prints. */
export interface SizeReport {
    /** Records per second that are wanted. */
    readonly recordsPerSecond: number;
    readonly workload: Workload;
    /** What the stack of `--stack` carries as it is. */
    readonly stack?: {
        readonly name: string;
        readonly prediction: Prediction;
        readonly reaches: boolean;
    };
    readonly size: Size;
    readonly settings: SizedSettings;
    /** What each profile would carry with the tasks and CPUs of `size`, in records per second. */
    readonly profiles: Readonly<Record<ProfileName, number>>;
    /** What binds, and what to change where the wanted rate is out of reach. */
    readonly limit: { readonly name: LimitName; readonly what: string; readonly change?: string };
}

/**
 * `kafka-dr size`.
 * @throws {CommandError} `badInput` for options that are absent or do not fit
 */
export function runSize(options: SizeCommandOptions, io: CommandIo): void {
    const { stack, json = false } = options;
    const settings = stack === undefined ? undefined : settingsForCommand(stack);
    const report = sizeReport(options, settings);
    io.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : sizeText(report));
    if (!report.size.reachable || report.stack?.reaches === false) {
        io.exit(EXIT_CODES.checkFailed.code);
    }
}

/** The report of a request, and of a stack as it is. */
export function sizeReport(
    options: SizeCommandOptions,
    settings: Settings | undefined,
): SizeReport {
    const request = sizeRequest(options, settings);
    const { workload, recordsPerSecond } = request;
    const sized = size(request);
    const asIs = settings === undefined ? undefined : predict(configurationOf(settings), workload);
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
        ...(asIs !== undefined && {
            stack: {
                name: options.stack ?? "",
                prediction: asIs,
                reaches: asIs.recordsPerSecond >= recordsPerSecond,
            },
        }),
        size: sized,
        settings: sizedSettings(sized),
        profiles: Object.fromEntries(profiles) as Record<ProfileName, number>,
        limit: { name: sized.limit, what, ...(!sized.reachable && { change: wall }) },
    };
}
