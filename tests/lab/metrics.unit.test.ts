import assert from "node:assert/strict";
import { exporterRules } from "../../lab/jmxExporter";
import type { ConfigMapObject, MetricsConfig } from "../../lab/objects";

const OWNER = { name: "mirror", namespace: "kafka" };
const CONFIG: MetricsConfig = {
    type: "jmxPrometheusExporter",
    valueFrom: { configMapKeyRef: { name: "mirror-metrics", key: "rules.yml" } },
};

/** The rules that an API server with one ConfigMap gives. */
function rulesWith(namespace: string, name: string, data: ConfigMapObject["data"]) {
    return exporterRules(OWNER, CONFIG, (askedNamespace, askedName) =>
        askedNamespace === namespace && askedName === name
            ? { metadata: { name, namespace }, ...(data && { data }) }
            : undefined,
    );
}

describe("rules of a metricsConfig", () => {
    it("come from the ConfigMap in the object's namespace", () => {
        assert.equal(
            rulesWith("kafka", "mirror-metrics", { "rules.yml": "rules: []" }),
            "rules: []",
        );
        assert.equal(exporterRules(OWNER, undefined), undefined);
    });

    const missing: readonly [what: string, ...Parameters<typeof rulesWith>][] = [
        ["ConfigMap", "kafka", "other", { "rules.yml": "" }],
        ["ConfigMap in its namespace", "other", "mirror-metrics", { "rules.yml": "" }],
        ["key", "kafka", "mirror-metrics", { "other.yml": "" }],
        ["data", "kafka", "mirror-metrics", undefined],
    ];
    for (const [what, ...configMap] of missing) {
        it(`are refused without the ${what}, by both names`, () => {
            assert.throws(
                () => rulesWith(...configMap),
                /mirror: no ConfigMap kafka\/mirror-metrics with the key rules\.yml exists$/,
            );
        });
    }

    it("are refused for an unsupported type", () => {
        assert.throws(
            () => exporterRules(OWNER, { type: "strimziMetricsReporter" }),
            /the lab does not support metricsConfig strimziMetricsReporter/,
        );
    });
});
