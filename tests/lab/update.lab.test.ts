import assert from "node:assert/strict";
import { KafkaClient } from "../../kafka/kafkaClient";
import { waitForLogEndOffsets } from "../../kafka/logEndOffsets";
import { Supervisor } from "../../lab/process/supervisor";
import { clientListener } from "../../lab/stack/runStack";
import { type LabStack, runLabStack } from "./support/runningStack";

const SOURCE = "kafka-source/my-cluster";
const TOPIC = "my-topic";
const topics = (partitions: number, config: Record<string, string> = {}) => ({
    "kafka-dr:topics": [{ name: TOPIC, partitions, config }],
});
const user = (name: string) => ({
    name,
    produces: [{ name: TOPIC }],
    consumes: [{ name: TOPIC }],
    groups: [{ name }],
});

describe("updates of a running stack", function () {
    let supervisor: Supervisor;
    let lab: LabStack;
    const steps: string[] = [];

    const pids = () => [
        ...[lab.sourceCluster, lab.targetCluster].flatMap(({ processes }) =>
            [...processes.values()].map(({ pid }) => pid),
        ),
        ...lab.mirrorMaker.workers.map(({ process }) => process.pid),
    ];
    const mirrored = async (count: number): Promise<void> => {
        await lab.source.produceRecords({ topic: TOPIC, count });
        const ends = await lab.source.logEndOffsets(TOPIC);
        const options = { timeoutMs: 300_000, signal: supervisor.signal };
        assert.deepEqual(await waitForLogEndOffsets(lab.target, TOPIC, ends, options), ends);
    };

    before(async () => {
        supervisor = await Supervisor.create();
        const onStep = (text: string) => steps.push(text);
        lab = await runLabStack(supervisor, {}, { metrics: "none", onStep });
        steps.length = 0;
    });
    after(async () => {
        await lab.close();
        await supervisor.stop();
    });

    it("change nothing when the config is unchanged", async () => {
        const before = pids();
        assert.deepEqual(await lab.stack.update(), lab.stack.outputs);
        assert.deepEqual(pids(), before);
        assert.deepEqual(steps, []);
    });

    it("change a topic, create a user and delete another, without a restart", async () => {
        const before = pids();
        const outputs = await lab.stack.update({
            ...topics(4, { "retention.ms": "7200000" }),
            "kafka-dr:users": [user("other-app")],
        });
        assert.deepEqual(outputs.userNames, ["other-app"]);
        assert.equal(await lab.source.partitionCount(TOPIC), 4);
        const users = lab.stack.users.get(SOURCE)!;
        assert.ok(users.credentials("other-app"));
        assert.throws(
            () => users.credentials("my-app"),
            /no KafkaUser my-app of my-cluster has a Secret/,
        );
        assert.deepEqual(pids(), before);
        await mirrored(100);
    });

    it("can be previewed without changes", async () => {
        const { outputs } = await lab.stack.preview({ "kafka-dr:mirror.replicas": 0 });
        assert.equal(outputs.mirrorMakerReplicas, 0);
        assert.equal(lab.mirrorMaker.workers.length, 1);
        assert.equal((await lab.stack.update()).mirrorMakerReplicas, 1);
    });

    it("need no running source as long as its objects do not change", async () => {
        await lab.sourceCluster.kill();
        const outputs = await lab.stack.update({ "kafka-dr:mirror.replicas": 0 });
        assert.equal(outputs.mirrorMakerReplicas, 0);
        assert.deepEqual(lab.mirrorMaker.workers, []);
        await assert.rejects(
            lab.stack.update(topics(5)),
            /KafkaTopic my-topic: the Kafka kafka-source\/my-cluster is not running/,
        );
        lab.stack.unreachable("kafka-source");
        await assert.rejects(
            lab.stack.update(),
            /configured Kubernetes cluster is unreachable: kafka-source/,
        );
        lab.stack.reachable("kafka-source");
    });

    it("create topics and users in a rebuilt source", async () => {
        const { clusterId, listeners } = lab.sourceCluster.status;
        await lab.sourceCluster.rebuild();
        assert.notEqual(lab.sourceCluster.status.clusterId, clusterId);
        assert.deepEqual(lab.sourceCluster.status.listeners, listeners);
        assert.deepEqual(await lab.source.topics(), []);
        await lab.stack.reconcile(SOURCE);
        assert.equal(await lab.source.partitionCount(TOPIC), 5);
        // The update repeats the failed steps, and completes them.
        const onlySteps = steps.length;
        await lab.stack.update();
        assert.equal(steps.length, onlySteps);
        const credentials = lab.stack.users.get(SOURCE)!.credentials("other-app");
        const listener = clientListener(lab.sourceCluster);
        const client = new KafkaClient(lab.sourceCluster.connection(listener, credentials));
        try {
            await client.produceRecords({ topic: TOPIC, count: 10 });
        } finally {
            await client.close();
        }
        assert.deepEqual(await lab.source.logEndOffsets(TOPIC), [2, 2, 2, 2, 2]);
    });
});
