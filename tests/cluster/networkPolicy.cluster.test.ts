import assert from "node:assert/strict";
import type { Registration } from "../../engine";
import type { KubernetesObject } from "../support/kubernetes";
import { type Change, changed } from "../support/rawSettings";
import { kubernetesObjects } from "../support/registrations";
import { recordStack } from "../support/recordedStack";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import {
    mayEnter,
    mayLeave,
    type OtherEnd,
    type PlacedPolicy,
    type PolicySpec,
    selects,
} from "./support/networkPolicyEvaluator";
import { Kubectl, type Namespaces, namespacesOf, onApiServers } from "./support/stacks";

const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

/** The policy of MM2, not that of the commands. */
function isPolicyOfMirror({ type, name }: Registration): boolean {
    return type === NETWORK_POLICY && name === "kafka-dr-mirror-network-policy";
}

function isPolicyOfCommands({ type, name }: Registration): boolean {
    return type === NETWORK_POLICY && name === "kafka-dr-commands-network-policy";
}

/** Labels of Strimzi's pods. */
const mirrorPod = {
    "strimzi.io/cluster": "my-mm2-cluster",
    "strimzi.io/kind": "KafkaMirrorMaker2",
    "strimzi.io/name": "my-mm2-cluster-mirrormaker2",
};
/** Labels of the pods of command Jobs. */
const commandsPod = {
    "app.kubernetes.io/name": "kafka-dr-commands",
    "app.kubernetes.io/instance": "my-mm2-cluster",
};
const brokerOf = (cluster: string) => ({
    "strimzi.io/cluster": cluster,
    "strimzi.io/kind": "Kafka",
    "strimzi.io/name": `${cluster}-kafka`,
});
const operator: OtherEnd = {
    namespace: "strimzi-operator",
    labels: { name: "strimzi-cluster-operator", "strimzi.io/kind": "cluster-operator" },
};
const stranger: OtherEnd = { namespace: "shop", labels: { app: "shop" } };
const monitoring: OtherEnd = {
    namespace: "monitoring",
    namespaceLabels: { team: "observability" },
    labels: { app: "prometheus" },
};
const outside: OtherEnd = { address: "198.51.100.9" };
const atSource: OtherEnd = { address: "203.0.113.7" };

const external = (listener: object): Change => [
    "source/listeners",
    [
        { name: "tls", port: 9093 },
        { name: "external", port: 9094, ...listener },
    ],
];
const legacy: Change[] = [
    [
        "source",
        {
            managed: false,
            name: "legacy",
            namespace: "legacy",
            context: "source",
            bootstrapServers: "legacy.example.com:9093",
        },
    ],
    ["users", []],
];
const SOURCE_CIDRS: Change = ["networkPolicies/sourceCidrs", ["203.0.113.0/24"]];

