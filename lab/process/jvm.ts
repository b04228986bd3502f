import { writeFile, mkdir } from "node:fs/promises";
import path from "node:path";
import type { ProcessOptions } from "./managedProcess";

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
    /** Only the quick compiler: less CPU for a program that lives for a second or two. */
    readonly shortLived?: boolean;
    /**
     * Unless `vmOptions` choose one. `Serial` by default: one collector thread and the smallest
     * footprint, for small heaps.
     */
    readonly garbageCollector?: GarbageCollector;
    /** Further options of the virtual machine, such as `-javaagent:...`. */
    readonly vmOptions?: readonly string[];
    /** Java system properties. */
    readonly systemProperties?: Readonly<Record<string, string>>;
}

/** The path of the log of the program with these options. */
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
