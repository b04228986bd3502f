/** Memory of a JVM besides its heap, in MiB: classes, code, threads, network buffers. */
export const JVM_OVERHEAD_MEGABYTES = 220;
const SMALLEST_HEAP_MEGABYTES = 96;
const UNITS: Readonly<Record<string, number>> = {
    "": 1 / (1024 * 1024),
    k: 1 / 1024,
    m: 1,
    g: 1024,
};

/** MiB of a Java memory size such as `512m` or `1G`; undefined when it is none. */
export function javaMegabytes(size: string | undefined): number | undefined {
    const match = /^(\d+)([kKmMgG]?)$/.exec(size ?? "");
    const factor = UNITS[match?.[2]?.toLowerCase() ?? "?"];
    return match && factor !== undefined ? Math.floor(Number(match[1]) * factor) : undefined;
}

/**
 * The largest heap in MiB that each of `processes` JVMs may have when all of them together, with
 * what a JVM needs besides its heap, are to stay within `budgetMegabytes`.
 * @throws when the budget is too small for so many
 */
export function heapLimit(budgetMegabytes: number, processes: number): number {
    const limit = Math.floor(budgetMegabytes / processes) - JVM_OVERHEAD_MEGABYTES;
    if (limit < SMALLEST_HEAP_MEGABYTES) {
        const needed = processes * (SMALLEST_HEAP_MEGABYTES + JVM_OVERHEAD_MEGABYTES);
        throw new Error(
            `${processes} JVMs need at least ${needed} MiB, the lab may use ${budgetMegabytes} MiB`,
        );
    }
    return limit;
}

/** The heap of one JVM: what its `jvmOptions` ask for, or `defaultMegabytes`, within the limit. */
export function heapMegabytes(
    jvmOptions: { readonly "-Xmx"?: string } | undefined,
    limitMegabytes: number,
    defaultMegabytes = 384,
): number {
    return Math.min(javaMegabytes(jvmOptions?.["-Xmx"]) ?? defaultMegabytes, limitMegabytes);
}
