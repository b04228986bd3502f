import assert from "node:assert/strict";
import type { Change } from "../support/rawSettings";
import { describeOnClusters } from "./apiServers/sharedApiServers";
import { newState } from "./support/stackBackend";
import { auditPositions, deploy, namespacesFor, requestsSince, stackOnBed } from "./support/stacks";

const KAFKA_SOON: Change = ["readinessTimeouts", { kafkaSeconds: 3 }];
const MIRROR_MAKER_SOON: Change = ["readinessTimeouts", { mirrorMakerSeconds: 3 }];

describeOnClusters("readiness", (bed) => {
    it("waits for a cluster that is late, whatever it says meanwhile", async () => {
        const namespaces = await namespacesFor(bed(), "late");
        const afterMs = 1000;
        bed().operators.source.script("Kafka", namespaces.source, { type: "ready", afterMs });
        const before = auditPositions(bed()).source;
        const started = performance.now();
        await deploy(stackOnBed("prod", bed(), namespaces), newState());

        assert(performance.now() - started >= afterMs);
        const statuses = bed()
            .source.audit.since(before, "operator")
            .filter(({ uri }) => uri.endsWith(`/${namespaces.source}/kafkas/my-cluster/status`));
        assert(statuses.length >= 2, "it was told Creating, then Ready");
    });

    it("fails in time on a cluster that nobody looks after; the next run goes on from there", async () => {
        const namespaces = await namespacesFor(bed(), "never");
        const operator = bed().operators.source;
        operator.script("Kafka", namespaces.source, { type: "ignored" });
        const state = newState();
        await assert.rejects(
            deploy(stackOnBed("prod", bed(), namespaces, [KAFKA_SOON]), state),
            new RegExp(
                `^EngineError: Kafka ${namespaces.source}/my-cluster exists but is not ready after 3 s: ` +
                    "condition=Ready does not hold; it has no conditions yet",
            ),
        );
        operator.script("Kafka", namespaces.source, { type: "ready" });
        const { outputs } = await deploy(stackOnBed("prod", bed(), namespaces), state);
        assert.equal((outputs.connectorStates as unknown[]).length, 2);
        const after = auditPositions(bed());
        await deploy(stackOnBed("prod", bed(), namespaces), state);
        assert.deepEqual(
            requestsSince(bed(), after).filter(({ writes }) => writes),
            [],
        );
    });

    it("fails with the condition's own message", async () => {
        const namespaces = await namespacesFor(bed(), "not-ready");
        const message = "Error while waiting for restart of pod my-cluster-broker-10";
        bed().operators.source.script("Kafka", namespaces.source, {
            type: "notReady",
            reason: "FatalProblem",
            message,
        });
        await assert.rejects(
            deploy(stackOnBed("prod", bed(), namespaces, [KAFKA_SOON]), newState()),
            new RegExp(`Kafka ${namespaces.source}/my-cluster .*\\(FatalProblem\\): ${message}`),
        );
    });

    it("fails on a connector that failed", async () => {
        const namespaces = await namespacesFor(bed(), "failed-connector");
        bed().operators.target.script("KafkaMirrorMaker2", namespaces.target, {
            type: "failedConnector",
            trace: "org.apache.kafka.common.KafkaException",
        });
        await assert.rejects(
            deploy(stackOnBed("prod", bed(), namespaces, [MIRROR_MAKER_SOON]), newState()),
            /KafkaMirrorMaker2 .*One or more connectors are in FAILED state/,
        );
    });

    it("does not take the Ready of an earlier generation for that of an update", async () => {
        const namespaces = await namespacesFor(bed(), "stale");
        const state = newState();
        await deploy(stackOnBed("prod", bed(), namespaces), state);
        bed().operators.target.script("KafkaMirrorMaker2", namespaces.target, { type: "ignored" });
        await assert.rejects(
            deploy(
                stackOnBed("prod", bed(), namespaces, [MIRROR_MAKER_SOON, ["mirror/tasksMax", 7]]),
                state,
            ),
            /its status is that of generation 1, not 2/,
        );
    });
});
