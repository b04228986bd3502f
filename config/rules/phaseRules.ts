import { mirrorListener, targetListener } from "../listeners";
import { phases } from "../phase";
import { reversed } from "../reversed";
import { sameKubernetesCluster, type Settings } from "../settingsSchema";
import { type Finding, rule } from "./rule";

const NEEDS = ["source", "target", "mirror", "phase", "networkPolicies", "caCopy"] as const;
type PairSettings = Pick<Settings, (typeof NEEDS)[number]>;

const identityPolicy = rule({
    id: "failback-needs-identity",
    summary:
        "The mirror back to the source keeps topic names, so the one before it must have kept them as well.",
    severity: "error",
    needs: ["mirror", "phase"],
    check: ({ mirror, phase }) =>
        mirror.replicationPolicy !== "identity" &&
        (phases[phase].reverse === "running" || mirror.epoch > 1)
            ? [
                  {
                      key: "kafka-dr:mirror.replicationPolicy",
                      value: mirror.replicationPolicy,
                      message: `must be "identity" in the phase "${phase}" of epoch ${mirror.epoch}: topics with the source's alias in their names cannot be mirrored back to where they came from`,
                  },
              ]
            : [],
});

const unknownListener = rule({
    id: "unknown-failback-listener",
    summary:
        "The listeners that the mirror back to the source uses must be ones that the clusters have.",
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
                              : `must be absent: the ${side} is not managed here and has bootstrapServers`,
                      },
                  ];
        }),
});

/** What the mirror back to the source could not connect to. */
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
                message: `must have one of type loadbalancer, nodeport, ingress, route or cluster-ip for the mirror back to the source in the context "${to.context}", or kafka-dr:mirror.failback.targetBootstrapServers must name addresses that it reaches`,
            },
        ];
    }
    return listener?.tls === false
        ? [
              {
                  key,
                  value,
                  message: `must have one with tls: true for the mirror back to the source`,
              },
          ]
        : [];
}

const unreachableTarget = rule({
    id: "unreachable-target",
    summary:
        "The mirror back to a source in another Kubernetes cluster needs an exposed listener of the target.",
    severity: "error",
    needs: NEEDS,
    check: (settings) =>
        phases[settings.phase].reverse === "running" ? unreachableForFailback(settings) : [],
});

const failbackUnprepared = rule({
    id: "failback-unprepared",
    summary:
        "After a failover the way back needs an exposed listener of the target; better to have it before.",
    severity: "warning",
    needs: NEEDS,
    check: (settings) =>
        phases[settings.phase].reverse === "absent" ? unreachableForFailback(settings) : [],
});

const userOperatorAtFailback = rule({
    id: "failback-without-user-operator",
    summary:
        "The mirror back to the source has KafkaUsers at both sites, made by their User Operators.",
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
                          message: "must be true: MM2's user there is a KafkaUser of this cluster",
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
