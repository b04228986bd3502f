import { mirrorListener, targetListener } from "../config/listeners";
import { reversed } from "../config/reversed";
import {
    type ManagedSite,
    sameKubernetesCluster,
    sameNamespace,
    type Settings,
    type SiteName,
} from "../config/settingsSchema";
import { commandsPolicyName } from "../strimzi/builders/networkPolicy";
import {
    caCopySecretName,
    clusterCaSecretName,
    commandsUserName,
    metricsConfigMapName,
    mirrorUserName,
    passwordSecretName,
    phaseRecordName,
    startPositionsName,
    userCertificateCopySecretName,
} from "../strimzi/builders/names";
import { merged, ownObjects, type Permission, readObject } from "./permission";

const STRIMZI = "kafka.strimzi.io";
const EXTERNAL_SECRETS = "external-secrets.io";
const RBAC = "rbac.authorization.k8s.io";

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

/** The scope of a site's permissions: all namespaces while its own does not exist yet. */
function namespaceOf(settings: Settings, name: SiteName): string | undefined {
    const { createNamespace, namespace } = settings[name];
    return createNamespace ? undefined : namespace;
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

function secrets(namespace: string | undefined, why: string) {
    return { namespace, apiGroup: "", resource: "secrets", why };
}

/** The Secret of the source's CA that is copied next to MM2; undefined without a copy. */
function copiedCaSecret({ source, target }: Settings): string | undefined {
    if (sameNamespace(source, target)) {
        return undefined;
    }
    if (source.managed) {
        return clusterCaSecretName(source.name);
    }
    return source.caCertificates === undefined ? source.caSecretName : undefined;
}

function sourceOfCa(settings: Settings): Permission[] {
    const original = copiedCaSecret(settings);
    if (original === undefined) {
        return [];
    }
    const namespace = namespaceOf(settings, "source");
    const read = readObject(secrets(namespace, "the source's CA certificates"), original);
    if (settings.caCopy.method === "pulumi") {
        return [read];
    }
    const names = [`${caCopySecretName(settings.source.name)}-reader`];
    const why = "the reader of the source's CA";
    return [
        // Kubernetes requires an identity to have every right that it grants.
        { ...read, why: "the right that the reader of the source's CA gets" },
        ...ownObjects({ namespace, apiGroup: "", resource: "serviceaccounts", why }, { names }),
        ...ownObjects({ namespace, apiGroup: RBAC, resource: "roles", why }, { names }),
        ...ownObjects({ namespace, apiGroup: RBAC, resource: "rolebindings", why }, { names }),
        ...ownObjects(secrets(namespace, why), { names }),
    ];
}

function copyOfCa(settings: Settings): Permission[] {
    const { source, caCopy } = settings;
    const namespace = namespaceOf(settings, "target");
    const copy = caCopySecretName(source.name);
    const why = "the copy of the source's CA";
    const given = (["source", "target"] as const).flatMap((name) => {
        const found = settings[name];
        return !found.managed && found.caCertificates !== undefined
            ? ownObjects(secrets(namespace, "CA certificates of the settings"), {
                  names: [caCopySecretName(found.name)],
              })
            : [];
    });
    if (copiedCaSecret(settings) === undefined) {
        return given;
    }
    if (caCopy.method === "pulumi") {
        return [...given, ...ownObjects(secrets(namespace, why), { names: [copy] })];
    }
    const store = { namespace, apiGroup: EXTERNAL_SECRETS, why };
    return [
        ...given,
        ...ownObjects(secrets(namespace, why), { names: [`${copy}-reader`] }),
        ...ownObjects({ ...store, resource: "secretstores" }),
        ...ownObjects({ ...store, resource: "externalsecrets" }, { awaited: true }),
    ];
}

type AtSite = readonly [SiteName, Permission[]];

function kafkaUsers(namespace: string | undefined): Permission[] {
    return ownObjects(
        { namespace, apiGroup: STRIMZI, resource: "kafkausers", why: "users and their rights" },
        { awaited: true },
    );
}

/** The users as which MM2 and the commands connect, and their credentials where they are read. */
function mirrorUsers(settings: Settings): AtSite[] {
    const { source, target, mirror } = settings;
    const listeners = {
        source: mirrorListener(source, target, mirror),
        target: targetListener(target, mirror),
    };
    return (["source", "target"] as const).flatMap((name): AtSite[] => {
        const authentication = listeners[name]?.authentication ?? "none";
        if (!settings[name].managed || authentication === "none") {
            return [];
        }
        const at = namespaceOf(settings, name);
        const next = namespaceOf(settings, "target");
        const apart = name === "source" && !sameNamespace(source, target);
        const users = revisions(mirror.credentialsRevision).flatMap((credentialsRevision) =>
            [mirrorUserName, commandsUserName].map((userName) =>
                userName({ name: mirror.name, credentialsRevision }, name),
            ),
        );
        if (authentication === "scram-sha-512") {
            const why = "passwords of MirrorMaker 2 and of the commands";
            const names = users.map(passwordSecretName);
            return [
                [name, [...kafkaUsers(at), ...ownObjects(secrets(at, why), { names })]],
                ...(apart ? [["target", ownObjects(secrets(next, why), { names })] as const] : []),
            ];
        }
        const why = "client certificates of MirrorMaker 2 and of the commands";
        const names = users.map(userCertificateCopySecretName);
        return [
            [
                name,
                [
                    ...kafkaUsers(at),
                    ...(apart
                        ? users.map((user) =>
                              readObject(secrets(at, `${why}, at the source`), user),
                          )
                        : []),
                ],
            ],
            ...(apart ? [["target", ownObjects(secrets(next, why), { names })] as const] : []),
        ];
    });
}

/** The users of applications, at both sites. */
function applicationUsers(settings: Settings): AtSite[] {
    const names = settings.users.flatMap(({ name, credentialsRevision }) =>
        revisions(credentialsRevision).map((revision) => passwordSecretName(`${name}-${revision}`)),
    );
    if (names.length === 0) {
        return [];
    }
    return (["source", "target"] as const)
        .filter((name) => settings[name].managed)
        .map((name): AtSite => {
            const namespace = namespaceOf(settings, name);
            const passwords = secrets(namespace, "passwords of applications");
            return [name, [...kafkaUsers(namespace), ...ownObjects(passwords, { names })]];
        });
}

/**
 * The current revision and the previous one, whose objects the update to the current one deletes.
 */
function revisions(current: number): number[] {
    return current === 1 ? [1] : [current - 1, current];
}
