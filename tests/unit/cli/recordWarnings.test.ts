import assert from "node:assert/strict";
import { type ConfiguredTopic, limitFindings } from "../../../cli/shared/mirror/recordWarnings";
import {
    estimatedBytes,
    isRefused,
    type Refusal,
    refusalOf,
    taskFailureOf,
} from "../../../cli/shared/mirror/taskFailure";
import type { TopicConfigs } from "../../../kafka/topicConfigs";

const UNLIMITED = "9223372036854775807";

function configs(values: Readonly<Record<string, string>>): TopicConfigs {
    const all = {
        "max.message.bytes": "1048588",
        "message.timestamp.after.max.ms": "3600000",
        "message.timestamp.before.max.ms": UNLIMITED,
        "message.timestamp.type": "CreateTime",
        ...values,
    };
    return new Map(
        Object.entries(all).map(([name, value]) => [
            name,
            { value, isDefault: false, isOwn: true, isFixed: false },
        ]),
    );
}

const topic = (
    from: Readonly<Record<string, string>>,
    to?: Readonly<Record<string, string>>,
): ConfiguredTopic => ({
    topic: "orders",
    configs: { from: configs(from), ...(to && { to: configs(to) }) },
});

describe("limits that both clusters report", () => {
    const AFTER = "message.timestamp.after.max.ms";
    const BEFORE = "message.timestamp.before.max.ms";
    const BYTES = "max.message.bytes";
    const cases: [string, ConfiguredTopic, Record<string, string>, unknown[]][] = [
        ["are no finding when they are equal", topic({}, {}), {}, []],
        ["are no finding before the copy exists", topic({ [AFTER]: UNLIMITED }), {}, []],
        [
            "are those of the topic at the target",
            topic({ [BYTES]: "2000" }, { [BYTES]: "1000" }),
            {},
            [{ name: BYTES, of: "to", accepted: 2000, limit: 1000 }],
        ],
        ["may be higher at the target", topic({ [BYTES]: "1000" }, { [BYTES]: "2000" }), {}, []],
        [
            "are those of the producer, with Kafka's defaults",
            topic({ [BYTES]: "40000000" }, { [BYTES]: "40000000" }),
            {},
            [
                { name: "max.request.size", of: "producer", accepted: 40000000, limit: 1048576 },
                { name: "buffer.memory", of: "producer", accepted: 40000000, limit: 33554432 },
            ],
        ],
        [
            "are those that the producer runs with",
            topic({ [BYTES]: "3000000" }, { [BYTES]: "3000000" }),
            { "max.request.size": "3000064" },
            [],
        ],
        [
            "are those of timestamps, which brokers before Kafka 4.0 do not have",
            topic({ [AFTER]: UNLIMITED }, {}),
            {},
            [{ name: AFTER, of: "to", accepted: "unlimited", limit: 3600000 }],
        ],
        [
            "are those of timestamps in the past",
            topic({}, { [BEFORE]: "86400000" }),
            {},
            [{ name: BEFORE, of: "to", accepted: "unlimited", limit: 86400000 }],
        ],
        [
            "are none where the source's brokers set the timestamps",
            topic({ [AFTER]: UNLIMITED, "message.timestamp.type": "LogAppendTime" }, {}),
            {},
            [],
        ],
        [
            "are none where the target's brokers set the timestamps",
            topic({ [AFTER]: UNLIMITED }, { "message.timestamp.type": "LogAppendTime" }),
            {},
            [],
        ],
    ];
    for (const [title, given, producer, expected] of cases) {
        it(title, () => {
            assert.deepEqual(
                limitFindings([given], producer),
                expected.map((finding) => ({ topic: "orders", ...(finding as object) })),
            );
        });
    }
});

const TRACE = `org.apache.kafka.connect.errors.ConnectException: Unrecoverable exception from producer send callback
\tat org.apache.kafka.connect.runtime.WorkerSourceTask.maybeThrowProducerSendException(WorkerSourceTask.java:348)
Caused by: org.apache.kafka.common.errors.RecordTooLargeException: The message is 7000088 bytes when serialized which is larger than 5243904, which is the value of the max.request.size configuration.
`;

describe("the failure of a task", () => {
    it("is the innermost cause of the trace, without the package", () => {
        assert.deepEqual(taskFailureOf(TRACE), {
            trace: "org.apache.kafka.connect.errors.ConnectException: Unrecoverable exception from producer send callback",
            reason: "RecordTooLargeException: The message is 7000088 bytes when serialized which is larger than 5243904, which is the value of the max.request.size configuration.",
        });
        assert.equal(
            taskFailureOf("java.lang.NullPointerException\n\tat x")?.reason,
            "NullPointerException",
        );
        assert.equal(taskFailureOf(undefined), undefined);
        assert.equal(taskFailureOf(""), undefined);
    });

    const reasons: [string, Refusal | undefined][] = [
        [taskFailureOf(TRACE)!.reason, { kind: "size", bytes: 7_000_088 }],
        [
            "RecordTooLargeException: The message is 9 bytes when serialized which is larger than the total memory buffer you have configured with the buffer.memory configuration.",
            { kind: "size", bytes: 9 },
        ],
        [
            "RecordTooLargeException: The request included a message larger than the max message size the server will accept.",
            { kind: "topic-limit" },
        ],
        [
            "InvalidTimestampException: Timestamp 1796297773322 of message with offset 0 is out of range. The timestamp should be within [-9223370240729802418, 1796128573389]",
            { kind: "timestamp", timestamp: 1_796_297_773_322n },
        ],
        ["InvalidRecordException: One or more records have been rejected", { kind: "topic-limit" }],
        ["TopicAuthorizationException: Not authorized to access topics: [orders]", undefined],
    ];
    for (const [reason, refusal] of reasons) {
        it(`tells what was refused: ${reason.slice(0, 60)}`, () => {
            assert.deepEqual(refusalOf(reason), refusal);
        });
    }

    const record = (value: Buffer | null, headers: [Buffer, Buffer | null][] = []) => ({
        offsetDelta: 0,
        timestampDelta: 0n,
        key: null,
        value,
        headers,
    });

    it("is of a record whose size is estimated as the producer does", () => {
        // The producer's own message of the trace above, for a value of 7,000,000 bytes.
        assert.equal(estimatedBytes(record(Buffer.alloc(7_000_000))), 7_000_088);
        assert.equal(estimatedBytes(record(null)), 61 + 21 + 1 + 1 + 1);
        const header: [Buffer, Buffer | null] = [Buffer.alloc(64), Buffer.alloc(63)];
        assert.equal(estimatedBytes(record(null, [header])), 85 + 2 + 64 + 1 + 63);
    });

    it("is of the record beyond a limit of the topic, where the broker does not tell which", () => {
        const limits = { messageBytes: 1000, futureMs: 10, pastMs: 100 };
        const refused = (bytes: number, timestamp: bigint) =>
            isRefused(
                { kind: "topic-limit" },
                record(Buffer.alloc(bytes)),
                timestamp,
                limits,
                1_000_000,
            );
        assert.equal(refused(10, 1_000_000n), false);
        assert.equal(refused(1000, 1_000_000n), true);
        assert.equal(refused(10, 1_000_011n), true);
        assert.equal(refused(10, 999_899n), true);
    });
});
