import { reversed } from "../config/reversed";
import type { Settings } from "../config/settingsSchema";
import { METRICS_PORT } from "../strimzi/builders/networkPolicy";
import { phaseRecordName, startPositionsName } from "../strimzi/builders/names";
import type { Permission } from "./permission";
import { type BoundRole, ruleOf } from "./roles";

type RoleSettings = Pick<Settings, "source" | "target" | "mirror" | "networkPolicies" | "caCopy">;

/**
 * What the identity that runs kafka-dr commands from outside needs in the target's namespace: to
 * run a Job and read its log, to scale MM2 and read its metrics, and, for a failover, to read the
 * phase and give MM2 its start positions.
 *
 * The right to create a Job, like that to create a pod, lets its holder mount every Secret of the
 * namespace.
 */
export function commandPermissions({
    target,
    mirror,
}: Pick<Settings, "target" | "mirror">): Permission[] {
    const at = place(target);
    const mirrorMaker = { resourceNames: [mirror.name] };
    // Without names the API server would proxy to every port of every pod, MM2's REST API included.
    // MM2 has at most as many busy workers as tasks, and as many workers as replicas.
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
            // A failback begins the next epoch; an interrupted one continues in its own.
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
        { ...at("", "events"), verbs: ["list"], why: "explain why it does not start" },
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
 * What the operators' commands need in the source's namespace: a failback runs Jobs next to the
 * reverse mirror. Empty if the stack cannot have a reverse mirror.
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
 * {@link failbackPermissions} as a role in the Kubernetes cluster of the source; undefined if there
 * are none.
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
