import { BlockList, isIPv6 } from "node:net";

/*
 * Evaluates a NetworkPolicy as its API documentation defines it. No network plugin runs in these
 * clusters, so no packet is tested: the evaluator reads the policy that the server stored.
 */

interface LabelSelector {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly {
        readonly key: string;
        readonly operator: string;
        readonly values?: readonly string[];
    }[];
}

interface Peer {
    readonly podSelector?: LabelSelector;
    readonly namespaceSelector?: LabelSelector;
    readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Port {
    readonly protocol?: string;
    readonly port?: number;
    readonly endPort?: number;
}

/** `spec` of a NetworkPolicy. */
export interface PolicySpec {
    readonly podSelector: LabelSelector;
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly { readonly from?: readonly Peer[]; readonly ports?: Port[] }[];
    readonly egress?: readonly { readonly to?: readonly Peer[]; readonly ports?: Port[] }[];
}

/** The other end of a connection: a pod of the same Kubernetes cluster, or an address outside. */
export type OtherEnd =
    | {
          readonly namespace: string;
          readonly labels: Readonly<Record<string, string>>;
          readonly namespaceLabels?: Readonly<Record<string, string>>;
      }
    | { readonly address: string };

/** A policy and the namespace in which it is. */
export interface PlacedPolicy {
    readonly namespace: string;
    readonly spec: PolicySpec;
}

/** Whether the policy selects a pod with these labels. */
export function selects({ spec }: PlacedPolicy, labels: Readonly<Record<string, string>>): boolean {
    return matches(spec.podSelector, labels);
}

/** Whether the other end may connect to a selected pod on that port. */
export function mayEnter(
    policy: PlacedPolicy,
    from: OtherEnd,
    port: number,
    protocol = "TCP",
): boolean {
    const { policyTypes, ingress = [] } = policy.spec;
    return (
        !policyTypes.includes("Ingress") ||
        ingress.some(
            (rule) =>
                isAmong(rule.from, from, policy.namespace) && isOpen(rule.ports, port, protocol),
        )
    );
}

/** Whether a selected pod may connect to that port of the other end. */
export function mayLeave(
    policy: PlacedPolicy,
    to: OtherEnd,
    port: number,
    protocol = "TCP",
): boolean {
    const { policyTypes, egress = [] } = policy.spec;
    return (
        !policyTypes.includes("Egress") ||
        egress.some(
            (rule) => isAmong(rule.to, to, policy.namespace) && isOpen(rule.ports, port, protocol),
        )
    );
}

/** An absent or empty list matches every peer. */
function isAmong(peers: readonly Peer[] | undefined, end: OtherEnd, own: string): boolean {
    return (
        peers === undefined || peers.length === 0 || peers.some((peer) => isPeer(peer, end, own))
    );
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, end: OtherEnd, own: string) {
    if ("address" in end) {
        return (
            ipBlock !== undefined &&
            contains(ipBlock.cidr, end.address) &&
            !(ipBlock.except ?? []).some((cidr) => contains(cidr, end.address))
        );
    }
    if (ipBlock !== undefined) {
        return false;
    }
    const namespaceLabels = {
        "kubernetes.io/metadata.name": end.namespace,
        ...end.namespaceLabels,
    };
    return (
        (namespaceSelector === undefined
            ? end.namespace === own
            : matches(namespaceSelector, namespaceLabels)) &&
        (podSelector === undefined || matches(podSelector, end.labels))
    );
}

function isOpen(ports: readonly Port[] | undefined, wanted: number, protocol: string): boolean {
    return (
        ports === undefined ||
        ports.length === 0 ||
        ports.some(
            ({ protocol: found = "TCP", port, endPort = port }) =>
                found === protocol &&
                (port === undefined || (port <= wanted && wanted <= (endPort ?? port))),
        )
    );
}

function matches(
    { matchLabels = {}, matchExpressions = [] }: LabelSelector,
    labels: Readonly<Record<string, string>>,
): boolean {
    return (
        Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
        matchExpressions.every(({ key, operator, values = [] }) => {
            const value = labels[key];
            switch (operator) {
                case "In":
                    return value !== undefined && values.includes(value);
                case "NotIn":
                    return value === undefined || !values.includes(value);
                case "Exists":
                    return value !== undefined;
                case "DoesNotExist":
                    return value === undefined;
                default:
                    throw new Error(`a label selector does not support the operator ${operator}`);
            }
        })
    );
}

function contains(cidr: string, address: string): boolean {
    const [network = "", bits = ""] = cidr.split("/");
    const family = (text: string) => (isIPv6(text) ? "ipv6" : "ipv4");
    const list = new BlockList();
    list.addSubnet(network, Number(bits), family(network));
    return family(network) === family(address) && list.check(address, family(address));
}
