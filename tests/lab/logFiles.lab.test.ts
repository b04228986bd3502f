import assert from "node:assert/strict";
import { kafkaClassPath } from "../../lab/artifacts/artifacts";
import { valuesInLogFiles } from "../../lab/kafka/logFiles";
import { records, startTwoClusters, transact, type TwoClusters } from "./support/twoClusters";

const TOPIC = "orders";

/** The rehearsal counts by this, so it must see what the client of the commands might not. */
describe("the files of a broker", function () {
    let clusters: TwoClusters;
    const values = async (topic: string) => {
        const { supervisor, source } = clusters;
        const lab = { supervisor, classPath: await kafkaClassPath() };
        return valuesInLogFiles(lab, source.cluster.dataFolders, topic);
    };

    before(async () => {
        clusters = await startTwoClusters();
        const { source } = clusters;
        await source.client.createTopic(TOPIC, { partitions: 2 });
        await source.client.createTopic(`${TOPIC}-1`, { partitions: 1 });
        await source.client.produceMessages([
            ...records(TOPIC, 0, 2, 0),
            ...records(TOPIC, 2, 3, 1),
            ...records(`${TOPIC}-1`, 50, 51),
        ]);
        await transact(source, records(TOPIC, 3, 5), "commit");
        await transact(source, [...records(TOPIC, 5, 6, 0), ...records(TOPIC, 6, 7, 1)], "abort");
        await source.client.produceMessages(records(TOPIC, 7, 8));
    });
    after(async () => {
        await clusters.stop();
    });

    it("have the committed records of a topic, in every partition, and no others", async () => {
        const expected = [0, 1, 2, 3, 4, 7].map((n) => `value ${n}`);
        assert.deepEqual((await values(TOPIC)).sort(), expected);
    });

    it("have nothing of a topic that does not exist", async () => {
        assert.deepEqual(await values("other"), []);
    });

    it("are read after the broker has died", async () => {
        await clusters.source.cluster.kill();
        assert.equal((await values(TOPIC)).length, 6);
    });
});
