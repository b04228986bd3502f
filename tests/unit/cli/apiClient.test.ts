import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { ApiClient, UnreachableError } from "../../../cli/shared/kubernetes/apiClient";
import { createClusterCa } from "../../../lab/kafka/certificateAuthorities";

/** An API server that closes each connection instead of answering the second request on it. */
describe("a request to an API server that closes open connections", () => {
    let server: Server;
    let client: ApiClient;
    const connections = new Set<Socket>();
    const handled: string[] = [];

    before(async () => {
        const ca = await createClusterCa("test");
        const { certificate, key } = await ca.issue("api-server");
        server = createServer({ cert: certificate, key }, (request, response) => {
            if (connections.has(request.socket)) {
                request.socket.destroy();
                return;
            }
            connections.add(request.socket);
            handled.push(request.method ?? "");
            response.setHeader("content-type", "application/json");
            response.end("{}");
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        const config = new KubeConfig();
        config.loadFromClusterAndUser(
            {
                name: "test",
                server: `https://127.0.0.1:${port}`,
                caData: Buffer.from(ca.certificate).toString("base64"),
                skipTLSVerify: false,
            },
            { name: "test" },
        );
        client = new ApiClient(config);
    });
    after(() => {
        server.closeAllConnections();
        server.close();
    });
    beforeEach(() => {
        handled.length = 0;
    });

    for (const method of ["GET", "PUT", "PATCH"] as const) {
        it(`is sent once more if it may be repeated: ${method}`, async () => {
            for (let i = 0; i < 3; i++) {
                await client.request({ method, path: "/api" });
            }
            assert.deepEqual(handled, [method, method, method]);
        });
    }

    for (const method of ["POST", "DELETE"] as const) {
        it(`has a connection of its own if it may not be repeated: ${method}`, async () => {
            await client.request({ path: "/api" });
            await client.request({ method, path: "/api" });
            await client.request({ method, path: "/api" });
            assert.deepEqual(handled, ["GET", method, method]);
        });
    }

    it("fails when a new connection is closed as well", async () => {
        const closing = createServer((request) => request.socket.destroy());
        closing.listen(0, "127.0.0.1");
        await once(closing, "listening");
        const { port } = closing.address() as AddressInfo;
        const config = new KubeConfig();
        const cluster = { name: "test", server: `https://127.0.0.1:${port}`, skipTLSVerify: true };
        config.loadFromClusterAndUser(cluster, { name: "test" });
        await assert.rejects(new ApiClient(config).request({ path: "/api" }), UnreachableError);
        closing.close();
    });
});
