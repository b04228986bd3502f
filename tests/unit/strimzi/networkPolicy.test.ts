import assert from "node:assert/strict";
import { parseSettings } from "../../../config/parseSettings";
import { mirrorNetworkPolicy } from "../../../strimzi/builders/networkPolicy";
import { type Change, changed, rawStack } from "../../support/rawSettings";

function policyOf(stack: "dev" | "prod", ...changes: Change[]) {
    const raw = changed(rawStack(stack), ...changes);
    return mirrorNetworkPolicy(parseSettings(raw, `Pulumi.${stack}.yaml`).settings).spec;
}

/** The route to the source, which comes before that to the target. */
function toSource(stack: "dev" | "prod", ...changes: Change[]) {
    return policyOf(stack, ...changes).egress.at(-2);
}

function toTarget(stack: "dev" | "prod", ...changes: Change[]) {
    return policyOf(stack, ...changes).egress.at(-1);
}

const tcp = (port: number) => ({ protocol: "TCP", port });
const brokers = (cluster: string, namespace: string) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    podSelector: {
        matchLabels: { "strimzi.io/cluster": cluster, "strimzi.io/name": `${cluster}-kafka` },
    },
});

const existing = {
    managed: false,
    name: "legacy",
    namespace: "kafka",
    context: "prod-primary",
    bootstrapServers: "a.example.com:9094,b.example.com:9095,c.example.com:9094",
};

describe("the NetworkPolicy of MM2", () => {
    it("selects the pods of MM2, in both directions", () => {
        const { podSelector, policyTypes } = policyOf("dev");
        assert.deepEqual(podSelector.matchLabels, {
            "strimzi.io/cluster": "my-mm2-cluster",
            "strimzi.io/kind": "KafkaMirrorMaker2",
            "strimzi.io/name": "my-mm2-cluster-mirrormaker2",
        });
        assert.deepEqual(policyTypes, ["Ingress", "Egress"]);
    });

    it("admits MM2 itself, Strimzi's operator, the operators' commands and the peers of the settings to the REST API", () => {
        const monitor = { namespaceSelector: { matchLabels: { name: "monitoring" } } };
        const [rest] = policyOf("dev", ["networkPolicies", { restApiFrom: [monitor] }]).ingress;
        assert.deepEqual(rest!.ports, [tcp(8083)]);
        assert.deepEqual(rest!.from.slice(1), [
            {
                namespaceSelector: {},
                podSelector: { matchLabels: { "strimzi.io/kind": "cluster-operator" } },
            },
            {
                podSelector: {
                    matchLabels: {
                        "app.kubernetes.io/name": "kafka-dr-commands",
                        "app.kubernetes.io/instance": "my-mm2-cluster",
                    },
                },
            },
            monitor,
        ]);
    });

    it("closes the metrics if the settings name no peers, or metrics are off", () => {
        const ports = (...changes: Change[]) =>
            policyOf("dev", ...changes).ingress.flatMap((rule) => rule.ports);
        assert.deepEqual(ports(), [tcp(8083), tcp(9404)]);
        assert.deepEqual(ports(["networkPolicies", { metricsFrom: [] }]), [tcp(8083)]);
        assert.deepEqual(ports(["mirror/metrics", false]), [tcp(8083)]);
    });

    it("opens DNS, and the API server on the ports that the settings name", () => {
        const { egress } = policyOf("dev", ["networkPolicies", { apiServerPorts: [16443] }]);
        assert.deepEqual(egress[0], { ports: [{ protocol: "UDP", port: 53 }, tcp(53)] });
        assert.deepEqual(egress[1], { ports: [tcp(16443)] });
    });

    it("has no rule without a port: it would open everything", () => {
        for (const stack of ["dev", "prod"] as const) {
            const { ingress, egress } = policyOf(stack);
            assert([...ingress, ...egress].every(({ ports }) => ports.length > 0));
        }
    });

    it("leads to the brokers' pods in one Kubernetes cluster", () => {
        assert.deepEqual(toSource("dev"), {
            to: [brokers("my-cluster", "kafka-source")],
            ports: [tcp(9093)],
        });
        assert.deepEqual(toTarget("dev"), {
            to: [brokers("my-cluster-tgt", "kafka-target")],
            ports: [tcp(9093)],
        });
    });

    it("leads to the source's port at any address elsewhere, or at those of the settings", () => {
        assert.deepEqual(toSource("prod"), { ports: [tcp(9094)] });
        assert.deepEqual(
            toSource("prod", ["networkPolicies", { sourceCidrs: ["203.0.113.0/24"] }]),
            { to: [{ ipBlock: { cidr: "203.0.113.0/24" } }], ports: [tcp(9094)] },
        );
    });

    const exposed: Record<string, [Record<string, unknown>, unknown[]]> = {
        "the node ports": [
            { type: "nodeport" },
            [{ protocol: "TCP", port: 30000, endPort: 32767 }],
        ],
        "443 of an ingress": [
            { type: "ingress", configuration: { bootstrap: { host: "kafka.example.com" } } },
            [tcp(443)],
        ],
        "443 of a route": [{ type: "route" }, [tcp(443)]],
        "advertised ports": [
            {
                type: "loadbalancer",
                configuration: {
                    brokers: [
                        { broker: 10, advertisedPort: 19094 },
                        { broker: 11, advertisedPort: 19095 },
                    ],
                },
            },
            [tcp(9094), tcp(19094), tcp(19095)],
        ],
    };
    for (const [what, [listener, ports]] of Object.entries(exposed)) {
        it(`leads to ${what}`, () => {
            const listeners = [{ name: "external", port: 9094, ...listener }];
            assert.deepEqual(toSource("prod", ["source/listeners", listeners]), { ports });
        });
    }

    it("leads to the source's addresses in the settings, and to its brokers' port", () => {
        const change: Change = ["mirror/sourceBootstrapServers", "kafka.example.com:443"];
        assert.deepEqual(toSource("prod", change), { ports: [tcp(443), tcp(9094)] });
    });

    it("leads to every port of existing clusters, each once", () => {
        const cidrs = { sourceCidrs: ["10.0.0.0/8"], targetCidrs: ["2001:db8::/32"] };
        const changes: Change[] = [
            ["source", existing],
            ["target", { ...existing, name: "other", bootstrapServers: "[2001:db8::1]:9093" }],
            ["users", []],
            ["networkPolicies", cidrs],
        ];
        assert.deepEqual(toSource("prod", ...changes), {
            to: [{ ipBlock: { cidr: "10.0.0.0/8" } }],
            ports: [tcp(9094), tcp(9095)],
        });
        assert.deepEqual(toTarget("prod", ...changes), {
            to: [{ ipBlock: { cidr: "2001:db8::/32" } }],
            ports: [tcp(9093)],
        });
    });
});
