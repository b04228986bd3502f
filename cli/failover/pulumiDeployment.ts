import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import * as k8s from "@kubernetes/client-node";
import { type PhasePosition, recordedPosition } from "../../config/phase";
import { settingsInDirection } from "../../config/reversed";
import type { Settings } from "../../config/settingsSchema";
import { phaseRecordName, startPositionsName } from "../../strimzi/builders/names";
import type { MirroredOffset } from "../../strimzi/builders/startPositions";
import { CommandError } from "../shared/commandError";
import { ask, find } from "../shared/kubernetes/request";
import { MIRROR_MAKERS, STRIMZI, targetCluster } from "../shared/kubernetes/targetCluster";
import { type Deployment, translationSeconds } from "./deployment";
import { writePhase } from "./stackFilePhase";
import { CheckFailed } from "./step";
import { writeStartPositions } from "./writeStartPositions";

const ROOT = join(__dirname, "..", "..");

export interface PulumiDeploymentOptions {
    readonly stack: string;
    readonly settings: Settings;
    readonly signal: AbortSignal;
    /** Folder of the stack's file; this checkout by default. */
    readonly root?: string;
}

/**
 * Deploys phases with Pulumi: writes the stack's file and runs `make up`, whose output goes to
 * standard error. What it needs besides, it asks the target's API server for, and no other.
 */
export class PulumiDeployment implements Deployment {
    readonly managesUsers: boolean;
    readonly groupSyncSeconds: number;
    readonly offsetLagMax: number;
    private readonly kubeConfig: k8s.KubeConfig;

    constructor(private readonly options: PulumiDeploymentOptions) {
        const { settings } = options;
        const { mirror, users } = settings;
        this.managesUsers = users.length > 0;
        this.offsetLagMax = mirror.offsetLagMax;
        this.groupSyncSeconds = translationSeconds(mirror) + 10;
        this.kubeConfig = targetCluster(settings);
    }

    async position(): Promise<PhasePosition> {
        const { mirror, target } = this.options.settings;
        const id = `${target.namespace}/${phaseRecordName(mirror)}`;
        const found = await find(
            this.kubeConfig,
            `read the ConfigMap ${id}`,
            this.core.readNamespacedConfigMap({
                namespace: target.namespace,
                name: phaseRecordName(mirror),
            }),
        );
        const position = recordedPosition(found?.data);
        if (position === undefined) {
            throw new CommandError(
                "badInput",
                `there is no ConfigMap ${id} with the phase of the pair`,
                "Deploy the stack first: make up.",
            );
        }
        return position;
    }

    async change(to: PhasePosition): Promise<void> {
        const { stack, signal, root = ROOT } = this.options;
        writePhase(join(root, `Pulumi.${stack}.yaml`), to);
        const child = spawn(join(ROOT, "scripts", "pulumi.sh"), ["up", stack, "--yes"], {
            cwd: root,
            stdio: ["inherit", process.stderr, process.stderr],
        });
        // Ctrl-C reaches Pulumi by itself, which ends in order; other signals are passed on.
        const stop = () => child.kill("SIGINT");
        signal.addEventListener("abort", stop, { once: true });
        try {
            const [code] = (await once(child, "exit")) as [number | null];
            signal.throwIfAborted();
            if (code !== 0) {
                throw new CheckFailed(
                    `pulumi up ended with exit code ${String(code)}; its own words are above`,
                );
            }
        } finally {
            signal.removeEventListener("abort", stop);
        }
    }

    async writeStartPositions(
        epoch: number,
        offsets: readonly MirroredOffset[],
        isComplete: () => Promise<boolean>,
    ): Promise<void> {
        const { settings, signal } = this.options;
        const objects = {
            patchPositions: (data: Readonly<Record<string, string>>) =>
                this.patchPositions(epoch, data),
            annotate: (annotations: Readonly<Record<string, string>>) => this.annotate(annotations),
        };
        const life = settingsInDirection(settings, "forward", epoch);
        await writeStartPositions(life, offsets, isComplete, objects, signal);
    }

    commandTo({ phase, epoch }: PhasePosition): string {
        const { stack } = this.options;
        return `pulumi config set kafka-dr:phase ${phase} --stack ${stack} (epoch ${epoch}), make up STACK=${stack}`;
    }

    private get core(): k8s.CoreV1Api {
        return this.kubeConfig.makeApiClient(k8s.CoreV1Api);
    }

    private async patchPositions(
        epoch: number,
        data: Readonly<Record<string, string>>,
    ): Promise<void> {
        const { mirror, target } = this.options.settings;
        const name = startPositionsName({ ...mirror, epoch });
        await ask(
            this.kubeConfig,
            `write the ConfigMap ${target.namespace}/${name}`,
            this.core.patchNamespacedConfigMap(
                { namespace: target.namespace, name, body: { data } },
                MERGE_PATCH,
            ),
        );
    }

    private async annotate(annotations: Readonly<Record<string, string>>): Promise<void> {
        const { mirror, target } = this.options.settings;
        await ask(
            this.kubeConfig,
            `annotate the KafkaMirrorMaker2 ${target.namespace}/${mirror.name}`,
            this.kubeConfig.makeApiClient(k8s.CustomObjectsApi).patchNamespacedCustomObject(
                {
                    ...STRIMZI,
                    namespace: target.namespace,
                    plural: MIRROR_MAKERS,
                    name: mirror.name,
                    body: { metadata: { annotations } },
                },
                MERGE_PATCH,
            ),
        );
    }
}

const MERGE_PATCH = k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.MergePatch);
