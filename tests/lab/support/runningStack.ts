import { KafkaClient } from "../../../kafka/kafkaClient";
import type { LabMirrorMaker } from "../../../lab/connect/mirrorMaker";
import type { LabKafkaCluster } from "../../../lab/kafka/kafkaCluster";
import type { Supervisor } from "../../../lab/process/supervisor";
import {
    runStack,
    type RunStackOptions,
    type RunningStack,
    clusterOf,
    mirrorMakerOf,
} from "../../../lab/stack/runStack";
import { labStackFolder } from "./stackFolder";

/** The running stack `lab`, with a super user's client for each side. */
export interface LabStack {
    readonly stack: RunningStack;
    readonly sourceCluster: LabKafkaCluster;
    readonly targetCluster: LabKafkaCluster;
    readonly source: KafkaClient;
    readonly target: KafkaClient;
    readonly mirrorMaker: LabMirrorMaker;
    /** Closes the clients; the processes end with the supervisor. */
    readonly close: () => Promise<void>;
}

/** Runs the stack `lab` with changed settings; see `labStackFolder`. */
export async function runLabStack(
    supervisor: Supervisor,
    settings: Readonly<Record<string, unknown>>,
    options: Pick<RunStackOptions, "metrics" | "advertise" | "onStep"> = {},
): Promise<LabStack> {
    const { folder, remove } = labStackFolder(settings);
    try {
        const stack = await runStack({
            folder,
            stack: "lab",
            supervisor,
            shortLived: true,
            ...options,
        });
        const sourceCluster = clusterOf(stack, { namespace: "kafka-source", name: "my-cluster" });
        const targetCluster = clusterOf(stack, {
            namespace: "kafka-target",
            name: "my-cluster-tgt",
        });
        const source = new KafkaClient(sourceCluster.adminConnection());
        const target = new KafkaClient(targetCluster.adminConnection());
        return {
            stack,
            sourceCluster,
            targetCluster,
            source,
            target,
            mirrorMaker: mirrorMakerOf(stack, {
                namespace: "kafka-target",
                name: "my-mm2-cluster",
            }),
            close: async () => {
                await Promise.all([source.close(), target.close()]);
            },
        };
    } finally {
        remove();
    }
}
