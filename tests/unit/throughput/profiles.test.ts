import assert from "node:assert/strict";
import { parseSettings } from "../../../config/parseSettings";
import {
    effectiveConfig,
    originOf,
    producerConfig,
} from "../../../config/throughput/effectiveConfig";
import { PROFILE_NAMES, PROFILES } from "../../../config/throughput/profiles";
import { type Change, changed, rawStack } from "../../support/rawSettings";

function parsed(...changes: readonly Change[]) {
    return parseSettings(changed(rawStack("dev"), ...changes), "Pulumi.dev.yaml");
}

function mirrorWith(...changes: readonly Change[]) {
    return parsed(...changes).settings.mirror;
}

describe("profiles of throughput", () => {
    it("default is Kafka's own settings, tutorial the walk-through's one value", () => {
        assert.equal(mirrorWith().profile, "default");
        const { producer, consumer, worker } = PROFILES.default;
        assert.deepEqual([producer, consumer, worker], [{}, {}, {}]);
        const tutorial = mirrorWith(["mirror/profile", "tutorial"]);
        assert.deepEqual(effectiveConfig(tutorial, "producer"), { "batch.size": 327680 });
        assert.deepEqual(effectiveConfig(tutorial, "consumer"), {});
        assert.deepEqual(effectiveConfig(tutorial, "worker"), {});
    });

    for (const profile of PROFILE_NAMES) {
        for (const exactlyOnce of ["disabled", "preparing", "enabled"]) {
            it(`${profile} breaks no rule, with exactlyOnce "${exactlyOnce}"`, () => {
                const { warnings } = parsed(
                    ["mirror/profile", profile],
                    ["mirror/exactlyOnce", exactlyOnce],
                    // The memory of `dev` is for Kafka's own settings.
                    ["mirror/jvmHeap", undefined],
                    ["mirror/resources", undefined],
                );
                assert.deepEqual(warnings, []);
            });
        }

        it(`${profile} says why it sets each value, in half a sentence`, () => {
            const { producer, consumer, worker } = PROFILES[profile];
            for (const [name, { why }] of Object.entries({ ...producer, ...consumer, ...worker })) {
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
        });
    });

    it("are above what the workers' configuration has for producers", () => {
        const mirror = mirrorWith(
            ["mirror/profile", "tutorial"],
            ["mirror/workerConfig", { "producer.batch.size": 1, "producer.linger.ms": 7 }],
        );
        assert.deepEqual(producerConfig(mirror), { "batch.size": 327680, "linger.ms": 7 });
    });

    it("tell where a value comes from", () => {
        const mirror = mirrorWith(
            ["mirror/profile", "lan"],
            ["mirror/producerOverrides", { "enable.idempotence": "true" }],
            ["mirror/workerConfig", { "producer.linger.ms": 7, "producer.batch.size": 1 }],
        );
        const cases = [
            ["batch.size", "kafka-dr:mirror.profile", "lan", "sets batch.size to 65536, which x"],
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
