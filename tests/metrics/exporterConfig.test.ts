import * as assert from "node:assert/strict";
import fc from "fast-check";
import { kafkaMetricsRules, mirrorMakerMetricsRules } from "../../strimzi/metrics";
import { renderExporterConfig, type ExporterConfig } from "../../strimzi/metrics/exporterConfig";
import { KAFKA_RULES } from "../../strimzi/metrics/kafkaRules";
import { MIRROR_MAKER_RULES } from "../../strimzi/metrics/mirrorMakerRules";
import { parseConfig } from "./exporterEvaluation";

const CONFIGS: [string, ExporterConfig, string][] = [
    ["Kafka nodes", KAFKA_RULES, kafkaMetricsRules()],
    ["MirrorMaker 2", MIRROR_MAKER_RULES, mirrorMakerMetricsRules()],
];

/** Letters, and characters with a meaning in YAML or in a pattern. */
const CHARACTERS = Array.from("aZ0'\"\\:#$^{}[]|>- ,.*");

describe("JMX exporter configuration", () => {
    for (const [subject, data, yaml] of CONFIGS) {
        describe(`of ${subject}`, () => {
            const config = parseConfig(yaml);

            it("has the same content in YAML", () => {
                assert.deepEqual(config, {
                    lowercaseOutputName: true,
                    includeObjectNames: data.includeObjectNames,
                    rules: data.rules.map((rule) => {
                        const { pattern, name, type, labels, value } = rule;
                        return {
                            ...{ pattern, name, type },
                            ...(labels && { labels }),
                            ...(rule.readsValue ? { value } : { cache: true }),
                        };
                    }),
                });
            });

            for (const { name, pattern, type, labels, value, cache } of config.rules) {
                it(`${name} by ${pattern}`, () => {
                    const groups = new RegExp(`${pattern}|`).exec("")!.length - 1;
                    assert.match(pattern, /^\^.*\$$/, "is not anchored");
                    assert.equal(name, name.toLowerCase());
                    assert.equal(type === "COUNTER", name.endsWith("_total"), "name and type");
                    // A cached rule would keep the first value.
                    assert.equal(cache === true, pattern.endsWith(": .*$"), "cache");
                    assert.equal(value === undefined, cache === true, "value");
                    const used = [name, ...Object.values(labels ?? {})]
                        .flatMap((text) => [...text.matchAll(/\$(\d)/g)])
                        .map(([, group]) => Number(group));
                    const all = Array.from({ length: groups }, (_, index) => index + 1);
                    assert.deepEqual([...new Set(used)].sort(), all, "groups and their use");
                });
            }
        });
    }

    it("quotes any text that a rule may hold", () => {
        const line = fc.string({ unit: fc.constantFrom(...CHARACTERS) });
        fc.assert(
            fc.property(line, line, (pattern, label) => {
                const rule = { why: "why", pattern, name: "n", type: "GAUGE" as const };
                const rules = [{ ...rule, labels: { label } }];
                const yaml = renderExporterConfig({ title: "t", includeObjectNames: [], rules });
                const parsed = parseConfig(yaml).rules[0];
                assert.equal(parsed?.pattern, pattern);
                assert.equal(parsed.labels?.label, label);
            }),
        );
    });
});
