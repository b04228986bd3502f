import { setTimeout as sleep } from "node:timers/promises";
import * as k8s from "@kubernetes/client-node";
import type { Settings } from "../../config/settingsSchema";
import type { KafkaMirrorMaker2Object } from "../../strimzi/resources";
import { CommandError } from "../shared/commandError";
import { ask } from "../shared/kubernetes/request";
import {
    deployedMirrorMaker,
    mirrorMakerPods,
    MIRROR_MAKERS,
    STRIMZI,
    targetCluster,
} from "../shared/kubernetes/targetCluster";
import type { CommandIo } from "../shared/output";
import { settingsForCommand } from "../shared/settings";

export interface ScaleOptions {
    readonly stack: string;
    readonly json?: boolean;
}

/** The number of workers that a stack sets, and how long they may take to become ready. */
type ScaleSettings = Pick<Settings, "target" | "mirror" | "readinessTimeouts">;

export interface Scaled {
    /** `namespace/name`. */
    readonly mirrorMaker: string;
    readonly before: number;
    readonly replicas: number;
    /** `kafka-dr:mirror.replicas`; another number is drift. */
    readonly configured: number;
}

/**
 * `kafka-dr scale`.
 * @throws {CommandError} for wrong settings, and as {@link scale} does
 */
export async function runScale(
    replicas: number | undefined,
    { stack, json = false }: ScaleOptions,
    io: CommandIo,
): Promise<void> {
    const scaled = await scale(settingsForCommand(stack), replicas, io);
    io.stdout.write(json ? `${JSON.stringify(scaled, null, 2)}\n` : scaledText(scaled));
}

/** The result, and whether it differs from the stack's settings. */
export function scaledText({ mirrorMaker, replicas, configured }: Scaled): string {
    const done =
        replicas === 0
            ? `MirrorMaker 2 ${mirrorMaker} has no workers: nothing is mirrored.\n`
            : `MirrorMaker 2 ${mirrorMaker} has ${replicas} ${replicas === 1 ? "worker" : "workers"}.\n`;
    return replicas === configured
        ? `${done}This is the configured number.\n`
        : `${done}This is drift: kafka-dr:mirror.replicas is ${configured}. A plain preview does not show it; an update that changes the resource, or one with --refresh, reverts it.\n` +
              `To keep it after a review: pulumi config set --path 'kafka-dr:mirror.replicas' ${replicas}, then make up.\n`;
}

/**
 * Sets the number of MM2 workers, as `kubectl scale` does, and waits until the operator has acted on
 * it: for 0 until the last worker is gone, otherwise until it reports Ready and a REST API.
 *
 * @param replicas The configured number if undefined.
 * @throws CommandError when the API server refuses, or when it takes longer than
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
    let printed = "";
    for (;;) {
        const mirrorMaker = await deployedMirrorMaker(config, settings);
        const pods = await mirrorMakerPods(config, settings);
        const progress = scaleProgress(mirrorMaker, pods.length, wanted);
        if (progress.done) {
            return { mirrorMaker: id, before, replicas: wanted, configured: mirror.replicas };
        }
        if (performance.now() > deadline) {
            throw new CommandError(
                "WorkersMissing",
                `MirrorMaker 2 ${id} does not have ${wanted} workers after ${readinessTimeouts.mirrorMakerSeconds} s: ${progress.missing}.`,
                `The number stays set. Does the operator run? Try: kubectl --context ${target.context} -n ${target.namespace} describe kmm2 ${mirror.name}`,
            );
        }
        if (progress.missing !== printed) {
            printed = progress.missing;
            io.stderr.write(`Waiting: ${printed}\n`);
        }
        await sleep(pauseMs, undefined, { signal: io.signal });
    }
}

/** Whether MM2 has the wanted number of workers, or what is missing. */
export type ScaleProgress =
    { readonly done: true } | { readonly done: false; readonly missing: string };

/**
 * Evaluates what the operator reports. Its status describes an older number until it has observed the
 * newest generation, and without workers it reports Ready while the last ones still terminate.
 */
export function scaleProgress(
    { metadata, spec, status }: KafkaMirrorMaker2Object,
    pods: number,
    wanted: number,
): ScaleProgress {
    const generation = (metadata as { generation?: number }).generation ?? 0;
    if (spec.replicas !== wanted) {
        return missing(`replicas was changed to ${spec.replicas} meanwhile`);
    }
    if ((status?.observedGeneration ?? 0) < generation) {
        return missing("the operator has not observed the new number");
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
        return missing(`${pods} pods exist, ${wanted} are wanted`);
    }
    return wanted > 0 && status?.url === undefined
        ? missing("the REST API has no address")
        : { done: true };
}

function missing(text: string): ScaleProgress {
    return { done: false, missing: text };
}
