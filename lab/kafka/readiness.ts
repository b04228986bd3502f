import { Admin, apiVersionsV3 } from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "../../kafka/connection";
import { withConnection } from "../../kafka/rawConnection";
import { DEFAULT_START_TIMEOUT_MS, type LabContext } from "../context";
import { waitFor } from "../process/wait";

const CLIENT_ID = "lab-readiness";
const TIMEOUT_MS = 2000;

async function wait(lab: LabContext, what: string, probe: () => Promise<boolean>): Promise<void> {
    await waitFor(what, async () => ((await probe()) ? true : undefined), {
        timeoutMs: lab.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS,
        intervalMs: 100,
        signal: lab.supervisor.signal,
    });
}

/** Waits until one broker, asked by a super user, names every broker of the cluster. */
export async function waitForBroker(
    lab: LabContext,
    name: string,
    connection: KafkaConnection,
    brokerIds: readonly number[],
): Promise<void> {
    await wait(lab, `${name} answers and knows brokers ${brokerIds.join(", ")}`, async () => {
        const admin = new Admin({
            ...clientOptions(connection, CLIENT_ID),
            retries: 0,
            connectTimeout: TIMEOUT_MS,
            requestTimeout: TIMEOUT_MS,
        });
        try {
            const { brokers } = await admin.metadata({ topics: [], forceUpdate: true });
            return brokerIds.every((id) => brokers.has(id));
        } finally {
            await admin.close();
        }
    });
}

/**
 * Waits until a listener of one broker answers the request that Kafka answers before anyone has to
 * say who they are; where TLS asks for a certificate, the connection must carry one.
 */
export async function waitForListener(
    lab: LabContext,
    name: string,
    connection: KafkaConnection,
): Promise<void> {
    await wait(lab, `${name} answers`, async () =>
        withConnection(connection, CLIENT_ID, TIMEOUT_MS, async (raw) => {
            await apiVersionsV3.api.async(raw, CLIENT_ID, "1");
            return true;
        }),
    );
}
