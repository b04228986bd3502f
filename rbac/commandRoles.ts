import { reversed } from "../config/reversed";
import type { Settings } from "../config/settingsSchema";
import { METRICS_PORT } from "../strimzi/builders/networkPolicy";
import { phaseRecordName, startPositionsName } from "../strimzi/builders/names";
import type { Permission } from "./permission";
import { type BoundRole, ruleOf } from "./roles";

type RoleSettings = Pick<Settings, "source" | "target" | "mirror" | "networkPolicies" | "caCopy">;

/**
 * What the identity that runs kafka-dr commands from outside needs in the target's namespace: to
 * run a Job and read its log, to scale MM2, to read MM2's metrics, and what a failover asks for
 * beside `pulumi up`: the phase, and to hand MM2 its start positions.
 *
 * Creating a Job is the right to mount every Secret of the namespace, as creating a pod is.
 */
export function commandPermissions({
    target,
    mirror,
}: Pick<Settings, "target" | "mirror">): Permission[] {
    const at = place(target);
    const mirrorMaker = { resourceNames: [mirror.name] };
    // Any port of any pod could be reached through the API server, MM2's REST API among them. MM2
    // never has more workers with work than tasks, or than replicas.
    const workers = Array.from(
        { length: Math.max(mirror.replicas, mirror.tasksMax, 1) },
        (_, index) => `${mirror.name}-mirrormaker2-${index}:${METRICS_PORT}`,
    );
    return [
        ...jobPermissions({ target, mirror }),
        {
            ...at("", "configmaps"),
            resourceNames: [phaseRecordName(mirror)],
            verbs: ["get"],
            why: "see the phase of the pair",
        },
        {
            ...at("", "configmaps"),
            // A failback begins the next epoch; one that was broken off goes on in its own.
            resourceNames: [mirror.epoch, mirror.epoch + 1].map((epoch) =>
                startPositionsName({ ...mirror, epoch }),
            ),
            verbs: ["patch"],
            why: "write the start positions of a failback",
        },
        {
            ...at("kafka.strimzi.io", "kafkamirrormaker2s"),
            ...mirrorMaker,
            verbs: ["patch"],
            why: "have the operator take them",
        },
        {
            ...at("kafka.strimzi.io", "kafkamirrormaker2s/scale"),
            ...mirrorMaker,
            verbs: ["patch"],
            why: "scale it",
        },
        ...(mirror.metrics
            ? [
                  {
                      ...at("", "pods/proxy"),
                      resourceNames: workers,
                      verbs: ["get" as const],
                      why: "read its metrics",
                  },
              ]
            : []),
    ];
}

/** To run a Job next to a mirror, and to connect as it does. */
function jobPermissions({ target, mirror }: Pick<Settings, "target" | "mirror">): Permission[] {
    const at = place(target);
    return [
        { ...at("batch", "jobs"), verbs: ["create", "get", "delete"], why: "run a command" },
        { ...at("", "pods"), verbs: ["list"], why: "follow its pod, and find MM2's workers" },
        { ...at("", "pods/log"), verbs: ["get"], why: "show its output" },
        { ...at("", "events"), verbs: ["list"], why: "say why it does not start" },
        {
            ...at("kafka.strimzi.io", "kafkamirrormaker2s"),
            resourceNames: [mirror.name],
            verbs: ["get"],
            why: "connect to what MirrorMaker 2 connects to, and see it scaled",
        },
    ];
}

function place({ namespace }: Settings["target"]) {
    return (apiGroup: string, resource: string) => ({
        namespace,
        apiGroup,
        resource,
        when: "always" as const,
    });
}

/**
 * What they need in the source's namespace: the mirror back, which a failback asks through Jobs
 * next to it. Empty where there can be none.
 */
export function failbackPermissions(settings: RoleSettings): Permission[] {
    if (settings.mirror.replicationPolicy !== "identity") {
        return [];
    }
    const { target, mirror } = reversed(settings);
    return jobPermissions({ target, mirror });
}

/** {@link commandPermissions} as a role, in the Kubernetes cluster of the target. */
export function commandRole(
    stack: string,
    settings: Pick<Settings, "target" | "mirror">,
    permissions = commandPermissions(settings),
): BoundRole {
    return {
        namespace: settings.target.namespace,
        name: `kafka-dr-${stack}-commands`,
        why: "For the operators' commands from outside: kafka-dr run, scale, metrics, status, failover and failback.",
        rules: permissions.map((permission) => ({ permission, rule: ruleOf(permission) })),
    };
}

/**
 * {@link failbackPermissions} as a role, in the Kubernetes cluster of the source; undefined
 * without.
 */
export function failbackRole(stack: string, settings: RoleSettings): BoundRole | undefined {
    const permissions = failbackPermissions(settings);
    return permissions.length === 0
        ? undefined
        : {
              namespace: settings.source.namespace,
              name: `kafka-dr-${stack}-commands-failback`,
              why: "For kafka-dr failback and status from outside, while the target is mirrored back.",
              rules: permissions.map((permission) => ({ permission, rule: ruleOf(permission) })),
          };
}
