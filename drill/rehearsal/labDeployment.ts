import { type PhasePosition } from "../../config/phase";
import type { Settings } from "../../config/settingsSchema";
import type { RunningStack } from "../../lab/stack/runStack";
import { connectorNames, phaseRecordName, startPositionsName } from "../../strimzi/builders/names";
import { mirroredAlias } from "../../config/settingsSchema";
import {
    connectorOffsets,
    connectorOffsetsKey,
    type MirroredOffset,
    POSITIONS_COMPLETE_KEY,
} from "../../strimzi/builders/startPositions";
import type { Deployment } from "../failover/deployment";
import { CheckFailed } from "../failover/step";

/** Deploys phases to the processes of a lab, where `pulumi up` would deploy them to Kubernetes. */
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
    ) {
        const { mirror, target } = settings;
        this.namespace = target.namespace;
        this.offsetLagMax = mirror.offsetLagMax;
        // Twice, as a checkpoint may have been emitted just before the last record arrived.
        this.groupSyncSeconds =
            2 * (mirror.emitCheckpointsIntervalSeconds + mirror.syncGroupOffsetsIntervalSeconds) +
            5;
    }

    position(): Promise<PhasePosition> {
        const record = this.stack.configMap(
            this.namespace,
            phaseRecordName(this.settings.mirror),
        )?.data;
        return Promise.resolve({
            phase: record?.phase,
            generation: Number(record?.generation),
        } as PhasePosition);
    }

    async change({ phase, generation }: PhasePosition): Promise<void> {
        await this.stack.update({
            "kafka-dr:phase": phase,
            "kafka-dr:mirror.generation": generation,
        });
    }

    async writeStartPositions(
        generation: number,
        offsets: readonly MirroredOffset[],
        isComplete: () => Promise<boolean>,
    ): Promise<void> {
        const settings = { ...this.settings, mirror: { ...this.settings.mirror, generation } };
        const connector = connectorNames(settings).source;
        const name = startPositionsName(settings.mirror);
        const metadata = { name, namespace: this.namespace };
        const data = {
            [connectorOffsetsKey(connector)]: JSON.stringify(
                connectorOffsets(mirroredAlias(settings), offsets),
            ),
        };
        this.stack.applyConfigMap({ metadata, data });
        if (offsets.length > 0) {
            await this.stack.mirrorMakers
                .get(`${this.namespace}/${settings.mirror.name}`)
                ?.annotate({
                    "strimzi.io/connector-offsets": "alter",
                    "strimzi.io/mirrormaker-connector": connector,
                });
        }
        if (!(await isComplete())) {
            throw new CheckFailed("Kafka Connect does not have the offsets that were written");
        }
        this.stack.applyConfigMap({
            metadata,
            data: { ...data, [POSITIONS_COMPLETE_KEY]: "true" },
        });
    }

    commandTo({ phase, generation }: PhasePosition): string {
        return `phase ${phase} of generation ${generation}`;
    }
}
