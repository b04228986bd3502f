import type { KafkaConfig, ResourceSettings } from "../../config/settingsSchema";

/**
 * `jvmOptions` with one size for -Xms and -Xmx, so that a heap never has to grow under load.
 * @param flags of `-XX`, by their names
 */
export function jvmOptions(heap: string | undefined, flags: KafkaConfig = {}) {
    const options = {
        ...(heap !== undefined && { "-Xms": heap, "-Xmx": heap }),
        ...(Object.keys(flags).length > 0 && { "-XX": asText(flags) }),
    };
    return Object.keys(options).length === 0 ? {} : { jvmOptions: options };
}

function asText(flags: KafkaConfig): Record<string, string> {
    return Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, String(value)]));
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
