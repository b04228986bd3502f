import type { OperatorSettings, Site } from "../../config/settingsSchema";
import { STRIMZI_VERSION } from "../../strimzi/version";
import { error, type Finding, warning } from "./finding";
import type { CaObservation, ClusterObservation } from "./observation";

const KINDS_OF_A_CLUSTER = ["Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser"];
const KIND_OF_THE_MIRROR = "KafkaMirrorMaker2";

/** Strimzi renews a CA this many days before it ends. */
const RENEWAL_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A site and what was seen of the Kubernetes cluster behind its context. */
export interface SeenSite {
    readonly side: "source" | "target";
    readonly site: Site;
    readonly seen: ClusterObservation;
}

/** What of a site would make the deployment fail, or reach the wrong cluster. */
export function judgeSite(
    { side, site, seen }: SeenSite,
    operator: Pick<OperatorSettings, "install">,
): Finding[] {
    return [
        ...identity(side, site, seen),
        ...namespace(side, site, seen),
        ...(operator.install ? [] : [...kinds(side, site, seen), ...watching(side, site, seen)]),
    ];
}

function identity(side: string, site: Site, { uid }: ClusterObservation): Finding[] {
    const pinned = site.kubernetesClusterUid;
    return pinned === undefined || uid === undefined || uid === pinned
        ? []
        : [
              error(
                  `kafka-dr:${side}.kubernetesClusterUid is ${pinned}, but the context "${site.context}" leads to the Kubernetes cluster ${uid}.`,
                  "Check kafka-dr:source.context and kafka-dr:target.context: they may be swapped.",
              ),
          ];
}

function namespace(side: string, site: Site, { namespaces }: ClusterObservation): Finding[] {
    if (namespaces === undefined) {
        return [];
    }
    const exists = namespaces.includes(site.namespace);
    if (exists || site.createNamespace) {
        return [];
    }
    return [
        error(
            `The namespace "${site.namespace}" of the ${side} does not exist behind the context "${site.context}".`,
            `Create it (kubectl --context ${site.context} create namespace ${site.namespace}), or set kafka-dr:${side}.createNamespace to true.`,
        ),
    ];
}

function kinds(side: string, site: Site, { strimziKinds }: ClusterObservation): Finding[] {
    const needed = [
        ...(site.managed ? KINDS_OF_A_CLUSTER : []),
        ...(side === "target" ? [KIND_OF_THE_MIRROR] : []),
    ];
    const missing = needed.filter((kind) => !strimziKinds.includes(kind));
    return missing.length === 0
        ? []
        : [
              error(
                  `The Kubernetes cluster behind "${site.context}" does not serve ${missing.join(", ")} in kafka.strimzi.io/v1.`,
                  `Install Strimzi ${STRIMZI_VERSION} (helm install strimzi-cluster-operator oci://quay.io/strimzi-helm/strimzi-kafka-operator --version ${STRIMZI_VERSION} --kube-context ${site.context} --namespace strimzi-operator --create-namespace --set watchAnyNamespace=true), or set kafka-dr:operator.install to true.`,
              ),
          ];
}

function watching(side: string, site: Site, { operators }: ClusterObservation): Finding[] {
    const needed = site.managed || side === "target";
    if (!needed || operators === undefined) {
        return [];
    }
    const watchers = operators.filter(
        ({ watches }) => watches.includes("*") || watches.includes(site.namespace),
    );
    if (watchers.length === 0) {
        const there = operators.map(({ id, watches }) => `${id} watches ${watches.join(", ")}`);
        return [
            error(
                `No Strimzi operator behind "${site.context}" watches the namespace "${site.namespace}" of the ${side}${there.length === 0 ? "" : ` (${there.join("; ")})`}.`,
                "Add the namespace to the operator's watchNamespaces, or set watchAnyNamespace.",
            ),
        ];
    }
    return watchers
        .filter(({ readyReplicas }) => readyReplicas === 0)
        .map(({ id }) =>
            warning(
                `Strimzi's operator ${id} behind "${site.context}" has no ready replica.`,
                `Nothing becomes Ready before it runs: kubectl --context ${site.context} -n ${id.split("/")[0] ?? ""} get pods`,
            ),
        );
}

/** Two contexts that lead to one Kubernetes cluster would put the pair into one failure domain. */
export function judgePair(source: SeenSite, target: SeenSite): Finding[] {
    const same =
        source.site.context !== target.site.context &&
        source.seen.uid !== undefined &&
        source.seen.uid === target.seen.uid;
    return same
        ? [
              error(
                  `The contexts "${source.site.context}" and "${target.site.context}" lead to the same Kubernetes cluster.`,
                  "Give the target a context of another cluster, or both sites the same context.",
              ),
          ]
        : [];
}

/** Whether the copy of the CA lags behind, and whether the CA is about to end. */
export function judgeCa(ca: CaObservation, now: Date): Finding[] {
    const days = Math.floor((ca.expires.getTime() - now.getTime()) / DAY_MS);
    return [
        ...(ca.copiedGeneration === ca.sourceGeneration
            ? []
            : [
                  warning(
                      `The copy of the source's CA has the generation ${ca.copiedGeneration || "none"}, the source is at ${ca.sourceGeneration}.`,
                      "This update refreshes it. Until then MM2 may copy nothing while it looks healthy.",
                  ),
              ]),
        ...(days >= RENEWAL_DAYS
            ? []
            : [
                  warning(
                      `The source's CA certificate ${days < 0 ? "ended" : "ends"} on ${ca.expires.toISOString().slice(0, 10)}.`,
                      "Strimzi renews it in these days: run pulumi up again after that, or set kafka-dr:caCopy.method to external-secrets.",
                  ),
              ]),
    ];
}
