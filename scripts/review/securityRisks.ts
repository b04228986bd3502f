import { type GoldenResource, inputAt, isRecord, kindOf, valueAt } from "./golden";
import { nameOf, type Risk } from "./risk";
import type { StackChanges } from "./stackChanges";

/** Changes that loosen authentication, the rights of users, or the network policy of MM2. */
export function securityRisks({ resources }: StackChanges): Risk[] {
    return resources.flatMap((change): Risk[] => {
        switch (change.kind) {
            case "added":
                return [];
            case "removed":
                return removed(change.before);
            default:
                return [
                    ...listenerRisks(change.before, change.after),
                    ...authorizationRisks(change.before, change.after),
                    ...rightRisks(change.before, change.after),
                ];
        }
    });
}

function risk(resource: GoldenResource, message: string): Risk {
    return { category: "Weaker security", resource: nameOf(resource), message };
}

function removed(resource: GoldenResource): Risk[] {
    return kindOf(resource) === "NetworkPolicy"
        ? [risk(resource, "is deleted: any client that reaches a pod can use its ports.")]
        : [];
}

function listenerRisks(before: GoldenResource, after: GoldenResource): Risk[] {
    const old = listeners(before);
    return [...listeners(after)].flatMap(([name, listener]) => {
        const was = old.get(name);
        const asked = valueAt(was, "authentication", "type");
        return [
            ...(listener.tls === false && was?.tls !== false
                ? [risk(after, `listener \`${name}\` has no TLS: records can be read on the way.`)]
                : []),
            ...(asked !== undefined && valueAt(listener, "authentication", "type") === undefined
                ? [
                      risk(
                          after,
                          `listener \`${name}\` has no authentication (it was ${text(asked)}).`,
                      ),
                  ]
                : []),
        ];
    });
}

function listeners(resource: GoldenResource): Map<string, Record<string, unknown>> {
    const found = inputAt(resource, "spec", "kafka", "listeners");
    return new Map(
        (Array.isArray(found) ? found : [])
            .filter(isRecord)
            .map((listener) => [String(listener.name), listener]),
    );
}

function authorizationRisks(before: GoldenResource, after: GoldenResource): Risk[] {
    const path = ["spec", "kafka", "authorization"] as const;
    return inputAt(before, ...path) !== undefined && inputAt(after, ...path) === undefined
        ? [risk(after, "no longer has authorization: every client may do anything.")]
        : [];
}

/** Rights that a user did not have, in the order of the ACLs. */
function rightRisks(before: GoldenResource, after: GoldenResource): Risk[] {
    if (kindOf(after) !== "KafkaUser") {
        return [];
    }
    const old = rights(before);
    const gained = [...rights(after)].filter((right) => !old.has(right));
    return gained.length === 0 ? [] : [risk(after, `gains the rights ${gained.join(", ")}.`)];
}

/** `Read topic orders`, `Read topic orders-*` for a prefix. */
function rights(user: GoldenResource): Set<string> {
    const acls = inputAt(user, "spec", "authorization", "acls");
    return new Set(
        (Array.isArray(acls) ? acls : []).filter(isRecord).flatMap(({ resource, operations }) => {
            const [type, name, pattern] = ["type", "name", "patternType"].map((key) =>
                valueAt(resource, key),
            );
            const named = name === undefined ? "" : ` ${text(name)}`;
            const prefix = pattern === "prefix" ? "*" : "";
            return (Array.isArray(operations) ? operations : []).map(
                (operation) => `\`${String(operation)} ${String(type)}${named}${prefix}\``,
            );
        }),
    );
}

function text(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}
