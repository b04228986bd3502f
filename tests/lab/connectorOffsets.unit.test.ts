import assert from "node:assert/strict";
import {
    type Annotations,
    CONNECTOR_OFFSETS,
    manageOffsets,
    MIRRORMAKER_CONNECTOR,
    offsetsKey,
    type OffsetsEnvironment,
    offsetsRequest,
} from "../../lab/connect/connectorOffsets";
import { ConnectRestError, type ConnectRest } from "../../kafka/connectRest";
import type { ConfigMapObject, MirrorConnectorSpec } from "../../lab/objects";
import { topicChanges } from "../../lab/kafka/topics";
import type { KafkaTopicObject } from "../../lab/objects";
import { mirrorMakerObject, NAMESPACE } from "./support/objects";

const NAME = "src->tgt.MirrorSourceConnector";
const KEY = "src--tgt.MirrorSourceConnector.json";
const OFFSETS = { offsets: [{ partition: { topic: "t" }, offset: { offset: 7 } }] };
const mm2 = mirrorMakerObject();
const asked = (operation: string, connector = NAME): Annotations => ({
    [CONNECTOR_OFFSETS]: operation,
    [MIRRORMAKER_CONNECTOR]: connector,
});

/** A Kafka Connect with one connector, which records its requests. */
function fakeConnect(state: string, refusal?: Error) {
    const requests: unknown[] = [];
    const request = (name: string, body?: unknown): Promise<void> => {
        requests.push([name, body]);
        return refusal === undefined ? Promise.resolve() : Promise.reject(refusal);
    };
    const rest = {
        status: () => Promise.resolve({ connector: { state }, tasks: [] }),
        offsets: () => Promise.resolve(OFFSETS),
        alterOffsets: (_name: string, body: unknown) => request("alter", body),
        resetOffsets: () => request("reset"),
    } as unknown as ConnectRest;
    return { rest, requests };
}

