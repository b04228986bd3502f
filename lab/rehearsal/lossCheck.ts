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

/** What a producer knows of its records. */
type Written = Pick<NumberedProducer, "acknowledged" | "unanswered">;

/**
 * Counts what a site has of the records that were acknowledged to a producer, in the files of its
 * brokers. It shares neither the client nor the view of the commands, so what these do not see is
 * counted all the same. A topic that does not exist holds nothing.
 */
export async function holdingOf(
    pair: LabPair,
    site: SiteName,
    topic: string,
    written: Written,
): Promise<Holding> {
    return holding(await pair.valuesInLogFiles(site, topic), written);
}

/**
 * Whether a client finds all but so many of the acknowledged records at a site, to know when to stop
 * waiting. It is no proof: `holdingOf` is.
 */
export async function seemsToHold(
    pair: LabPair,
    site: SiteName,
    topic: string,
    written: Written,
    lost: number,
): Promise<boolean> {
    const values = await withAdmin(pair, site, async (client) =>
        (await client.topics()).includes(topic) ? client.values(topic) : [],
    );
    return holding(values, written).lost.length === lost;
}

function holding(values: readonly string[], { acknowledged, unanswered }: Written): Holding {
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
