import assert from "node:assert/strict";
import fc from "fast-check";
import type { LogRecord } from "../../../kafka/recordBatches";
import { Digester } from "../../../cli/verify/digest";
import { defaultScope, narrowed, samplePartitions, scopeOf } from "../../../cli/verify/scope";
import { configDifferences, CONFIGS_NOT_SYNCED } from "../../../cli/verify/snapshot";
import type { TopicConfig } from "../../../kafka/topicConfigs";
import { settingsOf } from "../../../cli/shared/settings";

describe("configDifferences", () => {
    const config = (value: string, change: Partial<TopicConfig> = {}): TopicConfig => ({
        value,
        isDefault: false,
        isOwn: true,
        isFixed: false,
        ...change,
    });
    const broker = { isDefault: true, isOwn: false };
    const cases: readonly [
        name: string,
        from: TopicConfig,
        to: TopicConfig | undefined,
        isDifferent: boolean,
    ][] = [
        ["the same value", config("1"), config("1"), false],
        ["another value", config("1"), config("2"), true],
        ["a configuration that `to` does not know", config("1"), undefined, true],
        [
            "Kafka's default, and the brokers' value at `to`",
            config("1", broker),
            config("2", broker),
            false,
        ],
        ["Kafka's default, and the topic's value at `to`", config("1", broker), config("2"), true],
        [
            "the brokers' value, and Kafka's default at `to`",
            config("1", { isOwn: false }),
            config("2", broker),
            true,
        ],
        ["a configuration that cannot be set", config("1", { isFixed: true }), config("2"), false],
    ];
    for (const [name, from, to, isDifferent] of cases) {
        it(`finds ${isDifferent ? "a difference" : "no difference"} in ${name}`, () => {
            const found = configDifferences(
                new Map([["retention.ms", from]]),
                new Map(to ? [["retention.ms", to]] : []),
            );
            assert.equal(found.length, isDifferent ? 1 : 0);
        });
    }

    it("ignores configuration that MirrorMaker 2 does not copy", () => {
        for (const name of CONFIGS_NOT_SYNCED) {
            const found = configDifferences(
                new Map([[name, config("1")]]),
                new Map([[name, config("2")]]),
            );
            assert.deepEqual(found, []);
        }
    });
});

describe("Digester", () => {
    const bytes = fc.option(fc.uint8Array({ maxLength: 3, max: 2 }).map((raw) => Buffer.from(raw)));
    const header = fc.tuple(bytes, bytes);
    const content = fc.record({
        key: bytes,
        value: bytes,
        headers: fc.array(header, { maxLength: 2 }),
        timestamp: fc.nat({ max: 2 }),
    });
    interface Content {
        readonly key: Buffer | null;
        readonly value: Buffer | null;
        readonly headers: LogRecord["headers"];
        readonly timestamp: number;
    }
    const digest = ({ timestamp, ...record }: Content, withTimestamp = true): number => {
        const batch = {
            firstOffset: 5n,
            firstTimestamp: 0n,
            records: [
                {
                    ...record,
                    length: 0,
                    attributes: 0,
                    offsetDelta: 1,
                    timestampDelta: BigInt(timestamp),
                },
            ],
        };
        const { digests, offsets, timestamps } = new Digester(withTimestamp).digest([batch], 0, 10);
        assert.deepEqual([offsets, timestamps], [[6], [timestamp]]);
        return digests[0]!;
    };

    it("gives equal numbers for equal contents only", () => {
        fc.assert(
            fc.property(content, content, (one, other) => {
                const text = (value: Content) => JSON.stringify(value);
                assert.equal(digest(one) === digest(other), text(one) === text(other));
            }),
            { numRuns: 2000 },
        );
    });

    it("ignores the timestamp where brokers replace it", () => {
        const record = { key: null, value: Buffer.from("v"), headers: [] };
        const [one, other] = [
            { ...record, timestamp: 1 },
            { ...record, timestamp: 2 },
        ];
        assert.notEqual(digest(one), digest(other));
        assert.equal(digest(one, false), digest(other, false));
    });

    it("accepts records of any length, and only those of the range", () => {
        const record = (offsetDelta: number, size: number): LogRecord => ({
            timestampDelta: 0n,
            offsetDelta,
            key: null,
            value: Buffer.alloc(size, "x"),
            headers: [],
        });
        const records = [1, 10, 100_000, 10, 100_000].map((size, i) => record(i, size));
        const batch = { firstOffset: 10n, firstTimestamp: 0n, records };
        const { digests, offsets } = new Digester(true).digest([batch], 11, 14);
        assert.deepEqual(offsets, [11, 12, 13]);
        assert.equal(digests[0], digests[2]);
        assert.notEqual(digests[0], digests[1]);
    });
});

