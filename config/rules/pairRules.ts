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
    summary: "Source and target must be two clusters; a cluster mirrored onto itself never ends.",
    severity: "error",
    needs: ["source", "target"],
    check: ({ source, target }) =>
        sameNamespace(source, target) && source.name === target.name
            ? [
                  {
                      key: "kafka-dr:target.name",
                      value: target.name,
                      message: `must not be the source itself: same context "${source.context}", namespace "${source.namespace}" and name`,
                  },
              ]
            : [],
});

const sameBrokers = rule({
    id: "same-cluster",
    summary: "Source and target must be two clusters; a cluster mirrored onto itself never ends.",
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
    summary: "MirrorMaker 2 tells the clusters apart by their aliases.",
    severity: "error",
    needs: ["source", "target", "mirror"],
    check: ({ source, target, mirror }) =>
        [aliasOf(source), mirroredAlias({ source, mirror })].includes(aliasOf(target)) ||
        mirroredAlias({ source: target, mirror }) === aliasOf(source)
            ? [
                  {
                      key: "kafka-dr:target.alias",
                      value: target.alias,
                      message: `must differ from the source's alias "${aliasOf(source)}"; a site without an alias takes its cluster's name, and MM2 adds the epoch from 2 on`,
                  },
              ]
            : [],
});

const duplicatePool = rule({
    id: "duplicate-node-pool",
    summary: "A KafkaNodePool's name is unique in its namespace, also across two clusters there.",
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
                          message: `must differ from the source's pools, which live in the same namespace "${target.namespace}"`,
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
    summary: "Strimzi advises one Kafka cluster per namespace for its Topic and User Operators.",
    severity: "warning",
    needs: ["source", "target"],
    check: ({ source, target }) =>
        source.managed && target.managed && sameNamespace(source, target)
            ? [
                  {
                      key: "kafka-dr:target.namespace",
                      value: target.namespace,
                      message:
                          "is also the source's; give each cluster a namespace of its own, as Strimzi's Topic and User Operators expect",
                  },
              ]
            : [],
});

const createdTwice = rule({
    id: "namespace-created-twice",
    summary: "A namespace that both sites share can be created by one of them only.",
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
    summary: "Two contexts that are pinned to one Kubernetes cluster are one site, or an error.",
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
    summary: "The operator's namespace is created for it alone, so no cluster may live there.",
    severity: "error",
    needs: ["source", "target", "operator"],
    check: ({ source, target, operator }) =>
        operator.install && [source.namespace, target.namespace].includes(operator.namespace)
            ? [
                  {
                      key: "kafka-dr:operator.namespace",
                      value: operator.namespace,
                      message: "must be another namespace than those of the source and the target",
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
