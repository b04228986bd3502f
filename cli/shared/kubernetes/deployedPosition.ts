import * as k8s from "@kubernetes/client-node";
import { type PhasePosition, recordedPosition } from "../../../config/phase";
import type { Settings } from "../../../config/settingsSchema";
import { phaseRecordName } from "../../../strimzi/builders/names";
import { CommandError } from "../commandError";
import { find } from "./request";

/**
 * The phase that was deployed last, as the stack recorded it next to MM2.
 *
 * @param kubeConfig Of the target's Kubernetes cluster.
 * @throws {CommandError} `badInput` when nothing was deployed, and as {@link find} does
 */
export async function deployedPosition(
    kubeConfig: k8s.KubeConfig,
    { mirror, target }: Pick<Settings, "mirror" | "target">,
): Promise<PhasePosition> {
    const { namespace } = target;
    const name = phaseRecordName(mirror);
    const found = await find(
        kubeConfig,
        `read the ConfigMap ${namespace}/${name}`,
        kubeConfig.makeApiClient(k8s.CoreV1Api).readNamespacedConfigMap({ namespace, name }),
    );
    const position = recordedPosition(found?.data);
    if (position === undefined) {
        throw new CommandError(
            "NotDeployed",
            `there is no ConfigMap ${namespace}/${name} with the phase of the pair`,
            "Deploy the stack first: make up.",
        );
    }
    return position;
}
