import { mirrorListener } from "../listeners";
import { sameKubernetesCluster, type SiteName } from "../settingsSchema";
import { rule } from "./rule";

const unknownListener = (side: SiteName) =>
    rule({
        id: "unknown-listener",
        summary: "The listener that MM2 uses must exist in the cluster.",
        severity: "error",
        needs: [side, "mirror"],
        check: (settings) => {
            const field = `${side}Listener` as const;
            const site = settings[side];
            const wanted = settings.mirror[field];
            const names = site.managed ? site.listeners.map((listener) => listener.name) : [];
            return wanted === undefined || names.includes(wanted)
                ? []
                : [
                      {
                          key: `kafka-dr:mirror.${field}`,
                          value: wanted,
                          message: site.managed
                              ? `must be a listener of the ${side}: ${names.join(", ")}`
                              : `must be absent: this stack does not manage the ${side}, which has bootstrapServers`,
                      },
                  ];
        },
    });

const unreachableSource = rule({
    id: "unreachable-source",
    summary:
        "MM2 in another Kubernetes cluster cannot resolve the names of an internal listener, so the source needs an exposed listener.",
    severity: "error",
    needs: ["source", "target", "mirror"],
    check: ({ source, target, mirror }) => {
        if (
            !source.managed ||
            sameKubernetesCluster(source, target) ||
            mirror.sourceBootstrapServers !== undefined
        ) {
            return [];
        }
        const listener = mirrorListener(source, target, mirror);
        if (listener === undefined && mirror.sourceListener !== undefined) {
            return []; // unknown-listener reports it
        }
        return listener === undefined || listener.type === "internal"
            ? [
                  {
                      key: "kafka-dr:source.listeners",
                      value: source.listeners.map(({ name, type }) => `${name} (${type})`),
                      message: `must have one of type loadbalancer, nodeport, ingress, route or cluster-ip for MirrorMaker 2 in the context "${target.context}", or kafka-dr:mirror.sourceBootstrapServers must contain addresses that it can reach`,
                  },
              ]
            : [];
    },
});

const plainAcrossClusters = rule({
    id: "plain-listener-across-clusters",
    summary: "Records must be encrypted when they leave a Kubernetes cluster.",
    severity: "error",
    needs: ["source", "target", "mirror"],
    check: ({ source, target, mirror }) => {
        const listener = mirrorListener(source, target, mirror);
        return listener === undefined || listener.tls || sameKubernetesCluster(source, target)
            ? []
            : [
                  {
                      key: "kafka-dr:mirror.sourceListener",
                      value: listener.name,
                      message:
                          "must be a listener with tls: true when source and target are in different Kubernetes clusters",
                  },
              ];
    },
});

const sourceApiServer = rule({
    id: "source-api-server-missing",
    summary:
        "The External Secrets Operator at the target needs the address of a source's API server in another Kubernetes cluster.",
    severity: "error",
    needs: ["source", "target", "caCopy"],
    check: ({ source, target, caCopy }) =>
        caCopy.method === "external-secrets" &&
        caCopy.sourceApiServer === undefined &&
        !sameKubernetesCluster(source, target)
            ? [
                  {
                      key: "kafka-dr:caCopy.sourceApiServer",
                      message: `is required with the method "external-secrets" and two contexts: the https URL of the API server behind "${source.context}", as pods behind "${target.context}" reach it`,
                  },
              ]
            : [],
});

const oneAuthority = (name: "source" | "target") =>
    rule({
        id: "ca-given-twice",
        summary: "The CA of an existing cluster is a Secret or PEM, not both.",
        severity: "error",
        needs: [name],
        check: (settings) => {
            const site = settings[name];
            return !site.managed &&
                site.caSecretName !== undefined &&
                site.caCertificates !== undefined
                ? [
                      {
                          key: `kafka-dr:${name}.caCertificates`,
                          message: `must be absent when there is a caSecretName "${site.caSecretName}"`,
                      },
                  ]
                : [];
        },
    });

export const connectionRules = [
    oneAuthority("source"),
    oneAuthority("target"),
    sourceApiServer,
    unknownListener("source"),
    unknownListener("target"),
    unreachableSource,
    plainAcrossClusters,
];
