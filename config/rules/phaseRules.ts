import { mirrorListener, targetListener } from "../listeners";
import { phases } from "../phase";
import { reversed } from "../reversed";
import { sameKubernetesCluster, type Settings } from "../settingsSchema";
import { type Finding, rule } from "./rule";

const NEEDS = ["source", "target", "mirror", "phase", "networkPolicies", "caCopy"] as const;
type PairSettings = Pick<Settings, (typeof NEEDS)[number]>;

const identityPolicy = rule({
    id: "failback-needs-identity",
    summary: "The reverse mirror keeps topic names, so the forward mirror must keep them too.",
    severity: "error",
    needs: ["mirror", "phase"],
    check: ({ mirror, phase }) =>
        mirror.replicationPolicy !== "identity" &&
        (phases[phase].reverse === "running" || mirror.epoch > 1)
            ? [
                  {
                      key: "kafka-dr:mirror.replicationPolicy",
                      value: mirror.replicationPolicy,
                      message: `must be "identity" in the phase "${phase}" of epoch ${mirror.epoch}: topics with the source's alias in their names cannot be mirrored back to the topics they came from`,
                  },
              ]
            : [],
});

const unknownListener = rule({
    id: "unknown-failback-listener",
    summary: "The listeners of the reverse mirror must exist in the clusters.",
    severity: "error",
    needs: ["source", "target", "mirror"],
    check: (settings) =>
        (["source", "target"] as const).flatMap((side): Finding[] => {
            const field = `${side}Listener` as const;
            const site = settings[side];
            const wanted = settings.mirror.failback[field];
            const names = site.managed ? site.listeners.map(({ name }) => name) : [];
            return wanted === undefined || names.includes(wanted)
                ? []
                : [
                      {
                          key: `kafka-dr:mirror.failback.${field}`,
                          value: wanted,
                          message: site.managed
                              ? `must be a listener of the ${side}: ${names.join(", ")}`
                              : `must be absent: this stack does not manage the ${side}, which has bootstrapServers`,
                      },
                  ];
        }),
});

/** Why the reverse mirror could not connect to the target; empty when it can. */
function unreachableForFailback(settings: PairSettings): Finding[] {
    const back = reversed(settings);
    const { source: from, target: to, mirror } = back;
    if (!from.managed || sameKubernetesCluster(from, to)) {
        return [];
    }
    const listener = mirrorListener(from, to, mirror);
    const key = "kafka-dr:target.listeners";
    const value = from.listeners.map(
        ({ name, type, tls }) => `${name} (${type}${tls ? "" : ", no TLS"})`,
    );
    const isExposed =
        mirror.sourceBootstrapServers !== undefined ||
        (listener !== undefined && listener.type !== "internal");
    if (!isExposed) {
        return [
            {
                key,
                value,
                message: `must have one of type loadbalancer, nodeport, ingress, route or cluster-ip for the reverse mirror in the context "${to.context}", or kafka-dr:mirror.failback.targetBootstrapServers must contain addresses that it can reach`,
            },
        ];
    }
    return listener?.tls === false
        ? [
              {
                  key,
                  value,
                  message: `must have one with tls: true for the reverse mirror`,
              },
          ]
        : [];
}

const unreachableTarget = rule({
    id: "unreachable-target",
    summary:
        "The reverse mirror to a source in another Kubernetes cluster needs an exposed listener of the target.",
    severity: "error",
    needs: NEEDS,
    check: (settings) =>
        phases[settings.phase].reverse === "running" ? unreachableForFailback(settings) : [],
});

const failbackUnprepared = rule({
    id: "failback-unprepared",
    summary:
        "After a failover the failback needs an exposed listener of the target; add it in advance.",
    severity: "warning",
    needs: NEEDS,
    check: (settings) =>
        phases[settings.phase].reverse === "absent" ? unreachableForFailback(settings) : [],
});

const userOperatorAtFailback = rule({
    id: "failback-without-user-operator",
    summary: "The reverse mirror has KafkaUsers at both sites, which need the User Operators.",
    severity: "error",
    needs: NEEDS,
    check: (settings) => {
        if (phases[settings.phase].reverse === "absent") {
            return [];
        }
        const back = reversed(settings);
        const listeners = {
            target: mirrorListener(back.source, back.target, back.mirror),
            source: targetListener(back.target, back.mirror),
        };
        return (["source", "target"] as const).flatMap((side): Finding[] => {
            const site = settings[side];
            const authentication = listeners[side]?.authentication ?? "none";
            return site.managed && !site.entityOperator.userOperator && authentication !== "none"
                ? [
                      {
                          key: `kafka-dr:${side}.entityOperator.userOperator`,
                          value: false,
                          message:
                              "must be true: the reverse mirror's user is a KafkaUser of this cluster",
                      },
                  ]
                : [];
        });
    },
});

export const phaseRules = [
    identityPolicy,
    unknownListener,
    unreachableTarget,
    failbackUnprepared,
    userOperatorAtFailback,
];
