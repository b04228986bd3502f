import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Producer } from "@platformatic/kafka";
import { ClusterView } from "../../kafka/clusterView";
import { clientOptions } from "../../kafka/connection";
import { OneCluster } from "./support/oneCluster";
import { records } from "./support/twoClusters";

const TOPIC = "my-topic";
const PLAIN = 500;

describe("a look at the logs of a cluster", function () {
    let one: OneCluster;
    let view: ClusterView;

    before(async () => {
        one = await OneCluster.start();
        view = new ClusterView(one.connection);
        await one.client.createTopic(TOPIC, { partitions: 2 });
        await one.client.createTopic("other", { partitions: 1 });
    });
    after(async () => {
        await view.close();
        await one.stop();
    });

    it("sees what is behind an open transaction", async () => {
        const producer = new Producer({
            ...clientOptions(one.connection, "test"),
            transactionalId: `open-${randomUUID()}`,
            idempotent: true,
            retries: 30,
        });
        try {
            const transaction = await producer.beginTransaction();
            await transaction.send({ messages: records(TOPIC, 0, 1) });
            await one.client.produceMessages(records(TOPIC, 1, 1 + PLAIN));
            await one.client.produceMessages(records(TOPIC, 0, 7, 1));
            await one.client.deleteRecords(TOPIC, 1, 3);

            const { clusterId, topics } = await view.look((name) => name === TOPIC);

            assert.equal(clusterId, await view.clusterId());
            const [look] = topics;
            assert.equal(topics.length, 1);
            assert.match(look?.id ?? "", /^[0-9a-f-]{36}$/);
            const logs = (look?.partitions ?? []).map((looked) =>
                "known" in looked ? looked.known : assert.fail(looked.unknown),
            );
            assert.deepEqual(
                logs.map(({ highWatermark }) => highWatermark),
                await one.offsets(TOPIC, -1),
            );
            assert.deepEqual(
                logs.map(({ firstOffset }) => firstOffset),
                await one.offsets(TOPIC, -2),
            );
            assert.deepEqual(
                logs.map(({ lastStableOffset }) => lastStableOffset),
                [0, 7],
            );
            await transaction.abort();
        } finally {
            await producer.close();
        }
    });

    it("leaves out a topic that does not exist", async () => {
        const { topics } = await view.look([TOPIC, "nowhere"]);
        assert.deepEqual(
            topics.map(({ name }) => name),
            [TOPIC],
        );
    });
});
