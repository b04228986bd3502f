import type { ResourceSettings } from "../../config/settingsSchema";

/** `jvmOptions` with one size for -Xms and -Xmx, so that a heap never has to grow under load. */
export function jvmOptions(heap: string | undefined) {
    return heap === undefined ? {} : { jvmOptions: { "-Xms": heap, "-Xmx": heap } };
}

/** `resources` as Strimzi's pods take them, without the parts that the settings leave out. */
export function resourceRequirements(resources: ResourceSettings | undefined) {
    if (resources === undefined) {
        return {};
    }
    const { requests, limits } = resources;
    return {
        resources: {
            ...(requests !== undefined && { requests: { ...requests } }),
            ...(limits !== undefined && { limits: { ...limits } }),
        },
    };
}
