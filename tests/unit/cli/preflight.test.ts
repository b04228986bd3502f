import assert from "node:assert/strict";
import { parseSettings } from "../../../config/parseSettings";
import {
    evaluateCa,
    evaluatePair,
    evaluateSite,
    type Finding,
    type InspectedSite,
} from "../../../cli/preflight/findings";
import type { InspectedCluster } from "../../../cli/preflight/inspect";
import { type Change, changed, rawStack } from "../../support/rawSettings";

const UID = "3f1c9c0e-5d1b-4f1e-9f43-0c2b8a7d6e5f";
const OTHER = "aaaaaaaa-5d1b-4f1e-9f43-0c2b8a7d6e5f";

const READY: InspectedCluster = {
    uid: UID,
    strimziKinds: ["Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser", "KafkaMirrorMaker2"],
    operators: [{ id: "strimzi/operator", watches: ["*"], readyReplicas: 1 }],
    namespaces: ["kafka"],
};

function inspected(
    side: "source" | "target",
    change: Partial<InspectedCluster> = {},
    ...changes: Change[]
): InspectedSite {
    const { settings } = parseSettings(changed(rawStack("prod"), ...changes), "Pulumi.prod.yaml");
    return { side, site: settings[side], cluster: { ...READY, ...change } };
}

function textOf(findings: readonly Finding[]): string {
    return findings
        .map(({ severity, message, nextStep }) => `${severity}: ${message} ${nextStep}`)
        .join("\n");
}

describe("the checks before a deployment", () => {
    const own = { install: false };

    it("find nothing in a prepared Kubernetes cluster", () => {
        assert.equal(textOf(evaluateSite(inspected("source"), own)), "");
        assert.equal(textOf(evaluateSite(inspected("target"), own)), "");
    });

    const cases: readonly [string, InspectedSite, RegExp][] = [
        [
            "a cluster other than the pinned one",
            inspected("target", { uid: OTHER }, ["target/kubernetesClusterUid", UID]),
            /^error: kafka-dr:target\.kubernetesClusterUid is 3f1c.*"prod-standby" leads to .*aaaa.*Check whether .* are swapped/,
        ],
        [
            "a missing namespace",
            inspected("source", { namespaces: [] }),
            /^error: The namespace "kafka" of the source does not exist.*kubectl --context prod-primary create namespace kafka/,
        ],
        [
            "a cluster without Strimzi's kinds",
            inspected("target", { strimziKinds: ["Kafka"] }),
            /^error: .*does not serve KafkaNodePool, KafkaTopic, KafkaUser, KafkaMirrorMaker2.*helm install.*operator\.install/,
        ],
        [
            "no operator at all",
            inspected("source", { operators: [] }),
            /^error: No Strimzi operator in the context "prod-primary" watches the namespace "kafka" of the source\. Add/,
        ],
        [
            "an operator that watches other namespaces",
            inspected("source", {
                operators: [{ id: "s/op", watches: ["a", "b"], readyReplicas: 1 }],
            }),
            /^error: No Strimzi operator .*\(s\/op watches a, b\)/,
        ],
        [
            "an operator that does not run",
            inspected("source", {
                operators: [{ id: "s/op", watches: ["kafka"], readyReplicas: 0 }],
            }),
            /^warning: The Strimzi operator s\/op .*no ready replica.*-n s get pods/,
        ],
    ];
    for (const [name, site, expected] of cases) {
        it(`report ${name}`, () => {
            const text = textOf(evaluateSite(site, own));
            assert.match(text, expected);
            assert.equal(text.split("\n").length, 1);
        });
    }

    it("require no operator when the stack installs it", () => {
        const bare = inspected("target", { operators: [], strimziKinds: [] });
        assert.equal(textOf(evaluateSite(bare, { install: true })), "");
    });

    it("require no kinds and no operator for an existing source", () => {
        const existing = {
            managed: false,
            name: "legacy",
            namespace: "kafka",
            context: "prod-primary",
            bootstrapServers: "legacy:9093",
        };
        const bare = inspected(
            "source",
            { operators: [], strimziKinds: [] },
            ["source", existing],
            ["users", []],
        );
        assert.equal(textOf(evaluateSite(bare, own)), "");
    });

    it("ignore what the identity may not read", () => {
        const blind = { uid: undefined, operators: undefined, namespaces: undefined };
        assert.equal(
            textOf(
                evaluateSite(inspected("source", blind, ["source/kubernetesClusterUid", UID]), own),
            ),
            "",
        );
    });

    it("report two contexts of one Kubernetes cluster", () => {
        assert.match(
            textOf(evaluatePair(inspected("source"), inspected("target"))),
            /^error: .*the same Kubernetes cluster/,
        );
        assert.equal(
            textOf(evaluatePair(inspected("source"), inspected("target", { uid: OTHER }))),
            "",
        );
    });

    describe("of the CA", () => {
        const now = new Date("2026-06-01T00:00:00Z");
        const fresh = {
            sourceGeneration: "2",
            copiedGeneration: "2",
            expires: new Date("2027-01-01"),
        };

        it("accept an up-to-date copy", () => {
            assert.equal(textOf(evaluateCa(fresh, now)), "");
        });

        it("report an outdated copy", () => {
            assert.match(
                textOf(evaluateCa({ ...fresh, copiedGeneration: "1" }, now)),
                /^warning: .*generation 1, the source has generation 2/,
            );
        });

        it("report a certificate in its last 30 days, and an expired one", () => {
            const on = (date: string) =>
                textOf(evaluateCa({ ...fresh, expires: new Date(date) }, now));
            assert.match(on("2026-06-30T12:00:00Z"), /^warning: .*expires on 2026-06-30/);
            assert.match(on("2026-05-01T00:00:00Z"), /^warning: .*expired on 2026-05-01/);
            assert.equal(on("2026-07-02T00:00:00Z"), "");
        });
    });
});
