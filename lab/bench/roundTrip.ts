import { apiVersionsV3 } from "@platformatic/kafka";
import { withConnection } from "../../kafka/rawConnection";
import type { BenchPair } from "./benchPair";
import { median } from "./statistics";

const REQUESTS = 9;
const TIMEOUT_MS = 10_000;

/**
 * What a request takes through the proxy of a site, in milliseconds: the median of a few that need no
 * credentials and little of the broker, whose own time is in it.
 */
export async function measureRoundTrip(
    pair: BenchPair,
    side: "source" | "target",
): Promise<number> {
    const connection = pair.cluster(side).connection("plainfar");
    const times: number[] = [];
    for (let request = 0; request < REQUESTS; request++) {
        // A listener with SASL answers this request once in each connection.
        await withConnection(connection, "kafka-dr-bench", TIMEOUT_MS, async (raw) => {
            const sent = performance.now();
            await apiVersionsV3.api.async(raw, "kafka-dr", "1");
            times.push(performance.now() - sent);
        });
    }
    return median(times);
}
