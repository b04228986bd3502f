import type { SiteName } from "../../config/settingsSchema";
import { KafkaClient } from "../../kafka/kafkaClient";
import type { LabPair } from "./labPair";
import type { NumberedProducer } from "./producer";

/** What a topic holds of the records that a producer wrote. */
export interface Holding {
    /** Acknowledged records that it has. */
    readonly present: number;
    /** Acknowledged records that it does not have. */
    readonly lost: readonly string[];
    /** Copies of records beyond the first. */
    readonly repeated: number;
}

/**
 * Reads a whole topic of a site and counts, with a client that shares no code with `verify`. A topic
 * that does not exist holds nothing.
 */
export async function holdingOf(
    pair: LabPair,
    site: SiteName,
    topic: string,
    { acknowledged, unanswered }: Pick<NumberedProducer, "acknowledged" | "unanswered">,
): Promise<Holding> {
    const values = await withAdmin(pair, site, async (client) =>
        (await client.topics()).includes(topic) ? client.values(topic) : [],
    );
    // Other producers write to the same topic.
    const own = values.filter((value) => acknowledged.has(value) || unanswered.has(value));
    const distinct = new Set(own);
    const lost = [...acknowledged].filter((value) => !distinct.has(value));
    return {
        present: acknowledged.size - lost.length,
        lost,
        repeated: own.length - distinct.size,
    };
}

/** Lets `use` talk to a site as its administrator. */
export async function withAdmin<T>(
    pair: LabPair,
    site: SiteName,
    use: (client: KafkaClient) => Promise<T>,
): Promise<T> {
    const client = new KafkaClient(pair.cluster(site).adminConnection());
    try {
        return await use(client);
    } finally {
        await client.close();
    }
}
