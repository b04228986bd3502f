import type { KafkaConnection } from "../../kafka/connection";
import { KafkaClient } from "../../kafka/kafkaClient";
import type { NumberedProducer } from "./producer";

/** What a topic holds of what a producer wrote. */
export interface Holding {
    /** Acknowledged records that are there. */
    readonly present: number;
    /** Acknowledged records that are not. */
    readonly lost: readonly string[];
    /** Copies of records beyond the first. */
    readonly repeated: number;
    /** Records that nobody wrote. */
    readonly alien: number;
}

/** Reads a whole topic and counts, with a client of its own that knows nothing of `verify`. */
export async function holding(
    connection: KafkaConnection,
    topic: string,
    producer: Pick<NumberedProducer, "acknowledged" | "unanswered">,
): Promise<Holding> {
    const client = new KafkaClient(connection);
    try {
        const values = await client.values(topic);
        const distinct = new Set(values);
        const lost = [...producer.acknowledged].filter((value) => !distinct.has(value));
        const alien = [...distinct].filter(
            (value) => !producer.acknowledged.has(value) && !producer.unanswered.has(value),
        );
        return {
            present: producer.acknowledged.size - lost.length,
            lost,
            repeated: values.length - distinct.size,
            alien: alien.length,
        };
    } finally {
        await client.close();
    }
}
