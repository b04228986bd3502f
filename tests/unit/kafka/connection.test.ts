import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { Admin, Connection, instancesChannel } from "@platformatic/kafka";
import { clientOptions } from "../../../kafka/connection";

describe("a connection", () => {
    it("that the broker resets after a failed login does not end the process", async () => {
        let accepted: Socket | undefined;
        let closed: Promise<void> | undefined;
        const notice = (created: unknown): void => {
            const { instance } = created as { readonly instance: unknown };
            if (instance instanceof Connection) {
                closed = new Promise((resolve) => instance.once("close", resolve));
            }
        };
        instancesChannel.subscribe(notice);
        // The client ends its side at the failure; this one stays open.
        const server = createServer({ allowHalfOpen: true }, (socket) => {
            accepted = socket.resume();
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        const credentials = { username: "me", password: "mine", mechanism: "UNKNOWN" as never };
        const admin = new Admin({
            ...clientOptions({ bootstrapServers: `127.0.0.1:${port}`, credentials }, "test"),
            retries: 0,
        });
        try {
            await assert.rejects(admin.metadata({ topics: [] }), /Cannot connect to any broker/);
            await admin.close();
            assert(accepted !== undefined);
            if (!accepted.readableEnded) {
                await once(accepted, "end");
            }
            accepted.resetAndDestroy();
            // Mocha reports an unhandled error as that of the running test.
            await closed;
        } finally {
            instancesChannel.unsubscribe(notice);
            server.close();
        }
    });
});
