import assert from "node:assert/strict";
import type { Change } from "../support/rawSettings";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import { newState } from "./support/stackBackend";
import {
    auditPositions,
    deploy,
    namespacesFor,
    requestsSince,
    stackOnApiServers,
} from "./support/stacks";

const KAFKA_SOON: Change = ["readinessTimeouts", { kafkaSeconds: 3 }];
const MIRROR_MAKER_SOON: Change = ["readinessTimeouts", { mirrorMakerSeconds: 3 }];

describeOnApiServers("readiness", (apiServers) => {
    it("waits for a slow cluster, whatever it reports meanwhile", async () => {
        const namespaces = await namespacesFor(apiServers(), "late");
        const afterMs = 1000;
        apiServers().operators.source.script("Kafka", namespaces.source, {
            type: "ready",
            afterMs,
        });
        const before = auditPositions(apiServers()).source;
        const started = performance.now();
        await deploy(stackOnApiServers("prod", apiServers(), namespaces), newState());

        assert(performance.now() - started >= afterMs);
        const statuses = apiServers()
            .source.audit.since(before, "operator")
            .filter(({ uri }) => uri.endsWith(`/${namespaces.source}/kafkas/my-cluster/status`));
        assert(statuses.length >= 2, "it was told Creating, then Ready");
    });

    it("fails after the timeout for a cluster without an operator; the next run continues", async () => {
        const namespaces = await namespacesFor(apiServers(), "never");
        const operator = apiServers().operators.source;
        operator.script("Kafka", namespaces.source, { type: "ignored" });
        const state = newState();
        await assert.rejects(
            deploy(stackOnApiServers("prod", apiServers(), namespaces, [KAFKA_SOON]), state),
            new RegExp(
                `^EngineError: Kafka ${namespaces.source}/my-cluster exists but is not ready after 3 s: ` +
                    "condition=Ready does not hold; it has no conditions yet",
            ),
        );
        operator.script("Kafka", namespaces.source, { type: "ready" });
        const { outputs } = await deploy(
            stackOnApiServers("prod", apiServers(), namespaces),
            state,
        );
        assert.equal((outputs.connectorStates as unknown[]).length, 2);
        const after = auditPositions(apiServers());
        await deploy(stackOnApiServers("prod", apiServers(), namespaces), state);
        assert.deepEqual(
            requestsSince(apiServers(), after).filter(({ writes }) => writes),
            [],
        );
    });

    it("fails with the condition's own message", async () => {
        const namespaces = await namespacesFor(apiServers(), "not-ready");
        const message = "Error while waiting for restart of pod my-cluster-broker-10";
        apiServers().operators.source.script("Kafka", namespaces.source, {
            type: "notReady",
            reason: "FatalProblem",
            message,
        });
        await assert.rejects(
            deploy(stackOnApiServers("prod", apiServers(), namespaces, [KAFKA_SOON]), newState()),
            new RegExp(`Kafka ${namespaces.source}/my-cluster .*\\(FatalProblem\\): ${message}`),
        );
    });

    it("fails for a failed connector", async () => {
        const namespaces = await namespacesFor(apiServers(), "failed-connector");
        apiServers().operators.target.script("KafkaMirrorMaker2", namespaces.target, {
            type: "failedConnector",
            trace: "org.apache.kafka.common.KafkaException",
        });
        await assert.rejects(
            deploy(
                stackOnApiServers("prod", apiServers(), namespaces, [MIRROR_MAKER_SOON]),
                newState(),
            ),
            /KafkaMirrorMaker2 .*One or more connectors are in FAILED state/,
        );
    });

    it("ignores the Ready condition of an earlier generation during an update", async () => {
        const namespaces = await namespacesFor(apiServers(), "stale");
        const state = newState();
        await deploy(stackOnApiServers("prod", apiServers(), namespaces), state);
        apiServers().operators.target.script("KafkaMirrorMaker2", namespaces.target, {
            type: "ignored",
        });
        await assert.rejects(
            deploy(
                stackOnApiServers("prod", apiServers(), namespaces, [
                    MIRROR_MAKER_SOON,
                    ["mirror/tasksMax", 7],
                ]),
                state,
            ),
            /its status is that of generation 1, not 2/,
        );
    });
});
