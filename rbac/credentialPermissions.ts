/** What the deploying identity needs for credentials: CA certificates, users, and their Secrets. */
import { mirrorListener, targetListener } from "../config/listeners";
import { sameNamespace, type Settings } from "../config/settingsSchema";
import {
    caCopySecretName,
    clusterCaSecretName,
    commandsUserName,
    mirrorUserName,
    passwordSecretName,
    userCertificateCopySecretName,
} from "../strimzi/builders/names";
import {
    type AtSite,
    namespaceOf,
    ownObjects,
    type Permission,
    readObject,
    STRIMZI,
} from "./permission";

const EXTERNAL_SECRETS = "external-secrets.io";
const RBAC = "rbac.authorization.k8s.io";

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

/** Reads the source's CA next to the source. */
export function sourceOfCa(settings: Settings): Permission[] {
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

/** Writes CA certificates next to MM2. */
export function copyOfCa(settings: Settings): Permission[] {
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

function kafkaUsers(namespace: string | undefined): Permission[] {
    return ownObjects(
        { namespace, apiGroup: STRIMZI, resource: "kafkausers", why: "users and their rights" },
        { awaited: true },
    );
}

/** The users as which MM2 and the commands connect, and their credentials where they are read. */
export function mirrorUsers(settings: Settings): AtSite[] {
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
export function applicationUsers(settings: Settings): AtSite[] {
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
