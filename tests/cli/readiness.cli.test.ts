import assert from "node:assert/strict";
import { assertSucceeded, changes } from "./support/assertions";
import { describeWithPulumi } from "./support/describeWithPulumi";
import { settingsOnApiServers } from "./support/settings";
import { namespacesOf } from "../cluster/support/stacks";

const TIMEOUT_SECONDS = 10;

describeWithPulumi(
    "a Kafka that does not become Ready, under the real pulumi CLI",
    "dev",
    (world) => {
        const namespaces = namespacesOf("cli-unready");

        before(async () => {
            const { apiServers, stack } = world();
            await stack.configure(
                settingsOnApiServers("dev", apiServers, namespaces, [
                    "readinessTimeouts/kafkaSeconds",
                    TIMEOUT_SECONDS,
                ]),
            );
        });

        it("fails within the timeout with the name of the resource", async () => {
            const { apiServers, stack } = world();
            apiServers.operators.source.script("Kafka", namespaces.source, {
                type: "notReady",
                reason: "UnforcedError",
                message: "the disk is full",
            });
            const up = await stack.up();
            assert(up.failed);
            // The provider names the resource, but does not report the condition's message.
            assert.match(up.errors.join("\n"), /kafka-dr-source-kafka" was .*timed out waiting/);
            assert(
                up.seconds >= TIMEOUT_SECONDS && up.seconds < TIMEOUT_SECONDS + 60,
                `${up.seconds} s`,
            );
        });

        it("converges in a second up", async () => {
            const { apiServers, stack } = world();
            apiServers.operators.source.script("Kafka", namespaces.source, { type: "ready" });
            assertSucceeded(await stack.up());
            assert.deepEqual(changes(await stack.preview()), []);
        });

        it("can be destroyed", async () => {
            assertSucceeded(await world().stack.destroy());
        });
    },
);
