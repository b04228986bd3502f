import { setTimeout as sleep } from "node:timers/promises";
import * as k8s from "@kubernetes/client-node";
import type { Settings } from "../../config/settingsSchema";
import type { KafkaMirrorMaker2Object } from "../../strimzi/resources";
import { CommandError } from "../shared/commandError";
import type { CommandIo } from "../shared/output";
import { ask } from "../shared/kubernetes/request";
import {
    deployedMirrorMaker,
    mirrorMakerPods,
    MIRROR_MAKERS,
    STRIMZI,
    targetCluster,
} from "../shared/kubernetes/targetCluster";
import { type ScaleProgress, scaleProgress } from "./scaleProgress";

type ScaleSettings = Pick<Settings, "target" | "mirror" | "readinessTimeouts">;

export interface Scaled {
    readonly mirrorMaker: string;
    readonly before: number;
    readonly replicas: number;
    /** `kafka-dr:mirror.replicas`; another number is drift. */
    readonly configured: number;
}

/**
 * Sets the number of MM2's workers, as `kubectl scale` does, and waits until the operator has acted
 * on it: with 0 until the last worker is gone, else until it reports Ready and its REST API.
 *
 * @param replicas The configured number if undefined.
 * @throws CommandError when the API server refuses, or it takes longer than
 * `readinessTimeouts.mirrorMakerSeconds`; the signal's reason after Ctrl-C. The number stays set then.
 */
export async function scale(
    settings: ScaleSettings,
    replicas: number | undefined,
    io: CommandIo,
    pauseMs = 1000,
): Promise<Scaled> {
    const { target, mirror, readinessTimeouts } = settings;
    const config = targetCluster(settings);
    const before = (await deployedMirrorMaker(config, settings)).spec.replicas;
    const wanted = replicas ?? mirror.replicas;
    const id = `${target.namespace}/${mirror.name}`;
    const place = { ...STRIMZI, namespace: target.namespace, plural: MIRROR_MAKERS };
    await ask(
        config,
        `scale the KafkaMirrorMaker2 ${id}`,
        config
            .makeApiClient(k8s.CustomObjectsApi)
            .patchNamespacedCustomObjectScale(
                { ...place, name: mirror.name, body: { spec: { replicas: wanted } } },
                k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.MergePatch),
            ),
    );
    io.stderr.write(`${id}: ${before} -> ${wanted} workers\n`);
    const deadline = performance.now() + readinessTimeouts.mirrorMakerSeconds * 1000;
    let said = "";
    for (;;) {
        const progress = await progressOf(config, settings, wanted);
        if (progress.done) {
            return { mirrorMaker: id, before, replicas: wanted, configured: mirror.replicas };
        }
        if (performance.now() > deadline) {
            throw new CommandError(
                "unexpected",
                `MirrorMaker 2 ${id} is not at ${wanted} workers after ${readinessTimeouts.mirrorMakerSeconds} s: ${progress.missing}.`,
                `The number stays set. Does the operator run? Try: kubectl --context ${target.context} -n ${target.namespace} describe kmm2 ${mirror.name}`,
            );
        }
        if (progress.missing !== said) {
            said = progress.missing;
            io.stderr.write(`Waiting: ${said}\n`);
        }
        await sleep(pauseMs, undefined, { signal: io.signal });
    }
}

async function progressOf(
    config: k8s.KubeConfig,
    settings: ScaleSettings,
    wanted: number,
): Promise<ScaleProgress> {
    const mirrorMaker: KafkaMirrorMaker2Object = await deployedMirrorMaker(config, settings);
    const pods = await mirrorMakerPods(config, settings);
    return scaleProgress(mirrorMaker, pods.length, wanted);
}
