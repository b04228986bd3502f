import assert from "node:assert/strict";
import { parseSettings } from "../../../config/parseSettings";
import {
    effectiveConfig,
    originOf,
    producerConfig,
} from "../../../config/throughput/effectiveConfig";
import { PROFILE_NAMES, PROFILES } from "../../../config/throughput/profiles";
import { kafkaMirrorMaker2 } from "../../../strimzi/builders/mirrorMaker2";
import type { KafkaMirrorMaker2Spec } from "../../../strimzi/resources";
import { type Change, changed, rawStack } from "../../support/rawSettings";

function parsed(...changes: readonly Change[]) {
    return parseSettings(changed(rawStack("dev"), ...changes), "Pulumi.dev.yaml");
}

function mirrorWith(...changes: readonly Change[]) {
    return parsed(...changes).settings.mirror;
}

/** What the brokers accept by default, whatever the profile. */
const RECORD_LIMIT = { "max.request.size": 1049600 };

describe("profiles of throughput", () => {
    it("default to kafka, which sets nothing; tutorial sets the walkthrough's one value", () => {
        assert.equal(mirrorWith().profile, "kafka");
        assert.deepEqual(
            { ...PROFILES.kafka, summary: "" },
            {
                summary: "",
                producer: {},
                consumer: {},
                worker: {},
                jvm: {},
            },
        );
        const tutorial = mirrorWith(["mirror/profile", "tutorial"]);
        assert.deepEqual(effectiveConfig(tutorial, "producer"), {
            "batch.size": 327680,
            ...RECORD_LIMIT,
        });
        assert.deepEqual(effectiveConfig(tutorial, "consumer"), {});
        assert.deepEqual(effectiveConfig(tutorial, "worker"), {});
        assert.deepEqual(effectiveConfig(tutorial, "jvm"), {});
    });

    for (const profile of PROFILE_NAMES) {
        for (const exactlyOnce of ["disabled", "preparing", "enabled"]) {
            it(`${profile} breaks no rule, with exactlyOnceSourceSupport "${exactlyOnce}"`, () => {
                const { warnings } = parsed(
                    ["mirror/profile", profile],
                    ["mirror/exactlyOnceSourceSupport", exactlyOnce],
                    // The memory of `dev` is sized for Kafka's defaults.
                    ["mirror/jvmHeap", undefined],
                    ["mirror/resources", undefined],
                );
                assert.deepEqual(warnings, []);
            });
        }

        it(`${profile} gives the reason for each value in one clause`, () => {
            const { producer, consumer, worker, jvm } = PROFILES[profile];
            const values = { ...producer, ...consumer, ...worker, ...jvm };
            for (const [name, { why }] of Object.entries(values)) {
                assert.match(why, /^[A-Za-z0-9].{20,}[^.]$/, name);
            }
        });
    }

    it("are overridden key by key", () => {
        const mirror = mirrorWith(
            ["mirror/profile", "lan"],
            ["mirror/producerOverrides", { "batch.size": 1000 }],
        );
        assert.deepEqual(effectiveConfig(mirror, "producer"), {
            "max.in.flight.requests.per.connection": 5,
            "enable.idempotence": true,
            "batch.size": 1000,
            "buffer.memory": 8388608,
            ...RECORD_LIMIT,
        });
    });

    it("reach the JVM of the workers as Strimzi's flags, below the stack's own", () => {
        const specOf = (...changes: readonly Change[]) => {
            const { spec } = kafkaMirrorMaker2(parsed(...changes).settings, {
                source: { bootstrapServers: "a:1", tls: true },
                target: { bootstrapServers: "b:1", tls: true },
            });
            return (spec as KafkaMirrorMaker2Spec).jvmOptions;
        };
        const own = specOf(["mirror/jvmHeap", undefined]);
        assert.equal(own, undefined);
        assert.deepEqual(
            specOf(
                ["mirror/profile", "wan"],
                ["mirror/jvmHeap", "1g"],
                ["mirror/jvmFlags", { UseParallelGC: false, UseG1GC: true, MaxGCPauseMillis: 50 }],
            ),
            {
                "-Xms": "1g",
                "-Xmx": "1g",
                "-XX": {
                    UseParallelGC: "false",
                    NewRatio: "1",
                    SurvivorRatio: "3",
                    CompileCommand: "CompileThresholdScaling,com.sun.crypto.provider.GHASH::*,0.01",
                    UseG1GC: "true",
                    MaxGCPauseMillis: "50",
                },
            },
        );
    });

    it("override the workers' configuration for producers", () => {
        const mirror = mirrorWith(
            ["mirror/profile", "tutorial"],
            ["mirror/workerConfig", { "producer.batch.size": 1, "producer.linger.ms": 7 }],
        );
        assert.deepEqual(producerConfig(mirror), {
            "batch.size": 327680,
            "linger.ms": 7,
            ...RECORD_LIMIT,
        });
    });

    it("name the origin of a value", () => {
        const mirror = mirrorWith(
            ["mirror/profile", "lan"],
            ["mirror/producerOverrides", { "enable.idempotence": "true" }],
            ["mirror/workerConfig", { "producer.linger.ms": 7, "producer.batch.size": 1 }],
        );
        const cases = [
            ["batch.size", "kafka-dr:mirror.profile", "lan", "sets batch.size to 131072, which x"],
            [
                "enable.idempotence",
                'kafka-dr:mirror.producerOverrides["enable.idempotence"]',
                "true",
                "x",
            ],
            ["linger.ms", 'kafka-dr:mirror.workerConfig["producer.linger.ms"]', 7, "x"],
            ["acks", "kafka-dr:mirror.producerOverrides.acks", undefined, "x"],
        ] as const;
        for (const [name, key, value, message] of cases) {
            const origin = originOf(mirror, "producer", name);
            assert.deepEqual([origin.key, origin.value, origin.says("x")], [key, value, message]);
        }
    });
});
