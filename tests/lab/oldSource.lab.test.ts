import assert from "node:assert/strict";
import { ensureArtifacts } from "../../lab/artifacts/artifacts";
import kafka37 from "../../lab/artifacts/kafka-3.7.lock.json";
import { Supervisor } from "../../lab/process/supervisor";
import { GroupConsumer } from "../../lab/rehearsal/consumer";
import { LabPair, PARTITIONS, TOPIC, USER } from "../../lab/rehearsal/labPair";
import { NumberedProducer } from "../../lab/rehearsal/producer";
import { plannedSwitch } from "../../lab/rehearsal/switchScenarios";

describe("a source of Kafka 3.7", function () {
    let supervisor: Supervisor;
    let pair: LabPair;

    before(async () => {
        supervisor = await Supervisor.create();
        const jars = (await ensureArtifacts(kafka37)).filter((file) => file.endsWith(".jar"));
        pair = await LabPair.start({ supervisor, sourceClassPath: jars });
    });
    after(async () => {
        await supervisor.stop();
        await pair.close();
    });

    it("fails over as planned, without a loss", async () => {
        const { problems } = await plannedSwitch({
            producer: new NumberedProducer("order", TOPIC, PARTITIONS),
            consumer: new GroupConsumer(USER, TOPIC),
            lost: new Set(),
        }).run(pair);
        assert.deepEqual(problems, []);
    });
});
