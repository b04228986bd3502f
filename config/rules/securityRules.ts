import type { ListenerSettings, ManagedSite } from "../settingsSchema";
import { type Finding, type KeyedSite, managedSites, rule } from "./rule";

/** A rule for the listeners of managed sites, unless the stack allows insecure ones. */
function listenerRule(
    id: string,
    summary: string,
    check: (listener: ListenerSettings, key: string, site: ManagedSite) => Finding[],
) {
    const perSite = (name: "source" | "target") =>
        rule({
            id,
            summary,
            severity: "error",
            needs: [name, "security"],
            check: (settings) =>
                settings.security.allowInsecureListeners ? [] : ofListeners(settings, check),
        });
    return [perSite("source"), perSite("target")] as const;
}

function ofListeners(
    settings: Parameters<typeof managedSites>[0],
    check: (listener: ListenerSettings, key: string, site: ManagedSite) => Finding[],
): Finding[] {
    return managedSites(settings).flatMap(({ key, site }) =>
        site.listeners.flatMap((listener, index) =>
            check(listener, `${key}.listeners[${index}]`, site),
        ),
    );
}

const ALLOWED_BY =
    "or kafka-dr:security.allowInsecureListeners must be true, which requires kafka-dr:protect to be false";

const plainListener = listenerRule(
    "plain-listener",
    "Without TLS, records and the password exchange of a client can be read and changed in transit.",
    ({ tls }, key) =>
        tls ? [] : [{ key: `${key}.tls`, value: tls, message: `must be true, ${ALLOWED_BY}` }],
);

const unauthenticatedListener = listenerRule(
    "unauthenticated-listener",
    "On a listener without authentication every client is the same anonymous user.",
    ({ authentication }, key) =>
        authentication !== "none"
            ? []
            : [
                  {
                      key: `${key}.authentication`,
                      value: authentication,
                      message: `must be "scram-sha-512" or "tls", ${ALLOWED_BY}`,
                  },
              ],
);

const noAuthorization = (name: "source" | "target") =>
    rule({
        id: "no-authorization",
        summary: "Without an authorizer every client may read, write and delete everything.",
        severity: "error",
        needs: [name, "security"],
        check: (settings) =>
            managedSites(settings)
                .filter(
                    ({ site }) =>
                        site.authorization === "none" && !settings.security.allowInsecureListeners,
                )
                .map(({ key, site }) => ({
                    key: `${key}.authorization`,
                    value: site.authorization,
                    message: `must be "simple", ${ALLOWED_BY}`,
                })),
    });

/** A rule for each managed site, even if the stack allows insecure listeners. */
function siteRule(
    id: string,
    summary: string,
    check: (keyed: KeyedSite<ManagedSite>) => Finding[],
) {
    const perSite = (name: "source" | "target") =>
        rule({
            id,
            summary,
            severity: "error",
            needs: [name],
            check: (settings) => managedSites(settings).flatMap(check),
        });
    return [perSite("source"), perSite("target")] as const;
}

const certificateWithoutTls = siteRule(
    "tls-authentication-without-tls",
    "A client can present a certificate only on a listener with TLS.",
    ({ key, site }) =>
        site.listeners.flatMap(({ authentication, tls }, index) =>
            authentication === "tls" && !tls
                ? [
                      {
                          key: `${key}.listeners[${index}].authentication`,
                          value: authentication,
                          message: 'must be "scram-sha-512" on a listener without TLS',
                      },
                  ]
                : [],
        ),
);

const anonymousWithAuthorizer = siteRule(
    "anonymous-with-authorization",
    "Anonymous clients have no ACLs, so an authorizer refuses everything they do.",
    ({ key, site }) =>
        site.authorization === "none"
            ? []
            : site.listeners.flatMap(({ authentication }, index) =>
                  authentication === "none"
                      ? [
                            {
                                key: `${key}.listeners[${index}].authentication`,
                                value: authentication,
                                message: `must be "scram-sha-512" or "tls", or ${key}.authorization must be "none": the authorizer would refuse every client of this listener`,
                            },
                        ]
                      : [],
              ),
);

const insecureProtected = rule({
    id: "insecure-listeners-in-protected-stack",
    summary: "A protected stack must not have a listener that every client can use.",
    severity: "error",
    needs: ["security", "protect"],
    check: ({ security, protect }) =>
        security.allowInsecureListeners && protect
            ? [
                  {
                      key: "kafka-dr:security.allowInsecureListeners",
                      value: true,
                      message: "must be false while kafka-dr:protect is true",
                  },
              ]
            : [],
});

const insecureExisting = (name: "source" | "target") =>
    rule({
        id: "insecure-existing-cluster",
        summary: "MM2 connects to an existing cluster without TLS or without authentication.",
        severity: "warning",
        needs: [name],
        check: (settings) => {
            const site = settings[name];
            if (site.managed || (site.tls && site.authentication !== undefined)) {
                return [];
            }
            return [
                {
                    key: `kafka-dr:${name}.${site.tls ? "authentication" : "tls"}`,
                    value: site.tls ? undefined : site.tls,
                    message: site.tls
                        ? "is absent: MM2 connects to these brokers without authentication"
                        : "is false: anyone between MM2 and these brokers can read the records",
                },
            ];
        },
    });

const aclSync = rule({
    id: "acl-sync-grants-everything",
    summary:
        "To write ACLs, MM2's user at the target needs the permission to grant any right to any user, including itself.",
    severity: "warning",
    needs: ["target", "mirror"],
    check: ({ target, mirror }) =>
        mirror.syncTopicAclsEnabled && target.managed && target.authorization === "simple"
            ? [
                  {
                      key: "kafka-dr:mirror.syncTopicAclsEnabled",
                      value: true,
                      message:
                          "gives MM2's user at the target Alter on the cluster, and so every right; declare users in kafka-dr:users instead",
                  },
              ]
            : [],
});

export const securityRules = [
    aclSync,
    insecureProtected,
    ...plainListener,
    ...unauthenticatedListener,
    noAuthorization("source"),
    noAuthorization("target"),
    ...certificateWithoutTls,
    ...anonymousWithAuthorizer,
    insecureExisting("source"),
    insecureExisting("target"),
];