describe("samplePartitions", () => {
    const all = Array.from({ length: 1000 }, (_unused, partition) => ({
        topic: "orders",
        partition,
    }));

    it("chooses about the fraction, always the same partitions, and adds further ones for a larger fraction", () => {
        const { chosen, others } = samplePartitions(all, 0.3);
        assert(chosen.length > 240 && chosen.length < 360, `${chosen.length}`);
        assert.equal(chosen.length + others.length, all.length);
        assert.deepEqual(samplePartitions(all.toReversed(), 0.3).chosen.toReversed(), chosen);
        const more = samplePartitions(all, 0.5).chosen;
        assert(chosen.every((partition) => more.includes(partition)));
        assert.equal(samplePartitions(all, 1).others.length, 0);
    });

    it("chooses at least one", () => {
        assert.equal(samplePartitions(all, 1e-9).chosen.length, 1);
        assert.equal(samplePartitions([], 1).chosen.length, 0);
    });
});

describe("the scope of a comparison", () => {
    it("contains the topics that MirrorMaker 2 mirrors by default", () => {
        const { isMirroredTopic, isMirroredGroup, toTopic, unexpected } = defaultScope();
        const topics = ["orders", "__consumer_offsets", "a.checkpoints.internal", "b.replica"];
        assert.deepEqual(topics.filter(isMirroredTopic), ["orders"]);
        assert.deepEqual(["app", "connect-mm2", "__x"].filter(isMirroredGroup), ["app"]);
        assert.equal(toTopic("orders"), "orders");
        // Its name at the target has an alias, which only a stack tells.
        assert.equal(isMirroredTopic("device-heartbeats"), false);
        assert.deepEqual(
            unexpected([...topics, "device-heartbeats"]).map(({ topic }) => topic),
            ["device-heartbeats"],
        );
    });

    it("follows the settings and the replication policy of a stack", () => {
        const settings = settingsOf("lab");
        const { mirror } = settings;
        const renamed = scopeOf({
            ...settings,
            mirror: { ...mirror, topicsPattern: "a.*", replicationPolicy: "default", epoch: 2 },
        });
        assert.equal(renamed.toTopic("abc"), "my-cluster-2.abc");
        assert.deepEqual(["abc", "xyz"].filter(renamed.isMirroredTopic), ["abc"]);
    });

    it("tells which topics MirrorMaker 2 leaves out or renames against the settings", () => {
        const settings = settingsOf("lab");
        const [declared] = settings.topics;
        const { isMirroredTopic, toTopic, unexpected } = scopeOf({
            ...settings,
            topics: [...settings.topics, { ...declared!, name: "orders.replica" }],
        });
        const names = ["orders.internal", "device-heartbeats", ".y", "__x", "my-topic"];
        assert.deepEqual(names.filter(isMirroredTopic), [
            "orders.internal",
            "device-heartbeats",
            "my-topic",
        ]);
        assert.equal(toTopic("device-heartbeats"), "my-cluster.device-heartbeats");
        assert.deepEqual(
            unexpected(names).map(({ topic, toTopic: copy }) => [topic, copy]),
            [
                [".y", undefined],
                ["device-heartbeats", "my-cluster.device-heartbeats"],
                ["orders.replica", undefined],
            ],
        );
    });

    it("is limited to the named topics", () => {
        const { isMirroredTopic, isMirroredGroup } = narrowed(defaultScope(), ["__odd"], []);
        assert.deepEqual(["orders", "__odd"].filter(isMirroredTopic), ["__odd"]);
        assert.deepEqual(["app"].filter(isMirroredGroup), ["app"]);
    });
});
