import type { types } from "@pulumi/kubernetes";
import { mirrorListener, targetListener } from "../../config/listeners";
import {
    type ListenerSettings,
    type MirrorSettings,
    sameKubernetesCluster,
    type Settings,
    type Site,
} from "../../config/settingsSchema";
import { commandsPodLabels, mirrorPodLabels } from "./podTemplate";

export type PolicySettings = Pick<Settings, "source" | "target" | "mirror" | "networkPolicies">;
type Peer = types.input.networking.v1.NetworkPolicyPeer;
interface Port {
    readonly protocol: "TCP" | "UDP";
    readonly port: number;
    /** Last port of a range that begins with `port`. */
    readonly endPort?: number;
}

/** Where pods may connect to; anywhere on these ports without `to`. */
interface Egress {
    readonly to?: Peer[];
    readonly ports: Port[];
}

const REST_PORT = 8083;
/** Port of MM2's metrics in every pod. */
export const METRICS_PORT = 9404;

/** Kubernetes' default range of node ports. */
const NODE_PORTS: Port = { protocol: "TCP", port: 30000, endPort: 32767 };

/**
 * The NetworkPolicy of MM2's pods. Ingress: the REST API and the metrics. Egress: DNS, the API
 * server (Strimzi's workers read their Secrets there), the brokers of both clusters, and each
 * other.
 *
 * Policies are additive. Strimzi's operator creates one that opens the metrics to every peer, so
 * this policy limits them only if the operator does not create its own.
 */
export function mirrorNetworkPolicy(settings: PolicySettings) {
    const { target, mirror, networkPolicies } = settings;
    const ownPods = podsOf(mirrorPodLabels(mirror.name));
    return {
        metadata: { name: `${mirror.name}-access`, namespace: target.namespace },
        spec: {
            podSelector: ownPods.podSelector,
            policyTypes: ["Ingress", "Egress"],
            ingress: [
                {
                    from: [
                        ownPods,
                        OPERATOR,
                        podsOf(commandsPodLabels(mirror)),
                        ...peers(networkPolicies.restApiFrom),
                    ],
                    ports: [tcp(REST_PORT)],
                },
                ...(mirror.metrics && networkPolicies.metricsFrom.length > 0
                    ? [{ from: peers(networkPolicies.metricsFrom), ports: [tcp(METRICS_PORT)] }]
                    : []),
            ],
            egress: [
                TO_DNS,
                { ports: networkPolicies.apiServerPorts.map(tcp) },
                toRestApi(settings),
                ...toBrokers(settings),
            ],
        },
    };
}

/** DNS, wherever it runs. */
export const TO_DNS: Egress = { ports: [{ protocol: "UDP", port: 53 }, tcp(53)] };

/** The REST API of MM2, from its own namespace. */
export function toRestApi({ mirror }: Pick<PolicySettings, "mirror">): Egress {
    return { to: [podsOf(mirrorPodLabels(mirror.name))], ports: [tcp(REST_PORT)] };
}

/** The brokers of both clusters, as MM2 reaches them. */
export function toBrokers(settings: PolicySettings): Egress[] {
    return [toSource(settings), toTarget(settings)];
}

/** Pods in the policy's own namespace. */
function podsOf(matchLabels: Readonly<Record<string, string>>) {
    return { podSelector: { matchLabels } };
}

/** Strimzi's operator, in whatever namespace it runs. */
const OPERATOR: Peer = {
    namespaceSelector: {},
    podSelector: { matchLabels: { "strimzi.io/kind": "cluster-operator" } },
};

/** A mutable copy of the settings' peers, as the SDK requires. */
function peers(given: PolicySettings["networkPolicies"]["restApiFrom"]): Peer[] {
    return structuredClone(given) as Peer[];
}

function toTarget({ target, mirror, networkPolicies }: PolicySettings) {
    const listener = targetListener(target, mirror);
    return listener === undefined
        ? {
              ...to(networkPolicies.targetCidrs),
              ports: bootstrapPorts(target.managed ? "" : target.bootstrapServers),
          }
        : { to: [brokerPods(target)], ports: [tcp(listener.port)] };
}

function toSource({ source, target, mirror, networkPolicies }: PolicySettings) {
    const listener = mirrorListener(source, target, mirror);
    const named = bootstrapPorts(
        mirror.sourceBootstrapServers ?? (source.managed ? "" : source.bootstrapServers),
    );
    if (listener?.type === "internal" && sameKubernetesCluster(source, target)) {
        return { to: [brokerPods(source)], ports: [tcp(listener.port)] };
    }
    return {
        ...to(networkPolicies.sourceCidrs),
        ports: unique([...named, ...(listener === undefined ? [] : exposedPorts(listener))]),
    };
}

/**
 * Ports on which Strimzi exposes the brokers of a listener outside their Kubernetes cluster.
 */
function exposedPorts({ type, port, configuration }: ListenerSettings): Port[] {
    const advertised = advertisedPorts(configuration).map(tcp);
    switch (type) {
        case "nodeport":
            return [NODE_PORTS, ...advertised];
        case "ingress":
        case "route":
            return [tcp(443), ...advertised];
        default:
            return [tcp(port), ...advertised];
    }
}

/** `advertisedPort` of each broker in Strimzi's configuration of a listener. */
function advertisedPorts(configuration: ListenerSettings["configuration"]): number[] {
    const brokers: unknown = configuration?.brokers;
    return (Array.isArray(brokers) ? (brokers as unknown[]) : []).flatMap((broker) =>
        typeof broker === "object" &&
        broker !== null &&
        "advertisedPort" in broker &&
        typeof broker.advertisedPort === "number"
            ? [broker.advertisedPort]
            : [],
    );
}

function brokerPods({ name, namespace }: Pick<Site, "name" | "namespace">): Peer {
    return {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        podSelector: {
            matchLabels: { "strimzi.io/cluster": name, "strimzi.io/name": `${name}-kafka` },
        },
    };
}

function bootstrapPorts(servers: string): Port[] {
    return servers === ""
        ? []
        : unique(servers.split(",").map((server) => tcp(Number(server.split(":").at(-1)))));
}

function to(cidrs: readonly string[]) {
    return cidrs.length === 0 ? {} : { to: cidrs.map((cidr) => ({ ipBlock: { cidr } })) };
}

function tcp(port: number): Port {
    return { protocol: "TCP", port };
}

function unique(ports: readonly Port[]): Port[] {
    return ports.filter(
        ({ port, endPort }, index) =>
            ports.findIndex((other) => other.port === port && other.endPort === endPort) === index,
    );
}

export function commandsPolicyName({ name }: Pick<MirrorSettings, "name">): string {
    return `${name}-commands-access`;
}

/**
 * The NetworkPolicy of kafka-dr Jobs next to the target: they may reach DNS, the brokers of both
 * clusters and MM2's REST API, and have no ingress.
 */
export function commandsNetworkPolicy(settings: PolicySettings) {
    return {
        metadata: {
            name: commandsPolicyName(settings.mirror),
            namespace: settings.target.namespace,
        },
        spec: {
            podSelector: { matchLabels: commandsPodLabels(settings.mirror) },
            policyTypes: ["Ingress", "Egress"],
            ingress: [],
            egress: [TO_DNS, toRestApi(settings), ...toBrokers(settings)],
        },
    };
}