describeOnApiServers("the network policy of MM2", (apiServers) => {
    let count = 0;

    /** The policy of a stack as stored by the API server, after strict validation. */
    async function stored(stack: "dev" | "prod", ...changes: readonly Change[]) {
        return storedPolicy(isPolicyOfMirror, stack, ...changes);
    }

    async function storedPolicy(
        isMeant: (registration: Registration) => boolean,
        stack: "dev" | "prod",
        ...changes: readonly Change[]
    ) {
        const namespaces = namespacesOf(`network-${count++}`);
        const place = onApiServers(stack, apiServers(), namespaces).filter(
            ([path]) =>
                !(
                    changes.some(([changedPath]) => changedPath === "source") &&
                    path.startsWith("source/")
                ),
        );
        const result = await recordStack(stack, { changes: [...place, ...changes] });
        const found = kubernetesObjects(result).filter(isMeant);
        assert.equal(found.length, 1);
        const server = stack === "dev" ? apiServers().source : apiServers().target;
        const kubectl = new Kubectl(server);
        await kubectl.createNamespace(namespaces.target);
        const object = {
            apiVersion: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
            ...found[0]!.inputs,
        } as unknown as KubernetesObject;
        await kubectl.create(NETWORK_POLICY, object);
        const { namespace = "", name } = object.metadata;
        assert.equal(namespace, namespaces.target);
        const { spec } = await kubectl.get(NETWORK_POLICY, `${namespace}/${name}`);
        const policy: PlacedPolicy = { namespace, spec: spec as PolicySpec };
        return { policy, namespaces };
    }

    const broker = ({ source, target }: Namespaces, side: "source" | "target"): OtherEnd =>
        side === "source"
            ? { namespace: source, labels: brokerOf("my-cluster") }
            : { namespace: target, labels: brokerOf("my-cluster-tgt") };

    const accepted: readonly (readonly [
        what: string,
        stack: "dev" | "prod",
        changes: readonly Change[],
        /** Ports of the source's brokers, open and closed. */
        open: readonly number[],
        closed: readonly number[],
    ])[] = [
        ["a load balancer", "prod", [], [9094], [9093, 30000, 443]],
        [
            "advertised ports",
            "prod",
            [
                external({
                    type: "loadbalancer",
                    configuration: { brokers: [{ broker: 0, advertisedPort: 19094 }] },
                }),
            ],
            [9094, 19094],
            [19095],
        ],
        [
            "node ports, a range",
            "prod",
            [external({ type: "nodeport" })],
            [30000, 31234, 32767],
            [9094, 29999, 32768],
        ],
        [
            "an ingress",
            "prod",
            [
                external({
                    type: "ingress",
                    configuration: { bootstrap: { host: "kafka.example.com" } },
                }),
            ],
            [443],
            [9094, 30000],
        ],
        ["a route", "prod", [external({ type: "route" })], [443], [9094]],
        ["a source that exists", "prod", legacy, [9093], [9094]],
    ];
    for (const [what, stack, changes, open, closed] of accepted) {
        it(`is valid with ${what}, and allows only its ports`, async () => {
            const apiServer: Change = ["networkPolicies/apiServerPorts", [6443]];
            const { policy } = await stored(stack, ...changes, SOURCE_CIDRS, apiServer);
            for (const port of open) {
                assert(mayLeave(policy, atSource, port), `${port} of the source is closed`);
                assert(!mayLeave(policy, outside, port), `${port} is open to all`);
                assert(!mayLeave(policy, atSource, port, "UDP"));
            }
            for (const port of closed) {
                assert(!mayLeave(policy, atSource, port), `${port} of the source is open`);
            }
        });
    }

    it("allows any address on the source's port when the settings give no addresses", async () => {
        const { policy } = await stored("prod");
        assert(mayLeave(policy, outside, 9094));
        assert(!mayLeave(policy, outside, 9093));
    });

    it("allows only the listeners of both clusters in one Kubernetes cluster", async () => {
        const { policy, namespaces } = await stored("dev");
        for (const side of ["source", "target"] as const) {
            assert(mayLeave(policy, broker(namespaces, side), 9093));
            assert(!mayLeave(policy, broker(namespaces, side), 9091), "the control plane");
            assert(!mayLeave(policy, broker(namespaces, side), 9404), "their metrics");
        }
        const elsewhere = { ...broker(namespaces, "source"), namespace: "elsewhere" };
        assert(!mayLeave(policy, elsewhere, 9093));
        for (const end of [stranger, outside]) {
            assert(!mayLeave(policy, end, 9093));
            assert(!mayLeave(policy, end, 80));
        }
    });

    it("allows DNS, the API server's ports, and the REST API between its own pods", async () => {
        const { policy, namespaces } = await stored("dev", [
            "networkPolicies/apiServerPorts",
            [6443],
        ]);
        const own: OtherEnd = { namespace: namespaces.target, labels: mirrorPod };
        assert(mayLeave(policy, { namespace: "kube-system", labels: {} }, 53, "UDP"));
        assert(mayLeave(policy, outside, 6443));
        assert(!mayLeave(policy, outside, 443));
        assert(mayLeave(policy, own, 8083));
        assert(!mayLeave(policy, stranger, 8083));
        assert(!mayLeave(policy, { ...own, namespace: namespaces.source }, 8083));
    });

    it("allows only MM2, Strimzi's operator and the commands to use the unauthenticated REST API", async () => {
        for (const stack of ["dev", "prod"] as const) {
            const { policy, namespaces } = await stored(stack);
            assert(selects(policy, mirrorPod));
            assert(!selects(policy, brokerOf("my-cluster-tgt")));
            const own: OtherEnd = { namespace: namespaces.target, labels: mirrorPod };
            assert(mayEnter(policy, own, 8083));
            assert(mayEnter(policy, operator, 8083));
            const commands: OtherEnd = { namespace: namespaces.target, labels: commandsPod };
            assert(mayEnter(policy, commands, 8083));
            assert(!mayEnter(policy, commands, 22));
            const others = [
                stranger,
                monitoring,
                outside,
                broker(namespaces, "target"),
                { ...own, namespace: "elsewhere" },
                { ...stranger, namespace: namespaces.target },
                { ...commands, namespace: "elsewhere" },
                {
                    ...commands,
                    labels: { ...commandsPod, "app.kubernetes.io/instance": "another-mm2" },
                },
            ];
            for (const end of others) {
                assert(!mayEnter(policy, end, 8083), JSON.stringify(end));
            }
            for (const port of [22, 9092, 9999]) {
                assert(!mayEnter(policy, operator, port));
            }
        }
    });

    it("of the commands allows the REST API of MM2, DNS and the brokers, and no ingress", async () => {
        const { policy, namespaces } = await storedPolicy(isPolicyOfCommands, "dev");
        assert(selects(policy, commandsPod));
        assert(!selects(policy, mirrorPod));
        const mirror: OtherEnd = { namespace: namespaces.target, labels: mirrorPod };
        assert(mayLeave(policy, mirror, 8083));
        assert(!mayLeave(policy, mirror, 9404));
        assert(!mayLeave(policy, { ...mirror, namespace: "elsewhere" }, 8083));
        assert(!mayLeave(policy, stranger, 8083));
        assert(mayLeave(policy, { namespace: "kube-system", labels: {} }, 53, "UDP"));
        for (const side of ["source", "target"] as const) {
            assert(mayLeave(policy, broker(namespaces, side), 9093));
        }
        assert(!mayLeave(policy, outside, 443), "the API server");
        for (const end of [mirror, operator, stranger, outside]) {
            assert(!mayEnter(policy, end, 8083));
        }
    });

    const PEERS: readonly (readonly [
        what: string,
        peer: object,
        allowed: OtherEnd,
        not: OtherEnd,
    ])[] = [
        [
            "labels of a namespace",
            { namespaceSelector: { matchLabels: { team: "observability" } } },
            monitoring,
            stranger,
        ],
        [
            "an expression over pods in all namespaces",
            {
                namespaceSelector: {},
                podSelector: {
                    matchExpressions: [{ key: "app", operator: "In", values: ["prometheus"] }],
                },
            },
            monitoring,
            stranger,
        ],
        [
            "addresses with an exception",
            { ipBlock: { cidr: "198.51.100.0/24", except: ["198.51.100.128/25"] } },
            outside,
            { address: "198.51.100.200" },
        ],
    ];
    for (const [what, peer, allowed, not] of PEERS) {
        it(`allows the peers of the settings to use the REST API or read the metrics: ${what}`, async () => {
            const rest = await stored(
                "prod",
                ["networkPolicies/restApiFrom", [peer]],
                ["networkPolicies/metricsFrom", []],
            );
            assert(mayEnter(rest.policy, allowed, 8083));
            assert(!mayEnter(rest.policy, not, 8083));
            assert(!mayEnter(rest.policy, allowed, 9404));
            const metrics = await stored("prod", ["networkPolicies/metricsFrom", [peer]]);
            assert(mayEnter(metrics.policy, allowed, 9404));
            assert(!mayEnter(metrics.policy, not, 9404));
            assert(!mayEnter(metrics.policy, allowed, 8083));
        });
    }

    it("allows every pod, but no address outside the Kubernetes cluster, to read the metrics by default", async () => {
        const { policy } = await stored("prod");
        assert(mayEnter(policy, stranger, 9404));
        assert(!mayEnter(policy, outside, 9404));
        const { policy: closed } = await stored("prod", ["networkPolicies/metricsFrom", []]);
        assert(!mayEnter(closed, stranger, 9404));
    });

    const refused: readonly (readonly [what: string, change: Change, expected: RegExp])[] = [
        ["an unknown field", ["spec/nonsense", 1], /unknown field "spec\.nonsense"/],
        [
            "a range that ends before it begins",
            ["spec/egress/3/ports", [{ protocol: "TCP", port: 30000, endPort: 29999 }]],
            /must be greater than or equal to `port`/,
        ],
        [
            "invalid addresses",
            ["spec/egress/3/to", [{ ipBlock: { cidr: "203.0.113.0" } }]],
            /must be a valid CIDR/,
        ],
    ];
    for (const [what, change, expected] of refused) {
        it(`is rejected with ${what}: the server validates it`, async () => {
            const namespaces = namespacesOf("network-refused");
            const changes = onApiServers("prod", apiServers(), namespaces);
            const result = await recordStack("prod", { changes });
            const found = kubernetesObjects(result).find(isPolicyOfMirror)!;
            const object = changed(
                {
                    apiVersion: "networking.k8s.io/v1",
                    kind: "NetworkPolicy",
                    ...structuredClone(found.inputs),
                },
                change,
            );
            await assert.rejects(
                new Kubectl(apiServers().target).create(
                    NETWORK_POLICY,
                    {
                        ...object,
                        metadata: { name: "refused", namespace: "default" },
                    },
                    true,
                ),
                expected,
            );
        });
    }
});
