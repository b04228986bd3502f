import assert from "node:assert/strict";
import { parseSettings } from "../../../config/parseSettings";
import { quantityInBytes } from "../../../config/quantity";
import { HEAP_SHARE_OF_MEMORY_LIMIT } from "../../../config/throughput/memory";
import { configurationOf, sitesOf, wishedRate } from "../../../config/throughput/stackModel";
import {
    stackHeapNeeds,
    workerHeapBytes,
    workerResources,
} from "../../../config/throughput/workerContainer";
import { kafkaMirrorMaker2 } from "../../../strimzi/builders/mirrorMaker2";
import { type Change, changed, rawStack } from "../../support/rawSettings";

function settingsWith(stack: "dev" | "prod", ...changes: readonly Change[]) {
    return parseSettings(changed(rawStack(stack), ...changes), `Pulumi.${stack}.yaml`).settings;
}

const DERIVED: readonly Change[] = [
    ["mirror/resources", undefined],
    ["mirror/jvmHeap", undefined],
];

const GIB = 2 ** 30;

describe("the model's input from a stack", () => {
    it("consists of profile, overrides and brokers", () => {
        const found = configurationOf(
            settingsWith(
                "prod",
                ["mirror/profile", "wan"],
                ["mirror/producerOverrides", { "batch.size": "100000", "compression.type": "lz4" }],
                ["mirror/workerConfig", { "producer.max.request.size": 1, "producer.acks": "all" }],
                ["source/config/socket.send.buffer.bytes", -1],
                ["mirror/exactlyOnceSourceSupport", "enabled"],
            ),
        );
        assert.deepEqual(found, {
            tasks: 10,
            cpus: 12,
            exactlyOnce: true,
            producer: {
                batchBytes: 100_000,
                inFlight: 5,
                requestBytes: 2_097_152,
                bufferBytes: 8_388_608,
                sendBufferBytes: -1,
                compresses: true,
            },
            consumer: {
                partitionFetchBytes: 8_388_608,
                fetchBytes: 67_108_864,
                receiveBufferBytes: -1,
                pollRecords: 2000,
            },
            sourceSendBufferBytes: -1,
            targetReceiveBufferBytes: 102_400,
        });
    });

    it("has Kafka's and Connect's defaults for absent settings", () => {
        const { producer, consumer, cpus } = configurationOf(settingsWith("dev", ...DERIVED));
        assert.equal(producer.inFlight, 1);
        assert.equal(producer.batchBytes, 16_384);
        assert.equal(consumer.partitionFetchBytes, 1_048_576);
        assert.equal(cpus, 2);
    });

    it("counts brokers, and bootstrap servers of an unmanaged cluster", () => {
        assert.deepEqual(sitesOf(settingsWith("prod")), {
            tls: true,
            sourceBrokers: 3,
            targetBrokers: 3,
        });
        const existing = {
            managed: false,
            name: "old",
            namespace: "old",
            context: "kind-kafka-dr",
            bootstrapServers: "a:9092,b:9092",
        };
        const { sourceBrokers } = sitesOf(
            settingsWith("dev", ["source", existing], ["topics", []], ["users", []]),
        );
        assert.equal(sourceBrokers, 2);
    });

    it("has one of two rates", () => {
        const rate = (changes: object) =>
            wishedRate(
                settingsWith("dev", [
                    "mirror/throughput",
                    { recordBytes: 500, partitions: 3, ...changes },
                ]).mirror.throughput!,
            );
        assert.equal(rate({ recordsPerSecond: 7 }), 7);
        assert.equal(rate({ megabytesPerSecond: 2 }), 4000);
    });
});

describe("a stack with a required rate", () => {
    for (const [recordsPerSecond, warnings] of [
        [8000, []],
        [9000, ["throughput-out-of-reach"]],
    ] as const) {
        it(`${recordsPerSecond} records/s over 50 ms with Kafka's defaults: ${warnings.length} warnings`, () => {
            const throughput = {
                recordsPerSecond,
                recordBytes: 100,
                partitions: 3,
                targetRoundTripMs: 50,
            };
            const raw = changed(rawStack("dev"), ["mirror/throughput", throughput], ...DERIVED);
            const found = parseSettings(raw, "Pulumi.dev.yaml").warnings;
            assert.deepEqual(
                found.map(({ rule }) => rule),
                warnings,
            );
        });
    }

    it("gets no warning while it has no workers", () => {
        const raw = changed(
            rawStack("dev"),
            ["mirror/throughput", { recordsPerSecond: 1e7, recordBytes: 1000, partitions: 3 }],
            ["mirror/replicas", 0],
        );
        assert.deepEqual(parseSettings(raw, "Pulumi.dev.yaml").warnings, []);
    });
});

describe("resources of the workers", () => {
    it("are those of the settings", () => {
        const settings = settingsWith("prod");
        assert.equal(workerResources(settings), settings.mirror.resources);
    });

    it("fit what the tasks may buffer if the settings have none, 2Gi at least", () => {
        const small = settingsWith("dev", ...DERIVED);
        assert.deepEqual(workerResources(small), {
            requests: { cpu: "500m", memory: "2Gi" },
            limits: { cpu: "2", memory: "2Gi" },
        });
        for (const profile of ["kafka", "tutorial", "lan", "wan"]) {
            const large = settingsWith("prod", ...DERIVED, ["mirror/profile", profile]);
            const { heapBytes } = stackHeapNeeds(large);
            const limit = quantityInBytes(workerResources(large).limits.memory) ?? 0;
            assert(limit * HEAP_SHARE_OF_MEMORY_LIMIT >= heapBytes, profile);
            assert.equal(workerHeapBytes(large), limit * HEAP_SHARE_OF_MEMORY_LIMIT);
        }
    });

    it("fit a heap in the settings", () => {
        const settings = settingsWith(
            "dev",
            ["mirror/resources", undefined],
            ["mirror/jvmHeap", "6g"],
        );
        assert.equal(workerResources(settings).limits.memory, "8Gi");
        assert.equal(workerHeapBytes(settings), 6 * GIB);
    });

    it("grow with small records, because a full buffer holds many of them", () => {
        const limitOf = (recordBytes: number) => {
            const throughput = { recordsPerSecond: 1, recordBytes, partitions: 100 };
            const settings = settingsWith("prod", ...DERIVED, ["mirror/throughput", throughput]);
            return quantityInBytes(workerResources(settings).limits.memory) ?? 0;
        };
        assert(limitOf(20) > 3 * limitOf(10_000));
    });

    it("are in the KafkaMirrorMaker2", () => {
        const settings = settingsWith("prod", ...DERIVED, ["mirror/profile", "wan"]);
        const unused = { bootstrapServers: "kafka:9092", tls: false };
        const { spec } = kafkaMirrorMaker2(settings, { source: unused, target: unused });
        assert.deepEqual(
            (spec as unknown as { resources: unknown }).resources,
            workerResources(settings),
        );
    });
});
