import { mirrorListener, targetListener } from "../listeners";
import { type ManagedSite, sameNamespace, type Site, type SiteName } from "../settingsSchema";
import { type Finding, rule } from "./rule";

const SITES = ["source", "target"] as const;

const userOperator = rule({
    id: "users-without-user-operator",
    summary: "KafkaUsers, including those of MM2, need the User Operator of their cluster.",
    severity: "error",
    needs: ["source", "target", "mirror", "users"],
    check: ({ source, target, mirror, users }) => {
        const sites: Record<SiteName, Site> = { source, target };
        const listeners = {
            source: mirrorListener(source, target, mirror),
            target: targetListener(target, mirror),
        };
        return SITES.flatMap((name): Finding[] => {
            const site = sites[name];
            if (!site.managed || site.entityOperator.userOperator) {
                return [];
            }
            const authentication = listeners[name]?.authentication ?? "none";
            return authentication !== "none" || users.length > 0
                ? [
                      {
                          key: `kafka-dr:${name}.entityOperator.userOperator`,
                          value: false,
                          message:
                              "must be true: MM2 and the users in kafka-dr:users are KafkaUsers of this cluster",
                      },
                  ]
                : [];
        });
    },
});

const existingSite = rule({
    id: "users-of-existing-cluster",
    summary: "Users exist at both sites, so that a failover changes no password.",
    severity: "error",
    needs: ["source", "target", "users"],
    check: ({ source, target, users }) => {
        const existing = SITES.filter((name) => !{ source, target }[name].managed);
        return users.length === 0 || existing.length === 0
            ? []
            : [
                  {
                      key: "kafka-dr:users",
                      value: users.map(({ name }) => name),
                      message: `must be empty unless this stack manages both clusters; it does not manage the ${existing.join(" and the ")}`,
                  },
              ];
    },
});

const sharedNamespace = rule({
    id: "users-in-shared-namespace",
    summary: "A KafkaUser belongs to one cluster, and its name must be unique in its namespace.",
    severity: "error",
    needs: ["source", "target", "users"],
    check: ({ source, target, users }) =>
        users.length > 0 && sameNamespace(source, target)
            ? [
                  {
                      key: "kafka-dr:target.namespace",
                      value: target.namespace,
                      message:
                          "must differ from the source's: each user is a KafkaUser of the same name at both sites",
                  },
              ]
            : [],
});

const passwordListener = (name: SiteName) =>
    rule({
        id: "users-without-listener",
        summary: "Users authenticate with a password, which needs a listener with scram-sha-512.",
        severity: "error",
        needs: [name, "users"],
        check: (settings) => {
            const site = settings[name];
            return settings.users.length > 0 && site.managed && !asksForPassword(site)
                ? [
                      {
                          key: `kafka-dr:${name}.listeners`,
                          value: site.listeners.map(
                              (listener) => `${listener.name} (${listener.authentication})`,
                          ),
                          message:
                              'must have one with authentication "scram-sha-512" for the users in kafka-dr:users',
                      },
                  ]
                : [];
        },
    });

function asksForPassword({ listeners }: ManagedSite): boolean {
    return listeners.some(({ authentication }) => authentication === "scram-sha-512");
}

const userName = rule({
    id: "user-name-taken",
    summary:
        "The User Operator stores a user's credentials in a Secret of the same name, which must not be the name of another Secret of this stack or of Strimzi.",
    severity: "error",
    needs: ["source", "target", "mirror", "users"],
    check: ({ source, target, mirror, users }) =>
        users.flatMap((user, index): Finding[] => {
            const key = `kafka-dr:users[${index}].name`;
            if (users.slice(0, index).some(({ name }) => name === user.name)) {
                return [{ key, value: user.name, message: "is declared twice" }];
            }
            const owner = [source.name, target.name, mirror.name].find(
                (name) => user.name === name || user.name.startsWith(`${name}-`),
            );
            if (owner !== undefined) {
                return [
                    {
                        key,
                        value: user.name,
                        message: `must not be "${owner}" or start with "${owner}-", like the Secrets of that resource`,
                    },
                ];
            }
            return user.name.endsWith("-password")
                ? [{ key, value: user.name, message: 'must not end with "-password"' }]
                : [];
        }),
});

const withoutRights = rule({
    id: "user-without-rights",
    summary: "A user without topics to produce to or consume from has no rights.",
    severity: "warning",
    needs: ["users"],
    check: ({ users }) =>
        users.flatMap(({ name, produces, consumes }, index) =>
            produces.length === 0 && consumes.length === 0
                ? [
                      {
                          key: `kafka-dr:users[${index}]`,
                          value: name,
                          message: "has neither produces nor consumes, so it has no rights",
                      },
                  ]
                : [],
        ),
});

export const userRules = [
    userOperator,
    existingSite,
    sharedNamespace,
    passwordListener("source"),
    passwordListener("target"),
    userName,
    withoutRights,
];
