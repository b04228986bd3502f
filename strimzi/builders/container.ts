import type { ResourceSettings } from "../../config/settingsSchema";

/** `jvmOptions` with one size for -Xms and -Xmx, so that a heap never has to grow under load. */
export function jvmOptions(heap: string | undefined) {
    return heap === undefined ? {} : { jvmOptions: { "-Xms": heap, "-Xmx": heap } };
}

/** `resources` as Strimzi's pods take them. */
export function resourceRequirements({ requests, limits }: ResourceSettings) {
    const { cpu, memory } = limits;
    return {
        resources: {
            requests: { ...requests },
            limits: { ...(cpu !== undefined && { cpu }), memory },
        },
    };
}
