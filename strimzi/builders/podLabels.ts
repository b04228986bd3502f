import type { MirrorSettings } from "../../config/settingsSchema";

/** Labels that Strimzi gives to the pods of a KafkaMirrorMaker2. */
export function mirrorPodLabels(mirror: string) {
    return {
        "strimzi.io/cluster": mirror,
        "strimzi.io/kind": "KafkaMirrorMaker2",
        "strimzi.io/name": `${mirror}-mirrormaker2`,
    };
}

/** `app.kubernetes.io/name` of the pods in which the operators' commands run. */
export const COMMANDS_APP = "kafka-dr-commands";

/** Labels by which the pods of one pair's commands are found. */
export function commandsPodLabels({ name }: Pick<MirrorSettings, "name">): Record<string, string> {
    return { "app.kubernetes.io/name": COMMANDS_APP, "app.kubernetes.io/instance": name };
}
