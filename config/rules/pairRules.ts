import {
    aliasOf,
    type ManagedSite,
    mirroredAlias,
    sameKubernetesCluster,
    sameNamespace,
} from "../settingsSchema";
import { rule } from "./rule";

const sameCluster = rule({
    id: "same-cluster",
    summary:
        "Source and target must be different clusters: a cluster mirrored to itself grows without end.",
    severity: "error",
    needs: ["source", "target"],
    check: ({ source, target }) =>
        sameNamespace(source, target) && source.name === target.name
            ? [
                  {
                      key: "kafka-dr:target.name",
                      value: target.name,
                      message: `must not be the source: both have the context "${source.context}", namespace "${source.namespace}" and name`,
                  },
              ]
            : [],
});

const sameBrokers = rule({
    id: "same-cluster",
    summary:
        "Source and target must be different clusters: a cluster mirrored to itself grows without end.",
    severity: "error",
    needs: ["source", "target"],
    check: ({ source, target }) =>
        !source.managed && !target.managed && source.bootstrapServers === target.bootstrapServers
            ? [
                  {
                      key: "kafka-dr:target.bootstrapServers",
                      value: target.bootstrapServers,
                      message: "must not be the brokers of the source",
                  },
              ]
            : [],
});

const sameAlias = rule({
    id: "same-alias",
    summary: "MirrorMaker 2 distinguishes the clusters by their aliases.",
    severity: "error",
    needs: ["source", "target", "mirror"],
    check: ({ source, target, mirror }) =>
        [aliasOf(source), mirroredAlias({ source, mirror })].includes(aliasOf(target)) ||
        mirroredAlias({ source: target, mirror }) === aliasOf(source)
            ? [
                  {
                      key: "kafka-dr:target.alias",
                      value: target.alias,
                      message: `must differ from the source's alias "${aliasOf(source)}"; without an alias a site uses its cluster's name, and from epoch 2 on the source's alias ends with the epoch`,
                  },
              ]
            : [],
});

const duplicatePool = rule({
    id: "duplicate-node-pool",
    summary: "The name of a KafkaNodePool must be unique in its namespace, even across clusters.",
    severity: "error",
    needs: ["source", "target"],
    check: ({ source, target }) => {
        const own = [source, target].flatMap((site, index) =>
            site.managed
                ? duplicatesWithin(site, index === 0 ? "kafka-dr:source" : "kafka-dr:target")
                : [],
        );
        if (!source.managed || !target.managed || !sameNamespace(source, target)) {
            return own;
        }
        const names = source.nodePools.map((pool) => pool.name);
        const shared = target.nodePools.flatMap((pool, index) =>
            names.includes(pool.name)
                ? [
                      {
                          key: `kafka-dr:target.nodePools[${index}].name`,
                          value: pool.name,
                          message: `must differ from the source's pools, which are in the same namespace "${target.namespace}"`,
                      },
                  ]
                : [],
        );
        return [...own, ...shared];
    },
});

function duplicatesWithin(site: ManagedSite, key: string) {
    return site.nodePools.flatMap((pool, index) =>
        site.nodePools.slice(0, index).some((other) => other.name === pool.name)
            ? [
                  {
                      key: `${key}.nodePools[${index}].name`,
                      value: pool.name,
                      message: `must be unique in the namespace "${site.namespace}"`,
                  },
              ]
            : [],
    );
}

const sharedNamespace = rule({
    id: "shared-namespace",
    summary: "Strimzi recommends one Kafka cluster per namespace for its Topic and User Operators.",
    severity: "warning",
    needs: ["source", "target"],
    check: ({ source, target }) =>
        source.managed && target.managed && sameNamespace(source, target)
            ? [
                  {
                      key: "kafka-dr:target.namespace",
                      value: target.namespace,
                      message:
                          "is also the source's namespace; give each cluster its own, as Strimzi's Topic and User Operators expect",
                  },
              ]
            : [],
});

const createdTwice = rule({
    id: "namespace-created-twice",
    summary: "Only one site can create a namespace that both share.",
    severity: "error",
    needs: ["source", "target"],
    check: ({ source, target }) =>
        source.createNamespace && target.createNamespace && sameNamespace(source, target)
            ? [
                  {
                      key: "kafka-dr:target.createNamespace",
                      value: true,
                      message: `must be false: the source creates the namespace "${source.namespace}"`,
                  },
              ]
            : [],
});

const samePin = rule({
    id: "same-kubernetes-cluster-uid",
    summary: "Two contexts with the UID of one Kubernetes cluster must be the same context.",
    severity: "error",
    needs: ["source", "target"],
    check: ({ source, target }) =>
        source.kubernetesClusterUid !== undefined &&
        source.kubernetesClusterUid === target.kubernetesClusterUid &&
        !sameKubernetesCluster(source, target)
            ? [
                  {
                      key: "kafka-dr:target.kubernetesClusterUid",
                      value: target.kubernetesClusterUid,
                      message:
                          "must differ from the source's, or both sites must have the same context and kubeconfig",
                  },
              ]
            : [],
});

const operatorNamespace = rule({
    id: "operator-namespace",
    summary:
        "The stack creates the operator's namespace only for the operator, so no cluster can be in it.",
    severity: "error",
    needs: ["source", "target", "operator"],
    check: ({ source, target, operator }) =>
        operator.install && [source.namespace, target.namespace].includes(operator.namespace)
            ? [
                  {
                      key: "kafka-dr:operator.namespace",
                      value: operator.namespace,
                      message: "must differ from the namespaces of the source and the target",
                  },
              ]
            : [],
});

export const pairRules = [
    operatorNamespace,
    samePin,
    sameCluster,
    sameBrokers,
    sameAlias,
    duplicatePool,
    sharedNamespace,
    createdTwice,
];
