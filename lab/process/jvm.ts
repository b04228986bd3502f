import { writeFile, mkdir } from "node:fs/promises";
import path from "node:path";
import type { ProcessOptions } from "./managedProcess";

/** Memory of a JVM besides its heap, in MiB: classes, code, threads, network buffers. */
const JVM_OVERHEAD_MEGABYTES = 220;
const SMALLEST_HEAP_MEGABYTES = 96;
const UNITS: Readonly<Record<string, number>> = {
    "": 1 / (1024 * 1024),
    k: 1 / 1024,
    m: 1,
    g: 1024,
};

/** Garbage collectors of the JDK, as `-XX:+Use<name>GC` calls them. */
export type GarbageCollector = "Serial" | "Parallel" | "G1";

/** A Java program and the size of its virtual machine. */
export interface JvmOptions {
    readonly name: string;
    readonly mainClass: string;
    readonly args: readonly string[];
    /** Paths of the jars. */
    readonly classPath: readonly string[];
    /** Maximum heap in MiB. */
    readonly heapMegabytes: number;
    /** Working folder: the configuration, the log and the JVM's own temporary files. */
    readonly folder: string;
    /** Use only the C1 compiler, which costs less CPU in a program that runs for a second or two. */
    readonly shortLived?: boolean;
    /**
     * Ignored when `vmOptions` choose a collector. `Serial` by default: it has one thread and the
     * smallest footprint, which suits small heaps.
     */
    readonly garbageCollector?: GarbageCollector;
    /** Further options of the virtual machine, such as `-javaagent:...`. */
    readonly vmOptions?: readonly string[];
    /** Java system properties. */
    readonly systemProperties?: Readonly<Record<string, string>>;
}

/** The log file of a JVM: its standard output and standard error. */
export function jvmLogFile(folder: string, name: string): string {
    return path.join(folder, `${name}.log`);
}

/** The command line of a Java program; pure. */
export function jvmArguments(options: JvmOptions): string[] {
    const { heapMegabytes: heap, folder, vmOptions = [] } = options;
    const hasCollector = vmOptions.some((option) => /^-XX:\+Use\w+GC$/.test(option));
    const properties = {
        "java.io.tmpdir": folder,
        "java.awt.headless": "true",
        "log4j2.configurationFile": path.join(folder, "log4j2.properties"),
        "log4j2.disableJmx": "true",
        ...options.systemProperties,
    };
    return [
        `-Xmx${heap}m`,
        `-Xms${Math.min(heap, 64)}m`,
        ...(hasCollector ? [] : [`-XX:+Use${options.garbageCollector ?? "Serial"}GC`]),
        // Without this every JVM leaves a file in the system's temporary folder.
        "-XX:-UsePerfData",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:ErrorFile=" + path.join(folder, "hs_err_%p.log"),
        ...(options.shortLived ? ["-XX:TieredStopAtLevel=1"] : []),
        ...vmOptions,
        ...Object.entries(properties).map(([key, value]) => `-D${key}=${value}`),
        "-cp",
        options.classPath.join(path.delimiter),
        options.mainClass,
        ...options.args,
    ];
}

const LOG4J = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss,SSS} %-5p %X{connector.context}%m (%c{1}) [%t]%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
`;

/** The flags of a Strimzi object's `jvmOptions` as its operator writes them (JvmOptionUtils 1.2.0). */
export function flagOptions(flags: Readonly<Record<string, string>> = {}): string[] {
    return Object.entries(flags)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, value]) => {
            const isSwitch = /^(true|false)$/i.test(value);
            const sign = value.toLowerCase() === "true" ? "+" : "-";
            return isSwitch ? `-XX:${sign}${name}` : `-XX:${name}=${value}`;
        });
}

/** Prepares the working folder of a Java program and returns how to run it. */
export async function prepareJvm(options: JvmOptions): Promise<ProcessOptions> {
    await mkdir(options.folder, { recursive: true });
    await writeFile(path.join(options.folder, "log4j2.properties"), LOG4J);
    const home = process.env.JAVA_HOME;
    return {
        name: options.name,
        command: home ? path.join(home, "bin", "java") : "java",
        args: jvmArguments(options),
        cwd: options.folder,
        logFile: jvmLogFile(options.folder, options.name),
    };
}

/** MiB of a Java memory size such as `512m` or `1G`; undefined for any other text. */
export function javaMegabytes(size: string | undefined): number | undefined {
    const match = /^(\d+)([kKmMgG]?)$/.exec(size ?? "");
    const factor = UNITS[match?.[2]?.toLowerCase() ?? "?"];
    return match && factor !== undefined ? Math.floor(Number(match[1]) * factor) : undefined;
}

/**
 * The largest heap in MiB that each of `processes` JVMs may have, so that all of them together,
 * including what a JVM needs besides its heap, stay within `budgetMegabytes`.
 * @throws when the budget is too small for that many JVMs
 */
export function heapLimit(budgetMegabytes: number, processes: number): number {
    const limit = Math.floor(budgetMegabytes / processes) - JVM_OVERHEAD_MEGABYTES;
    if (limit < SMALLEST_HEAP_MEGABYTES) {
        const needed = processes * (SMALLEST_HEAP_MEGABYTES + JVM_OVERHEAD_MEGABYTES);
        throw new Error(
            `${processes} JVMs need at least ${needed} MiB; the lab may use ${budgetMegabytes} MiB`,
        );
    }
    return limit;
}

/** The heap of one JVM in MiB: the `-Xmx` of its `jvmOptions`, else the default, within the limit. */
export function heapMegabytes(
    jvmOptions: { readonly "-Xmx"?: string } | undefined,
    limitMegabytes: number,
    defaultMegabytes = 384,
): number {
    return Math.min(javaMegabytes(jvmOptions?.["-Xmx"]) ?? defaultMegabytes, limitMegabytes);
}
