import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import type { KeyAndCertificate } from "../../../kafka/connection";

/**
 * Connects over TLS to a listener with a broker's key and certificate, trusting the given
 * certificates and nothing else. Returns why the client refused, or `trusted`.
 */
export async function handshake(
    broker: KeyAndCertificate,
    trusted: readonly string[],
): Promise<string> {
    const server = createServer({ key: broker.key, cert: broker.certificate }, (socket) => {
        socket.end();
    });
    // The client's refusal reaches the server as a reset.
    server.on("tlsClientError", () => undefined);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    let socket: TLSSocket | undefined;
    try {
        socket = connect({
            host: "127.0.0.1",
            port,
            servername: "localhost",
            ca: [...trusted],
        });
        await once(socket, "secureConnect");
        return "trusted";
    } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? String(error);
    } finally {
        socket?.destroy();
        server.close();
    }
}
