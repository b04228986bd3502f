import { reversed } from "../config/reversed";
import {
    type ManagedSite,
    sameKubernetesCluster,
    type Settings,
    type SiteName,
} from "../config/settingsSchema";
import { commandsPolicyName } from "../strimzi/builders/networkPolicy";
import {
    metricsConfigMapName,
    phaseRecordName,
    startPositionsName,
} from "../strimzi/builders/names";
import { applicationUsers, copyOfCa, mirrorUsers, sourceOfCa } from "./credentialPermissions";
import {
    type AtSite,
    merged,
    namespaceOf,
    ownObjects,
    type Permission,
    readObject,
    STRIMZI,
} from "./permission";

/** What the deploying identity needs in one Kubernetes cluster. */
export interface ClusterPermissions {
    /** The sites in this cluster: one or both. */
    readonly sites: readonly SiteName[];
    readonly context: string;
    readonly permissions: readonly Permission[];
}

/**
 * The minimal permissions of the identity that runs `pulumi up`, in each Kubernetes cluster of a
 * stack. The Secrets of the credentials before the last change of a `credentialsRevision` are
 * included: the update that changes it deletes them.
 *
 * `kafka-dr:operator.install` is not covered, see {@link notCovered}.
 */
export function deployerPermissions(settings: Settings): ClusterPermissions[] {
    const { source, target } = settings;
    const all: AtSite[] = [
        ["source", site(settings, "source")],
        ["target", [...site(settings, "target"), ...phaseObjects(settings)]],
        ...mirrorObjects(settings),
        ...failback(settings),
        ...applicationUsers(settings),
    ];
    const of = (...sites: SiteName[]) =>
        merged(all.filter(([name]) => sites.includes(name)).flatMap(([, found]) => found));
    if (sameKubernetesCluster(source, target)) {
        return [
            {
                sites: ["source", "target"],
                context: source.context,
                permissions: of("source", "target"),
            },
        ];
    }
    return [
        { sites: ["source"], context: source.context, permissions: of("source") },
        { sites: ["target"], context: target.context, permissions: of("target") },
    ];
}

/** MM2 next to the target, and what it needs at both sites. */
function mirrorObjects(settings: Settings): AtSite[] {
    return [
        ["source", sourceOfCa(settings)],
        ["target", [...mirrorMaker(settings), ...copyOfCa(settings)]],
        ...mirrorUsers(settings),
    ];
}

/** The same for the reverse mirror: the roles must already suffice on the day of the failover. */
function failback(settings: Settings): AtSite[] {
    return settings.mirror.replicationPolicy === "identity"
        ? mirrorObjects(reversed(settings)).map(([name, found]) => [
              name === "source" ? "target" : "source",
              found,
          ])
        : [];
}

/** ConfigMaps with the phase, and with the start positions of this epoch and of the next. */
function phaseObjects(settings: Settings): Permission[] {
    const { mirror } = settings;
    const configMaps = {
        namespace: namespaceOf(settings, "target"),
        apiGroup: "",
        resource: "configmaps",
    };
    const positions = [mirror.epoch, mirror.epoch + 1]
        .filter((epoch) => epoch > 1)
        .map((epoch) => startPositionsName({ ...mirror, epoch }));
    return [
        ...ownObjects(
            { ...configMaps, why: "the phase of the pair" },
            { names: [phaseRecordName(mirror)] },
        ),
        ...(mirror.replicationPolicy === "identity"
            ? ownObjects(
                  { ...configMaps, why: "the start positions of an epoch" },
                  { names: positions },
              )
            : []),
    ];
}

/** What a stack does but its roles do not allow, one sentence each. */
export function notCovered({ operator }: Pick<Settings, "operator">): string[] {
    return operator.install
        ? [
              "kafka-dr:operator.install is true: Helm creates Strimzi's CRDs and ClusterRoles, and these roles do not suffice for that. " +
                  "Let a cluster administrator install the operator and set it to false, or deploy with cluster-admin.",
          ]
        : [];
}

function site(settings: Settings, name: SiteName): Permission[] {
    const found = settings[name];
    return [
        ...identity(settings, name),
        ...(found.managed ? kafkaCluster(settings, name, found) : []),
    ];
}

/**
 * The Kubernetes cluster itself, its namespace, and what `make up` checks before Pulumi starts.
 */
function identity(settings: Settings, name: SiteName): Permission[] {
    const { kubernetesClusterUid, createNamespace, namespace } = settings[name];
    const namespaces = { namespace: undefined, apiGroup: "", resource: "namespaces" };
    const pinned = kubernetesClusterUid !== undefined;
    return [
        readObject(
            {
                ...namespaces,
                why: pinned
                    ? "the pinned kubernetesClusterUid"
                    : "whether both contexts are of one Kubernetes cluster",
            },
            "kube-system",
            pinned ? "always" : "preflight",
        ),
        ...(createNamespace
            ? ownObjects(
                  { ...namespaces, why: "createNamespace" },
                  { names: [namespace], deleted: !settings.retainOnDelete },
              )
            : [
                  readObject(
                      { ...namespaces, namespace, why: "whether the namespace exists" },
                      namespace,
                      "preflight",
                  ),
              ]),
        ...(settings.operator.install
            ? []
            : [
                  {
                      namespace: undefined,
                      apiGroup: "apps",
                      resource: "deployments",
                      verbs: ["list" as const],
                      why: "whether a Strimzi operator watches the namespaces",
                      when: "preflight" as const,
                  },
              ]),
    ];
}

function kafkaCluster(settings: Settings, name: SiteName, found: ManagedSite): Permission[] {
    const namespace = namespaceOf(settings, name);
    const deleted = !settings.retainOnDelete;
    const strimzi = (resource: string, why: string) => ({
        namespace,
        apiGroup: STRIMZI,
        resource,
        why,
    });
    return [
        ...ownObjects(strimzi("kafkanodepools", "node pools"), { deleted }),
        ...ownObjects(strimzi("kafkas", "Kafka clusters"), { awaited: true, deleted }),
        ...(name === "source" && settings.topics.length > 0
            ? ownObjects(strimzi("kafkatopics", "topics"), { awaited: true, deleted })
            : []),
        ...(found.metrics ? metrics(namespace, found.name) : []),
    ];
}

function metrics(namespace: string | undefined, owner: string): Permission[] {
    return ownObjects(
        { namespace, apiGroup: "", resource: "configmaps", why: "metrics rules" },
        { names: [metricsConfigMapName(owner)] },
    );
}

function mirrorMaker(settings: Settings): Permission[] {
    const { mirror, networkPolicies } = settings;
    const namespace = namespaceOf(settings, "target");
    return [
        ...ownObjects(
            { namespace, apiGroup: STRIMZI, resource: "kafkamirrormaker2s", why: "MirrorMaker 2" },
            { awaited: true },
        ),
        ...(mirror.metrics ? metrics(namespace, mirror.name) : []),
        ...(networkPolicies.enabled
            ? ownObjects(
                  {
                      namespace,
                      apiGroup: "networking.k8s.io",
                      resource: "networkpolicies",
                      why: "who may reach MirrorMaker 2, and what the commands may reach",
                  },
                  { names: [`${mirror.name}-access`, commandsPolicyName(mirror)] },
              )
            : []),
    ];
}
