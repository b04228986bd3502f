import { Admin, apiVersionsV3 } from "@platformatic/kafka";
import {
    clientOptions,
    type KafkaConnection,
    type KeyAndCertificate,
    withConnection,
} from "../../kafka/connection";
import { DEFAULT_START_TIMEOUT_MS, type LabContext } from "../context";
import type { KafkaObject } from "../objects";
import { waitUntil } from "../process/wait";
import type { ClusterConnections } from "./clusterConnections";

const CLIENT_ID = "lab-readiness";
const TIMEOUT_MS = 2000;

async function wait(
    lab: LabContext,
    what: string,
    condition: () => Promise<boolean>,
): Promise<void> {
    await waitUntil(what, condition, {
        timeoutMs: lab.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS,
        intervalMs: 100,
        signal: lab.supervisor.signal,
    });
}

/** Waits until the metadata of one broker contains every broker of the cluster. */
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
 * Waits until a listener of one broker answers ApiVersions, the request that needs no SASL login.
 * Where TLS requires a client certificate, the connection must have one.
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

/**
 * Waits until every broker is registered and each of its declared listeners answers.
 * @param probe the client certificate for listeners that require one
 */
export async function waitForCluster(
    lab: LabContext,
    kafka: KafkaObject,
    connections: ClusterConnections,
    probe: KeyAndCertificate,
): Promise<void> {
    const { brokers } = connections;
    const ids = brokers.map(({ id }) => id);
    await Promise.all(
        brokers.flatMap((broker) => [
            waitForBroker(lab, broker.name, connections.replication(broker), ids),
            ...kafka.spec.kafka.listeners.map(({ name, authentication }) =>
                waitForListener(
                    lab,
                    `listener ${name} of ${broker.name}`,
                    connections.ownListener(
                        name,
                        broker,
                        authentication?.type === "tls" ? probe : undefined,
                    ),
                ),
            ),
        ]),
    );
}
