import { Connection } from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "./connection";

/**
 * Connects to the first of the bootstrap servers, without looking for the others. For requests that
 * a particular node must answer. Close it after use.
 * @param timeoutMs for the connection, and for each request
 */
export async function openConnection(
    connection: KafkaConnection,
    clientId: string,
    timeoutMs: number,
): Promise<Connection> {
    const { bootstrapBrokers, ...options } = clientOptions(connection, clientId);
    const [host = "", port] = bootstrapBrokers[0]?.split(":") ?? [];
    const raw = new Connection(clientId, {
        ...options,
        connectTimeout: timeoutMs,
        requestTimeout: timeoutMs,
    });
    // A refused connection rejects `connect`; nobody else listens to its error.
    raw.on("error", () => undefined);
    try {
        await raw.connect(host, Number(port));
        return raw;
    } catch (error) {
        await raw.close();
        throw error;
    }
}

/** Opens a connection in the same way, and closes it after use. */
export async function withConnection<T>(
    connection: KafkaConnection,
    clientId: string,
    timeoutMs: number,
    use: (raw: Connection) => Promise<T>,
): Promise<T> {
    const raw = await openConnection(connection, clientId, timeoutMs);
    try {
        return await use(raw);
    } finally {
        await raw.close();
    }
}
