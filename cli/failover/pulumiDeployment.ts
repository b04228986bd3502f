import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as k8s from "@kubernetes/client-node";
import { isMap, isNode, isScalar, parseDocument, type YAMLMap } from "yaml";
import type { PhasePosition } from "../../config/phase";
import { settingsInDirection } from "../../config/reversed";
import type { Settings } from "../../config/settingsSchema";
import { startPositionsName } from "../../strimzi/builders/names";
import type { MirroredOffset } from "../../strimzi/builders/startPositions";
import { deployedPosition } from "../shared/kubernetes/deployedPosition";
import { ask } from "../shared/kubernetes/request";
import { MIRROR_MAKERS, STRIMZI, targetCluster } from "../shared/kubernetes/targetCluster";
import { ROOT } from "../shared/root";
import { writeStartPositions } from "./startPositions";
import { CheckFailed, type Deployment, translationSeconds } from "./step";

export interface PulumiDeploymentOptions {
    readonly stack: string;
    readonly settings: Settings;
    readonly signal: AbortSignal;
    /** Folder of the stack's file; this checkout by default. */
    readonly root?: string;
}

/**
 * Deploys phases with Pulumi: writes the stack's file and runs `make up`, whose output goes to
 * standard error. For everything else it uses the target's API server alone.
 */
export class PulumiDeployment implements Deployment {
    readonly managesUsers: boolean;
    readonly groupSyncSeconds: number;
    readonly offsetLagMax: number;
    private readonly kubeConfig: k8s.KubeConfig;

    constructor(private readonly options: PulumiDeploymentOptions) {
        const { mirror, users } = options.settings;
        this.managesUsers = users.length > 0;
        this.offsetLagMax = mirror.offsetLagMax;
        this.groupSyncSeconds = translationSeconds(mirror) + 10;
        this.kubeConfig = targetCluster(options.settings);
    }

    position(): Promise<PhasePosition> {
        return deployedPosition(this.kubeConfig, this.options.settings);
    }

    async change(next: PhasePosition): Promise<void> {
        const { stack, signal, root = ROOT } = this.options;
        writePhase(join(root, `Pulumi.${stack}.yaml`), next);
        const child = spawn(join(ROOT, "scripts", "pulumi.sh"), ["up", stack, "--yes"], {
            cwd: root,
            stdio: ["inherit", process.stderr, process.stderr],
        });
        // Ctrl-C reaches Pulumi directly, which ends in order; other signals are passed on.
        const stop = () => child.kill("SIGINT");
        signal.addEventListener("abort", stop, { once: true });
        try {
            const [code] = (await once(child, "exit")) as [number | null];
            signal.throwIfAborted();
            if (code !== 0) {
                throw new CheckFailed(
                    `pulumi up ended with exit code ${String(code)}; see its output above`,
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
        const ofEpoch = settingsInDirection(settings, "forward", epoch);
        await writeStartPositions(ofEpoch, offsets, isComplete, objects, signal);
    }

    commandTo({ phase, epoch }: PhasePosition): string {
        const { stack } = this.options;
        return `pulumi config set kafka-dr:phase ${phase} --stack ${stack}, then make up STACK=${stack} (epoch ${epoch})`;
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
            this.kubeConfig
                .makeApiClient(k8s.CoreV1Api)
                .patchNamespacedConfigMap(
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

/**
 * Writes the phase, and the epoch unless it is the first, into a stack's file. Everything else in
 * the file stays the same to the byte, so a reviewer sees this change alone.
 */
export function writePhase(file: string, { phase, epoch }: PhasePosition): void {
    const text = withValue(readFileSync(file, "utf8"), ["config", "kafka-dr:phase"], phase);
    const path = ["config", "kafka-dr:mirror", "epoch"];
    const isWritten = epoch > 1 || parseDocument(text).hasIn(path);
    writeFileSync(file, isWritten ? withValue(text, path, String(epoch)) : text);
}

/**
 * The text of a YAML document with one plain value at a path. The library would rewrite the whole
 * document with other indentation and other blank lines.
 */
function withValue(text: string, path: readonly string[], value: string): string {
    const document = parseDocument(text);
    const present = document.getIn(path, true);
    if (isScalar(present) && present.range) {
        const [start, end] = present.range;
        return `${text.slice(0, start)}${value}${text.slice(end)}`;
    }
    const parent = document.getIn(path.slice(0, -1), true);
    const added = isMap(parent)
        ? withEntry(text, parent, `${path.at(-1) ?? ""}: ${value}`)
        : undefined;
    if (added !== undefined) {
        return added;
    }
    document.setIn(path, /^\d+$/.test(value) ? Number(value) : value);
    return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** The text with one more entry at the end of a mapping; undefined for a mapping without entries. */
function withEntry(text: string, map: YAMLMap, entry: string): string | undefined {
    const { key } = map.items[0] ?? {};
    const last = map.items.at(-1);
    const end = isNode(last?.value) ? last.value.range?.[1] : undefined;
    if (!isNode(key) || !key.range || end === undefined) {
        return undefined;
    }
    if (map.flow === true) {
        return `${text.slice(0, end)}, ${entry}${text.slice(end)}`;
    }
    const start = key.range[0];
    const indentation = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
    // The range of a nested mapping includes blank lines and comments after it; its last line may
    // have a comment.
    const lastLine = text.slice(0, end).trimEnd().length;
    const endOfLine = text.indexOf("\n", lastLine);
    const at = endOfLine === -1 ? text.length : endOfLine;
    return `${text.slice(0, at)}\n${indentation}${entry}${text.slice(at)}`;
}
