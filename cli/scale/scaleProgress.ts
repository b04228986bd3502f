import type { KafkaMirrorMaker2Object } from "../../strimzi/resources";

/** Whether MM2 has the wanted number of workers, or what is missing. */
export type ScaleProgress =
    { readonly done: true } | { readonly done: false; readonly missing: string };

/**
 * Judges what the operator reports. Its status is that of an older number until it has seen the
 * newest generation, and without workers it says Ready while the last ones still end.
 */
export function scaleProgress(
    { metadata, spec, status }: KafkaMirrorMaker2Object,
    pods: number,
    wanted: number,
): ScaleProgress {
    const generation = (metadata as { generation?: number }).generation ?? 0;
    if (spec.replicas !== wanted) {
        return missing(`somebody set ${spec.replicas} replicas`);
    }
    if ((status?.observedGeneration ?? 0) < generation) {
        return missing("the operator has not seen the new number");
    }
    const notReady = status?.conditions?.find(
        (condition) => condition.type === "NotReady" && condition.status === "True",
    );
    if (notReady !== undefined) {
        return missing(
            `the operator reports ${notReady.reason ?? "NotReady"}: ${notReady.message ?? ""}`,
        );
    }
    const ready = status?.conditions?.some(
        (condition) => condition.type === "Ready" && condition.status === "True",
    );
    if (ready !== true) {
        return missing("the operator does not report Ready");
    }
    if (pods !== wanted) {
        return missing(`there are ${pods} pods of ${wanted}`);
    }
    return wanted > 0 && status?.url === undefined
        ? missing("the REST API has no address")
        : { done: true };
}

function missing(text: string): ScaleProgress {
    return { done: false, missing: text };
}
