import { phases } from "../../../config/phase";
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettings } from "../../../config/parseSettings";
import { SettingsError } from "../../../config/problem";
import type { Settings } from "../../../config/settingsSchema";
import { PROFILES } from "../../../config/throughput/profiles";
import { kafka } from "../../../strimzi/builders/kafka";
import { applicationAcls, kafkaUser } from "../../../strimzi/builders/kafkaUser";
import { aclsOf, mirrorRights } from "../../../strimzi/builders/mirrorRights";
import { mirrorUserName } from "../../../strimzi/builders/names";
import { kafkaMirrorMaker2 } from "../../../strimzi/builders/mirrorMaker2";
import { kafkaNodePools } from "../../../strimzi/builders/nodePool";
import { kafkaTopic } from "../../../strimzi/builders/topic";
import { validateStrimziObject } from "../../../strimzi/schema/validate";
import { arbitrarySettings } from "../../support/arbitrarySettings";
import type { RawSettings } from "../../support/rawSettings";

const RUNS = 1000;

/** The settings, or undefined if a rule between settings refuses the generated ones. */
function accepted(raw: RawSettings): Settings | undefined {
    try {
        return parseSettings(raw, "Pulumi.generated.yaml").settings;
    } catch (error) {
        assert(error instanceof SettingsError, String(error));
        return undefined;
    }
}

function objectsOf(settings: Settings): unknown[] {
    const { source, target, topics } = settings;
    const clusters = [source, target].flatMap((site) =>
        site.managed
            ? [
                  kafka(site, {
                      keepCertificateAuthorities: settings.retainOnDelete,
                      images: settings.images,
                  }),
                  ...kafkaNodePools(site),
              ]
            : [],
    );
    const declared = source.managed ? topics.map((topic) => kafkaTopic(source, topic)) : [];
    return [...clusters, ...declared, ...usersOf(settings), mirrorOf(settings)];
}

/** The users of MM2 and of applications, as the components create them. */
function usersOf(settings: Settings): unknown[] {
    const rights = mirrorRights(settings);
    return (["source", "target"] as const).flatMap((side) => {
        const { managed, namespace, name: cluster } = settings[side];
        const place = { namespace, cluster };
        return managed
            ? [
                  kafkaUser({
                      ...place,
                      name: mirrorUserName(settings.mirror, side),
                      acls: aclsOf(rights[side]),
                  }),
                  ...settings.users.map((user) =>
                      kafkaUser({
                          ...place,
                          name: user.name,
                          passwordSecretName: `${user.name}-password`,
                          acls: applicationAcls(user, phases[settings.phase].access[side]),
                      }),
                  ),
              ]
            : [];
    });
}

function mirrorOf(settings: Settings) {
    return kafkaMirrorMaker2(settings, {
        source: { bootstrapServers: "source:9093", tls: true, caSecretName: "source-ca" },
        target: { bootstrapServers: "target:9093", tls: true, caSecretName: "target-ca" },
    });
}

interface Connector {
    config: Record<string, unknown>;
}

/** The connectors of the one mirror; the builder's types allow Outputs at every level. */
function connectorsOf(settings: Settings): { source: Connector; checkpoint: Connector } {
    const spec = mirrorOf(settings).spec as unknown as {
        mirrors: [{ sourceConnector: Connector; checkpointConnector: Connector }];
    };
    const [mirror] = spec.mirrors;
    return { source: mirror.sourceConnector, checkpoint: mirror.checkpointConnector };
}

/** Keys that must be equal on both connectors according to Strimzi's documentation. */
const SHARED = [
    "replication.policy.class",
    "replication.policy.separator",
    "offset-syncs.topic.location",
    "topic.filter.class",
];

describe("builders, for any settings that the rules accept", () => {
    it("build objects that Strimzi's schemas accept, without unknown fields", () => {
        let built = 0;
        fc.assert(
            fc.property(arbitrarySettings, (raw) => {
                const settings = accepted(raw);
                if (settings === undefined) {
                    return;
                }
                built += 1;
                for (const object of objectsOf(settings)) {
                    assert.deepEqual(validateStrimziObject(object), []);
                }
            }),
            { numRuns: RUNS },
        );
        assert(built > RUNS / 10, `only ${built} of ${RUNS} settings were accepted`);
    });

    it("give both connectors the same policy, separator and offset-syncs location", () => {
        fc.assert(
            fc.property(arbitrarySettings, (raw) => {
                const settings = accepted(raw);
                if (settings === undefined) {
                    return;
                }
                const { source, checkpoint } = connectorsOf(settings);
                for (const key of SHARED) {
                    assert.equal(source.config[key], checkpoint.config[key], key);
                }
            }),
            { numRuns: RUNS },
        );
    });

    it("put profile and overrides verbatim under the effective prefix", () => {
        fc.assert(
            fc.property(arbitrarySettings, (raw) => {
                const settings = accepted(raw);
                if (settings === undefined) {
                    return;
                }
                const { config } = connectorsOf(settings).source;
                const { profile, producerOverrides, consumerOverrides } = settings.mirror;
                for (const [name, value] of Object.entries(producerOverrides)) {
                    assert.equal(config[`producer.override.${name}`], value);
                }
                for (const [name, value] of Object.entries(consumerOverrides)) {
                    assert.equal(config[`consumer.${name}`], value);
                }
                for (const [name, { value }] of Object.entries(PROFILES[profile].producer)) {
                    const own = producerOverrides[name];
                    assert.equal(config[`producer.override.${name}`], own ?? value);
                }
                for (const [name, { value }] of Object.entries(PROFILES[profile].consumer)) {
                    assert.equal(config[`consumer.${name}`], consumerOverrides[name] ?? value);
                }
                const prefixes = Object.keys(config).filter((key) =>
                    /^consumer\.override\.|^producer\.(?!override\.)/.test(key),
                );
                assert.deepEqual(prefixes, []);
            }),
            { numRuns: RUNS },
        );
    });
});
