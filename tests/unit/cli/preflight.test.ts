import assert from "node:assert/strict";
import { parseSettings } from "../../../config/parseSettings";
import type { Finding } from "../../../cli/preflight/finding";
import { judgeCa, judgePair, judgeSite, type SeenSite } from "../../../cli/preflight/judge";
import type { ClusterObservation } from "../../../cli/preflight/observation";
import { type Change, changed, rawStack } from "../../support/rawSettings";

const UID = "3f1c9c0e-5d1b-4f1e-9f43-0c2b8a7d6e5f";
const OTHER = "aaaaaaaa-5d1b-4f1e-9f43-0c2b8a7d6e5f";

const READY: ClusterObservation = {
    uid: UID,
    strimziKinds: ["Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser", "KafkaMirrorMaker2"],
    operators: [{ id: "strimzi/operator", watches: ["*"], readyReplicas: 1 }],
    namespaces: ["kafka"],
};

function seen(
    side: "source" | "target",
    change: Partial<ClusterObservation> = {},
    ...changes: Change[]
): SeenSite {
    const { settings } = parseSettings(changed(rawStack("prod"), ...changes), "Pulumi.prod.yaml");
    return { side, site: settings[side], seen: { ...READY, ...change } };
}

function said(findings: readonly Finding[]): string {
    return findings
        .map(({ severity, message, nextStep }) => `${severity}: ${message} ${nextStep}`)
        .join("\n");
}

describe("the checks before a deployment", () => {
    const own = { install: false };

    it("let a prepared Kubernetes cluster pass", () => {
        assert.equal(said(judgeSite(seen("source"), own)), "");
        assert.equal(said(judgeSite(seen("target"), own)), "");
    });

    const cases: readonly [string, SeenSite, RegExp][] = [
        [
            "a cluster other than the pinned one",
            seen("target", { uid: OTHER }, ["target/kubernetesClusterUid", UID]),
            /^error: kafka-dr:target\.kubernetesClusterUid is 3f1c.*"prod-standby" leads to .*aaaa.* may be swapped/,
        ],
        [
            "a namespace that nobody creates",
            seen("source", { namespaces: [] }),
            /^error: The namespace "kafka" of the source does not exist.*kubectl --context prod-primary create namespace kafka/,
        ],
        [
            "a cluster without Strimzi's kinds",
            seen("target", { strimziKinds: ["Kafka"] }),
            /^error: .*does not serve KafkaNodePool, KafkaTopic, KafkaUser, KafkaMirrorMaker2.*helm install.*operator\.install/,
        ],
        [
            "no operator at all",
            seen("source", { operators: [] }),
            /^error: No Strimzi operator behind "prod-primary" watches the namespace "kafka" of the source\. Add/,
        ],
        [
            "an operator that watches other namespaces",
            seen("source", { operators: [{ id: "s/op", watches: ["a", "b"], readyReplicas: 1 }] }),
            /^error: No Strimzi operator .*\(s\/op watches a, b\)/,
        ],
        [
            "an operator that does not run",
            seen("source", { operators: [{ id: "s/op", watches: ["kafka"], readyReplicas: 0 }] }),
            /^warning: Strimzi's operator s\/op .*no ready replica.*-n s get pods/,
        ],
    ];
    for (const [name, site, expected] of cases) {
        it(`report ${name}`, () => {
            const text = said(judgeSite(site, own));
            assert.match(text, expected);
            assert.equal(text.split("\n").length, 1);
        });
    }

    it("ask for no operator where this stack installs it", () => {
        const bare = seen("target", { operators: [], strimziKinds: [] });
        assert.equal(said(judgeSite(bare, { install: true })), "");
    });

    it("ask for no kinds and no operator at a source that exists already", () => {
        const existing = {
            managed: false,
            name: "legacy",
            namespace: "kafka",
            context: "prod-primary",
            bootstrapServers: "legacy:9093",
        };
        const bare = seen(
            "source",
            { operators: [], strimziKinds: [] },
            ["source", existing],
            ["users", []],
        );
        assert.equal(said(judgeSite(bare, own)), "");
    });

    it("do not guess about what may not be looked at", () => {
        const blind = { uid: undefined, operators: undefined, namespaces: undefined };
        assert.equal(
            said(judgeSite(seen("source", blind, ["source/kubernetesClusterUid", UID]), own)),
            "",
        );
    });

    it("report two contexts that lead to one Kubernetes cluster", () => {
        assert.match(
            said(judgePair(seen("source"), seen("target"))),
            /^error: .*the same Kubernetes cluster/,
        );
        assert.equal(said(judgePair(seen("source"), seen("target", { uid: OTHER }))), "");
    });

    describe("of the CA", () => {
        const now = new Date("2026-06-01T00:00:00Z");
        const fresh = {
            sourceGeneration: "2",
            copiedGeneration: "2",
            expires: new Date("2027-01-01"),
        };

        it("are content with a fresh copy", () => {
            assert.equal(said(judgeCa(fresh, now)), "");
        });

        it("report a copy that is behind", () => {
            assert.match(
                said(judgeCa({ ...fresh, copiedGeneration: "1" }, now)),
                /^warning: .*generation 1, the source is at 2/,
            );
        });

        it("report a certificate in its last 30 days, and one that ended", () => {
            const on = (date: string) => said(judgeCa({ ...fresh, expires: new Date(date) }, now));
            assert.match(on("2026-06-30T12:00:00Z"), /^warning: .*ends on 2026-06-30/);
            assert.match(on("2026-05-01T00:00:00Z"), /^warning: .*ended on 2026-05-01/);
            assert.equal(on("2026-07-02T00:00:00Z"), "");
        });
    });
});
