import assert from "node:assert/strict";
import { connectorStates } from "../../../components/connectorStates";

describe("connectorStates", () => {
    it("is empty for an MM2 without workers", () => {
        assert.deepEqual(connectorStates(undefined), []);
    });

    it("keeps a failed task and omits its stack trace", () => {
        const states = connectorStates([
            {
                name: "a->b.MirrorSourceConnector",
                connector: { state: "RUNNING", worker_id: "w:8083" },
                tasks: [
                    { id: 1, state: "FAILED", trace: "org.apache.kafka...", worker_id: "w:8083" },
                    { id: 0, state: "RUNNING", worker_id: "w:8083" },
                ],
            },
        ]);
        assert.deepEqual(states, [
            {
                name: "a->b.MirrorSourceConnector",
                state: "RUNNING",
                tasks: [
                    { id: 0, state: "RUNNING" },
                    { id: 1, state: "FAILED" },
                ],
            },
        ]);
    });

    it("reports UNKNOWN for optional fields that the operator left out", () => {
        assert.deepEqual(connectorStates([{ name: "a" }, "nonsense", null]), [
            { name: "a", state: "UNKNOWN", tasks: [] },
        ]);
    });
});