describe("offsets of connectors", () => {
    const made: ConfigMapObject[] = [];
    const manage = async (
        annotations: Annotations,
        spec: MirrorConnectorSpec,
        rest: ConnectRest,
        data?: Record<string, string>,
    ) => {
        const metadata = { name: "offsets", namespace: NAMESPACE };
        const environment: OffsetsEnvironment = {
            rest,
            configMaps: (namespace, name) =>
                data !== undefined && namespace === NAMESPACE && name === "offsets"
                    ? { metadata, data }
                    : undefined,
            applyConfigMap: (configMap) => made.push(configMap),
            signal: new AbortController().signal,
        };
        const result = await manageOffsets(mm2, annotations, [{ name: NAME, spec }], environment);
        return { done: result.done, warnings: result.warnings.map(({ message }) => message) };
    };
    const stopped: MirrorConnectorSpec = {
        state: "stopped",
        alterOffsets: { fromConfigMap: { name: "offsets" } },
        listOffsets: { toConfigMap: { name: "offsets" } },
    };
    beforeEach(() => {
        made.length = 0;
    });

    it("have a key with two dashes in place of the arrow", () => {
        assert.equal(offsetsKey(NAME), KEY);
    });

    it("are set to those of the ConfigMap", async () => {
        const { rest, requests } = fakeConnect("STOPPED");
        const data = { [KEY]: JSON.stringify(OFFSETS) };
        const result = await manage(asked("alter"), stopped, rest, data);
        assert.deepEqual(result, { done: true, warnings: [] });
        assert.deepEqual(requests, [["alter", OFFSETS]]);
    });

    it("are reset", async () => {
        const { rest, requests } = fakeConnect("STOPPED");
        const { done } = await manage(asked("reset"), { state: "stopped" }, rest);
        assert.equal(done, true);
        assert.deepEqual(requests, [["reset", undefined]]);
    });

    it("are written to a ConfigMap that keeps its other keys, in any state of the connector", async () => {
        const { rest } = fakeConnect("RUNNING");
        const running: MirrorConnectorSpec = { listOffsets: { toConfigMap: { name: "offsets" } } };
        const { done } = await manage(asked("list"), running, rest, { other: "x" });
        assert.equal(done, true);
        assert.deepEqual(made[0]?.data, { other: "x", [KEY]: JSON.stringify(OFFSETS) });
    });

    const { alterOffsets, ...withoutSource } = stopped;
    const warned: readonly [string, Parameters<typeof manage>, RegExp][] = [
        [
            "a running connector",
            [asked("alter"), { alterOffsets }, fakeConnect("RUNNING").rest],
            /^Encountered error altering connector offsets\. Connector is not in STOPPED state$/,
        ],
        [
            "no ConfigMap named",
            [asked("alter"), withoutSource, fakeConnect("STOPPED").rest],
            /^Failed to alter the connector offsets due to missing property alterOffsets/,
        ],
        [
            "no such ConfigMap",
            [asked("alter"), stopped, fakeConnect("STOPPED").rest],
            /ConfigMap kafka\/offsets does not exist\.$/,
        ],
        [
            "no key for the connector",
            [asked("alter"), stopped, fakeConnect("STOPPED").rest, { other: "x" }],
            /Data field src--tgt\.MirrorSourceConnector\.json is missing\.$/,
        ],
        [
            "invalid JSON",
            [asked("alter"), stopped, fakeConnect("STOPPED").rest, { [KEY]: "{" }],
            /Failed to parse contents of src--tgt\.MirrorSourceConnector\.json as JSON/,
        ],
        [
            "a refusal of Connect",
            [
                asked("reset"),
                stopped,
                fakeConnect("STOPPED", new ConnectRestError("DELETE", 400, "no")).rest,
            ],
            /^Encountered error resetting connector offsets\. DELETE: 400 no$/,
        ],
        [
            "one annotation without the other",
            [{ [CONNECTOR_OFFSETS]: "alter" }, stopped, fakeConnect("STOPPED").rest],
            /kafka\/mirror is missing annotation strimzi\.io\/mirrormaker-connector$/,
        ],
    ];
    for (const [what, input, message] of warned) {
        it(`are left with a warning by ${what}`, async () => {
            const { done, warnings } = await manage(...input);
            assert.equal(done, false);
            assert.equal(warnings.length, 1);
            assert.match(warnings[0]!, message);
        });
    }

    it("are ignored for a connector that does not exist", async () => {
        const { rest, requests } = fakeConnect("STOPPED");
        const result = await manage(asked("reset", "other"), stopped, rest);
        assert.deepEqual(result, { done: false, warnings: [] });
        assert.deepEqual(requests, []);
    });

    it("refuse an operation that Strimzi does not know", () => {
        assert.throws(() => offsetsRequest(mm2, asked("drop")), /must be list, alter or reset/);
    });
});

describe("changes of a KafkaTopic", () => {
    const topic = (spec: KafkaTopicObject["spec"]): KafkaTopicObject => ({
        apiVersion: "kafka.strimzi.io/v1",
        kind: "KafkaTopic",
        metadata: { name: "t", namespace: NAMESPACE },
        spec,
    });

    it("add partitions, and set or remove configuration", () => {
        const before = topic({ partitions: 1, config: { a: 1, b: "x", c: true } });
        const after = topic({ partitions: 3, config: { a: 1, b: "y" } });
        assert.deepEqual(topicChanges(before, after, 1), {
            partitions: 3,
            set: { b: "y" },
            unset: ["c"],
        });
        assert.deepEqual(topicChanges(after, after, 3), { set: {}, unset: [] });
    });

    it("refuse fewer partitions, another name and other replicas", () => {
        const before = topic({ partitions: 3, replicas: 1 });
        const refused: [KafkaTopicObject["spec"], RegExp][] = [
            [{ partitions: 1, replicas: 1 }, /decreasing partitions .* 3 -> 1/],
            [{ partitions: 3, replicas: 1, topicName: "u" }, /topicName cannot be changed/],
            [{ partitions: 3, replicas: 2 }, /replicas cannot be changed/],
        ];
        for (const [spec, message] of refused) {
            assert.throws(() => topicChanges(before, topic(spec), 3), message);
        }
    });
});
