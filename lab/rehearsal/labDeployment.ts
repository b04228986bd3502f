import { type PhasePosition, recordedPosition } from "../../config/phase";
import { settingsInDirection } from "../../config/reversed";
import type { Settings } from "../../config/settingsSchema";
import type { RunningStack } from "../stack/runStack";
import { phaseRecordName, startPositionsName } from "../../strimzi/builders/names";
import type { MirroredOffset } from "../../strimzi/builders/startPositions";
import { writeStartPositions } from "../../cli/failover/startPositions";
import { type Deployment, translationSeconds } from "../../cli/failover/step";

/** Deploys phases to the processes of the lab, in place of `pulumi up` to Kubernetes. */
export class LabDeployment implements Deployment {
    readonly managesUsers = true;
    readonly groupSyncSeconds: number;
    readonly offsetLagMax: number;
    private readonly namespace: string;

    constructor(
        private readonly stack: Pick<
            RunningStack,
            "update" | "configMap" | "applyConfigMap" | "mirrorMakers"
        >,
        private readonly settings: Settings,
        private readonly signal: AbortSignal,
    ) {
        const { mirror, target } = settings;
        this.namespace = target.namespace;
        this.offsetLagMax = mirror.offsetLagMax;
        this.groupSyncSeconds = translationSeconds(mirror) + 5;
    }

    position(): Promise<PhasePosition> {
        const record = this.stack.configMap(
            this.namespace,
            phaseRecordName(this.settings.mirror),
        )?.data;
        const position = recordedPosition(record);
        return position === undefined
            ? Promise.reject(new Error("the stack has not recorded a phase"))
            : Promise.resolve(position);
    }

    async change({ phase, epoch }: PhasePosition): Promise<void> {
        await this.stack.update({
            "kafka-dr:phase": phase,
            "kafka-dr:mirror.epoch": epoch,
        });
    }

    async writeStartPositions(
        epoch: number,
        offsets: readonly MirroredOffset[],
        isComplete: () => Promise<boolean>,
    ): Promise<void> {
        const settings = settingsInDirection(this.settings, "forward", epoch);
        const name = startPositionsName(settings.mirror);
        const { namespace, stack } = this;
        const objects = {
            patchPositions: (data: Readonly<Record<string, string>>) => {
                const before = stack.configMap(namespace, name)?.data;
                stack.applyConfigMap({
                    metadata: { name, namespace },
                    data: { ...before, ...data },
                });
                return Promise.resolve();
            },
            annotate: async (annotations: Readonly<Record<string, string>>) => {
                await stack.mirrorMakers
                    .get(`${namespace}/${settings.mirror.name}`)
                    ?.annotate(annotations);
            },
        };
        await writeStartPositions(settings, offsets, isComplete, objects, this.signal);
    }

    commandTo({ phase, epoch }: PhasePosition): string {
        return `phase ${phase} of epoch ${epoch}`;
    }
}
