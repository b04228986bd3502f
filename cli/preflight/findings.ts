import type { OperatorSettings, Site } from "../../config/settingsSchema";
import { STRIMZI_VERSION } from "../../strimzi/version";
import type { InspectedCa, InspectedCluster } from "./inspect";

/** A problem that a check before a deployment found. */
export interface Finding {
    /** `error` stops the deployment; `warning` is shown. */
    readonly severity: "error" | "warning";
    /** One line: what is wrong, where. */
    readonly message: string;
    /** One line: what to do. */
    readonly nextStep: string;
}

const KINDS_OF_A_CLUSTER = ["Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser"];
const KIND_OF_THE_MIRROR = "KafkaMirrorMaker2";

/** Strimzi renews a CA this many days before it expires. */
const RENEWAL_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A site and the Kubernetes cluster of its context. */
export interface InspectedSite {
    readonly side: "source" | "target";
    readonly site: Site;
    readonly cluster: InspectedCluster;
}

/** Problems of a site that make the deployment fail, or change the wrong cluster. */
export function evaluateSite(
    { side, site, cluster }: InspectedSite,
    operator: Pick<OperatorSettings, "install">,
): Finding[] {
    return [
        ...identity(side, site, cluster),
        ...namespace(side, site, cluster),
        ...(operator.install
            ? []
            : [...kinds(side, site, cluster), ...watching(side, site, cluster)]),
    ];
}

function identity(side: string, site: Site, { uid }: InspectedCluster): Finding[] {
    const pinned = site.kubernetesClusterUid;
    return pinned === undefined || uid === undefined || uid === pinned
        ? []
        : [
              error(
                  `kafka-dr:${side}.kubernetesClusterUid is ${pinned}, but the context "${site.context}" leads to the Kubernetes cluster ${uid}.`,
                  "Check whether kafka-dr:source.context and kafka-dr:target.context are swapped.",
              ),
          ];
}

function namespace(side: string, site: Site, { namespaces }: InspectedCluster): Finding[] {
    if (namespaces === undefined) {
        return [];
    }
    const exists = namespaces.includes(site.namespace);
    if (exists || site.createNamespace) {
        return [];
    }
    return [
        error(
            `The namespace "${site.namespace}" of the ${side} does not exist in the context "${site.context}".`,
            `Create it (kubectl --context ${site.context} create namespace ${site.namespace}), or set kafka-dr:${side}.createNamespace to true.`,
        ),
    ];
}

function kinds(side: string, site: Site, { strimziKinds }: InspectedCluster): Finding[] {
    const needed = [
        ...(site.managed ? KINDS_OF_A_CLUSTER : []),
        ...(side === "target" ? [KIND_OF_THE_MIRROR] : []),
    ];
    const missing = needed.filter((kind) => !strimziKinds.includes(kind));
    return missing.length === 0
        ? []
        : [
              error(
                  `The Kubernetes cluster of the context "${site.context}" does not serve ${missing.join(", ")} in kafka.strimzi.io/v1.`,
                  `Install Strimzi ${STRIMZI_VERSION} (helm install strimzi-cluster-operator oci://quay.io/strimzi-helm/strimzi-kafka-operator --version ${STRIMZI_VERSION} --kube-context ${site.context} --namespace strimzi-operator --create-namespace --set watchAnyNamespace=true), or set kafka-dr:operator.install to true.`,
              ),
          ];
}

function watching(side: string, site: Site, { operators }: InspectedCluster): Finding[] {
    const needed = site.managed || side === "target";
    if (!needed || operators === undefined) {
        return [];
    }
    const watchers = operators.filter(
        ({ watches }) => watches.includes("*") || watches.includes(site.namespace),
    );
    if (watchers.length === 0) {
        const existing = operators.map(({ id, watches }) => `${id} watches ${watches.join(", ")}`);
        return [
            error(
                `No Strimzi operator in the context "${site.context}" watches the namespace "${site.namespace}" of the ${side}${existing.length === 0 ? "" : ` (${existing.join("; ")})`}.`,
                "Add the namespace to watchNamespaces of the operator's Helm chart, or set watchAnyNamespace.",
            ),
        ];
    }
    return watchers
        .filter(({ readyReplicas }) => readyReplicas === 0)
        .map(({ id }) =>
            warning(
                `The Strimzi operator ${id} in the context "${site.context}" has no ready replica.`,
                `Nothing becomes Ready until it runs. Try: kubectl --context ${site.context} -n ${id.split("/")[0] ?? ""} get pods`,
            ),
        );
}

/** Two contexts of one Kubernetes cluster put the pair into one failure domain without notice. */
export function evaluatePair(source: InspectedSite, target: InspectedSite): Finding[] {
    const same =
        source.site.context !== target.site.context &&
        source.cluster.uid !== undefined &&
        source.cluster.uid === target.cluster.uid;
    return same
        ? [
              error(
                  `The contexts "${source.site.context}" and "${target.site.context}" lead to the same Kubernetes cluster.`,
                  "Set the target to a context of another cluster, or both sites to the same context.",
              ),
          ]
        : [];
}

/** Whether the copy of the CA is outdated, and whether the CA expires soon. */
export function evaluateCa(ca: InspectedCa, now: Date): Finding[] {
    const days = Math.floor((ca.expires.getTime() - now.getTime()) / DAY_MS);
    return [
        ...(ca.copiedGeneration === ca.sourceGeneration
            ? []
            : [
                  warning(
                      `The copy of the source's CA has generation ${ca.copiedGeneration || "none"}, the source has generation ${ca.sourceGeneration}.`,
                      "This update refreshes the copy. Until then MM2 may mirror nothing while it reports Ready.",
                  ),
              ]),
        ...(days >= RENEWAL_DAYS
            ? []
            : [
                  warning(
                      `The source's CA certificate ${days < 0 ? "expired" : "expires"} on ${ca.expires.toISOString().slice(0, 10)}.`,
                      "Strimzi renews it within its last 30 days: run make up again after that, or set kafka-dr:caCopy.method to external-secrets.",
                  ),
              ]),
    ];
}

function error(message: string, nextStep: string): Finding {
    return { severity: "error", message, nextStep };
}

function warning(message: string, nextStep: string): Finding {
    return { severity: "warning", message, nextStep };
}
