import type { BenchPair } from "./benchPair";
import { MIRROR } from "./benchStack";
import { producerRate, startProducer } from "./producerPerformance";
import type { Cell } from "./result";
import { mirrorUserName } from "../../strimzi/builders/names";

/** What the tool writes in a second on a machine with two cores, about. */
const ROUGH_RATE = 500_000;

/**
 * Kafka's own ProducerPerformance writes to the target's broker, as the user of MM2 and through the
 * same listener: what the mirror could reach if reading and Connect cost nothing.
 */
export async function producerRun(pair: BenchPair, cell: Cell, seconds: number) {
    const topic = `bench-producer-${cell.recordBytes}-${cell.partitions}p`;
    await pair.reset();
    // The user may write to what it is to mirror.
    await pair.update({ "kafka-dr:mirror.topicsPattern": topic });
    await pair.clients.target.createTopic(topic, { partitions: cell.partitions });
    pair.networks.target.delay(cell.roundTripMs / 2);
    const listener = cell.transport === "tls" ? "tlsfar" : "plainfar";
    const user = mirrorUserName({ name: MIRROR, credentialsRevision: 1 }, "target");
    const records = Math.round((ROUGH_RATE * seconds * 100) / cell.recordBytes);
    const producer = await startProducer(pair.supervisor, {
        connection: pair.connectionAs(user, "target", listener),
        topic,
        records,
        recordBytes: cell.recordBytes,
    });
    return { records, seconds: records / (await producerRate(producer)) };
}
