import assert from "node:assert/strict";
import { kafka } from "../../../strimzi/builders/kafka";
import { kafkaMirrorMaker2 } from "../../../strimzi/builders/mirrorMaker2";
import type { Change } from "../../support/rawSettings";
import { managed, settingsOf, withoutUsers } from "./support";

describe("images", () => {
    const image = (name: string) => `quay.io/strimzi/${name}@sha256:${"cd".repeat(32)}`;
    const images = { kafka: image("kafka"), operator: image("operator") };

    it("are the operator's own choice by default", () => {
        const { spec } = kafka(managed("dev", "source"), {
            keepCertificateAuthorities: false,
            images: {},
        });
        assert.doesNotMatch(JSON.stringify(spec), /"image"/);
    });

    it("are those of the settings at brokers, operators and MM2", () => {
        const { spec } = kafka(managed("dev", "source"), {
            keepCertificateAuthorities: false,
            images,
        });
        assert.equal(spec.kafka.image, images.kafka);
        assert.equal(spec.entityOperator?.topicOperator?.image, images.operator);
        assert.equal(spec.entityOperator.userOperator?.image, images.operator);
        const mirror = kafkaMirrorMaker2(settingsOf("dev", ["images", images]), {
            source: { bootstrapServers: "source:9093", tls: true },
            target: { bootstrapServers: "target:9093", tls: true },
        });
        assert.equal((mirror.spec as { image?: unknown }).image, images.kafka);
    });
});

describe("listeners", () => {
    it("have their authentication, and a cluster has its authorizer", () => {
        const listeners = [
            { name: "tls", port: 9093 },
            { name: "certs", port: 9094, authentication: "tls" },
        ];
        const { spec } = kafka(managed("dev", "source", ["source/listeners", listeners]), {
            keepCertificateAuthorities: false,
            images: {},
        });
        assert.deepEqual(
            spec.kafka.listeners.map(({ authentication }) => authentication),
            [{ type: "scram-sha-512" }, { type: "tls" }],
        );
        assert.deepEqual(spec.kafka.authorization, { type: "simple" });
        assert.equal(
            kafka(managed("dev", "target", ...withoutUsers), {
                keepCertificateAuthorities: false,
                images: {},
            }).spec.kafka.authorization,
            undefined,
        );
    });
});

describe("exactly-once", () => {
    const configs = (...changes: Change[]) => {
        const { spec } = kafkaMirrorMaker2(settingsOf("dev", ...changes), {
            source: { bootstrapServers: "source:9093", tls: true },
            target: { bootstrapServers: "target:9093", tls: true },
        }) as unknown as {
            spec: {
                target: { config: Record<string, unknown> };
                mirrors: [{ sourceConnector: { config: Record<string, unknown> } }];
            };
        };
        return [
            spec.target.config["exactly.once.source.support"],
            spec.mirrors[0].sourceConnector.config["exactly.once.support"],
        ];
    };

    it("is prepared at the workers, then enabled, and required by the connector", () => {
        assert.deepEqual(configs(), [undefined, undefined]);
        assert.deepEqual(configs(["mirror/exactlyOnceSourceSupport", "preparing"]), [
            "preparing",
            undefined,
        ]);
        assert.deepEqual(configs(["mirror/exactlyOnceSourceSupport", "enabled"]), [
            "enabled",
            "required",
        ]);
    });
});
