import * as k8s from "@kubernetes/client-node";
import type { Settings } from "../../../config/settingsSchema";
import type { KafkaMirrorMaker2Object } from "../../../strimzi/resources";
import { mirrorPodLabels } from "../../../strimzi/builders/podTemplate";
import { CommandError } from "../commandError";
import { kubeConfigOf } from "./kubeConfig";
import { ask, find } from "./request";

export const STRIMZI = { group: "kafka.strimzi.io", version: "v1" } as const;
export const MIRROR_MAKERS = "kafkamirrormaker2s";

/**
 * The Kubernetes cluster of the target, where MM2 runs.
 *
 * @throws CommandError with exit code 4 when the kubeconfig or the context does not exist.
 */
export function targetCluster({ target }: Pick<Settings, "target">): k8s.KubeConfig {
    return kubeConfigOf("target", target);
}

/**
 * MM2 as deployed.
 *
 * @throws CommandError when it does not exist, or cannot be read.
 */
export async function deployedMirrorMaker(
    config: k8s.KubeConfig,
    { target, mirror }: Pick<Settings, "target" | "mirror">,
): Promise<KafkaMirrorMaker2Object> {
    const place = { ...STRIMZI, namespace: target.namespace, plural: MIRROR_MAKERS };
    const id = `${target.namespace}/${mirror.name}`;
    const found = (await find(
        config,
        `read the KafkaMirrorMaker2 ${id}`,
        config
            .makeApiClient(k8s.CustomObjectsApi)
            .getNamespacedCustomObject({ ...place, name: mirror.name }),
    )) as KafkaMirrorMaker2Object | undefined;
    if (found === undefined) {
        throw new CommandError(
            "NotDeployed",
            `The KafkaMirrorMaker2 ${id} does not exist in the Kubernetes cluster of the target (context "${target.context}").`,
            "Deploy the stack first: make up.",
        );
    }
    return found;
}

/** The pods of the MM2 workers. @throws CommandError when they cannot be listed. */
export async function mirrorMakerPods(
    config: k8s.KubeConfig,
    { target, mirror }: Pick<Settings, "target" | "mirror">,
): Promise<k8s.V1Pod[]> {
    const { items } = await ask(
        config,
        `list the pods of MirrorMaker 2 in ${target.namespace}`,
        config.makeApiClient(k8s.CoreV1Api).listNamespacedPod({
            namespace: target.namespace,
            labelSelector: Object.entries(mirrorPodLabels(mirror.name))
                .map((label) => label.join("="))
                .join(),
        }),
    );
    return items;
}
