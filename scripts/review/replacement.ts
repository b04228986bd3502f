import { isDeepStrictEqual } from "node:util";
import { type Golden, type GoldenResource, inputAt, isRecord, kindOf } from "./golden";

/*
 * Why a change makes a new object instead of changing the old one: because Pulumi replaces the
 * resource, or because Strimzi or Kafka cannot change the value of an object that exists.
 */

/** The end of a reason that lies in the object, not in its location or its name in Pulumi. */
export const IN_PLACE = " cannot change in place";

/** The reasons why the resource is replaced, empty when it is changed in place. */
export function replacementReasons(
    before: GoldenResource,
    after: GoldenResource,
    goldens: { readonly before: Golden; readonly after: Golden },
): string[] {
    return [
        ...pulumiReasons(before, after, goldens),
        ...(IMMUTABLE[kindOf(after)] ?? [])
            .filter(({ value }) => !isDeepStrictEqual(value(before, after), value(after, before)))
            .map(({ what }) => what),
    ];
}

function pulumiReasons(
    before: GoldenResource,
    after: GoldenResource,
    goldens: { readonly before: Golden; readonly after: Golden },
): string[] {
    const reasons: string[] = [];
    const aliases = JSON.stringify(after.aliases ?? []);
    const had = (value: string) => aliases.includes(JSON.stringify(value));
    if (before.type !== after.type && !had(before.type)) {
        reasons.push(`type: ${before.type} → ${after.type}`);
    }
    if (before.name !== after.name && !had(before.name)) {
        reasons.push(`name in the program without an alias: ${before.name} → ${after.name}`);
    }
    if (parentType(before) !== parentType(after) && after.aliases === undefined) {
        reasons.push(
            `parent without an alias: ${before.parent ?? "the stack"} → ${after.parent ?? "the stack"}`,
        );
    }
    for (const field of ["name", "namespace"]) {
        const old = inputAt(before, "metadata", field);
        const now = inputAt(after, "metadata", field);
        if (old !== now) {
            reasons.push(`metadata.${field}: ${shown(old)} → ${shown(now)}`);
        }
    }
    const cluster = kubernetesCluster(goldens.before, before);
    const newCluster = kubernetesCluster(goldens.after, after);
    if (cluster !== newCluster) {
        reasons.push(
            `Kubernetes cluster of the provider: ${shown(cluster)} → ${shown(newCluster)}`,
        );
    } else if (before.read !== undefined && before.read !== after.read) {
        reasons.push(`reads another object: ${before.read} → ${shown(after.read)}`);
    }
    return reasons;
}

/**
 * The identity of the Kubernetes cluster that a resource is in, or the provider's name if it has none.
 * Pulumi replaces the resources of a provider when this changes, not when only the provider's name or
 * its path to the cluster does.
 */
function kubernetesCluster(golden: Golden, resource: GoldenResource): unknown {
    const isProvider = resource.type.startsWith("pulumi:providers:");
    const provider = isProvider
        ? resource
        : golden.resources.find(
              ({ type, name }) =>
                  type.startsWith("pulumi:providers:") && name === resource.provider,
          );
    return provider === undefined
        ? resource.provider
        : (inputAt(provider, "clusterIdentifier") ?? inputAt(provider, "context") ?? provider.name);
}

function parentType({ parent }: GoldenResource): string | undefined {
    return parent?.slice(0, parent.indexOf("/"));
}

interface ImmutableValue {
    readonly what: string;
    /** The value in one resource; `other` is the same resource on the other side. */
    readonly value: (resource: GoldenResource, other: GoldenResource) => unknown;
}

const at = (what: string, ...path: readonly string[]): ImmutableValue => ({
    what: `${what}${IN_PLACE}`,
    value: (resource) => inputAt(resource, ...path),
});

const sideOfMirrors = (side: "source" | "target"): ImmutableValue["value"] => {
    return (resource) => {
        const mirrors = inputAt(resource, "spec", "mirrors");
        return (Array.isArray(mirrors) ? mirrors : []).map((mirror: unknown) => {
            const found = isRecord(mirror) ? mirror[side] : undefined;
            return isRecord(found) ? found.alias : undefined;
        });
    };
};

/** Type by id of the volumes that both sides have; an added or removed volume changes no type. */
function volumeTypes(pool: GoldenResource, other: GoldenResource): Map<unknown, unknown> {
    const ids = new Set(volumes(other).map(({ id }) => id));
    return new Map(
        volumes(pool)
            .filter(({ id }) => ids.has(id))
            .map(({ id, type }) => [id, type]),
    );
}

function volumes(pool: GoldenResource): Record<string, unknown>[] {
    const found = inputAt(pool, "spec", "storage", "volumes");
    return Array.isArray(found) ? found.filter(isRecord) : [];
}

/** By kind, the properties that an existing object cannot change. */
const IMMUTABLE: Readonly<Record<string, readonly ImmutableValue[]>> = {
    KafkaNodePool: [
        at("spec.storage.type", "spec", "storage", "type"),
        {
            what: `type of a volume${IN_PLACE}`,
            value: volumeTypes,
        },
        {
            what: "spec.roles: nodes keep their roles",
            value: (pool) => {
                const roles = inputAt(pool, "spec", "roles");
                return Array.isArray(roles) ? [...(roles as unknown[])].sort() : roles;
            },
        },
        {
            what: "strimzi.io/cluster: a pool stays with its cluster",
            value: (pool) => inputAt(pool, "metadata", "labels", "strimzi.io/cluster"),
        },
    ],
    KafkaTopic: [
        at("spec.topicName", "spec", "topicName"),
        {
            what: "strimzi.io/cluster: a topic stays with its cluster",
            value: (topic) => inputAt(topic, "metadata", "labels", "strimzi.io/cluster"),
        },
    ],
    KafkaMirrorMaker2: [
        { what: `source.alias of a mirror${IN_PLACE}`, value: sideOfMirrors("source") },
        at("spec.target.alias", "spec", "target", "alias"),
        at("spec.target.groupId", "spec", "target", "groupId"),
        at("spec.target.configStorageTopic", "spec", "target", "configStorageTopic"),
        at("spec.target.offsetStorageTopic", "spec", "target", "offsetStorageTopic"),
        at("spec.target.statusStorageTopic", "spec", "target", "statusStorageTopic"),
    ],
};

function shown(value: unknown): string {
    return value === undefined ? "none" : typeof value === "string" ? value : JSON.stringify(value);
}
