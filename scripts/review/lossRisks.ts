import { quantityInBytes } from "../../config/quantity";
import { type GoldenResource, inputAt, isRecord, kindOf } from "./golden";
import { nameOf, type Risk, type RiskCategory } from "./risk";
import type { ResourceChange, StackChanges } from "./stackChanges";

const HOLDS_DATA = new Set(["Kafka", "KafkaNodePool", "KafkaTopic", "Namespace"]);

/** Changes that may lose records: deleted objects, and lost protections and volumes. */
export function lossRisks({ resources }: StackChanges): Risk[] {
    return resources.flatMap((change) => [
        ...removalRisks(change),
        ...protectionRisks(change),
        ...topicRisks(change),
        ...poolRisks(change),
    ]);
}

function removalRisks(change: ResourceChange): Risk[] {
    if (change.kind === "added" || change.kind === "changed") {
        return [];
    }
    const { before } = change;
    if (!HOLDS_DATA.has(kindOf(before)) || before.read !== undefined) {
        return [];
    }
    const guard =
        before.protect === true
            ? " It is protected: `pulumi up` refuses until the protection is removed."
            : "";
    if (change.kind === "removed") {
        return [
            risk(
                before,
                before.retainOnDelete === true
                    ? `leaves the stack; Kubernetes keeps it (\`retainOnDelete\`), but no stack manages it.${guard}`
                    : `is deleted, with the data it holds.${guard}`,
            ),
        ];
    }
    return [
        risk(
            before,
            `is replaced (${change.reasons.join("; ")}): its data does not move with it.${guard}`,
        ),
    ];
}

function protectionRisks(change: ResourceChange): Risk[] {
    if (change.kind === "added" || change.kind === "removed") {
        return [];
    }
    const { before, after } = change;
    return [
        ...(before.protect === true && after.protect !== true
            ? [risk(after, "is no longer protected (`protect`): a later change may delete it.")]
            : []),
        ...(before.retainOnDelete === true && after.retainOnDelete !== true
            ? [
                  risk(
                      after,
                      "is no longer kept (`retainOnDelete`): `pulumi destroy` deletes it in Kubernetes.",
                  ),
              ]
            : []),
    ];
}

function topicRisks(change: ResourceChange): Risk[] {
    if (
        change.kind === "added" ||
        change.kind === "removed" ||
        kindOf(change.after) !== "KafkaTopic"
    ) {
        return [];
    }
    return ["retention.ms", "retention.bytes"].flatMap((key) => {
        const [old, now] = [change.before, change.after].map((topic) =>
            retention(inputAt(topic, "spec", "config", key)),
        );
        return old !== undefined && now !== undefined && now < old
            ? [
                  risk(
                      change.after,
                      `keeps less: \`${key}\` goes down, and older records are deleted.`,
                  ),
              ]
            : [];
    });
}

/** -1 means without limit; absent means the brokers' default, which is not known here. */
function retention(value: unknown): number | undefined {
    const limit = value === undefined ? NaN : Number(value);
    return Number.isNaN(limit) ? undefined : limit < 0 ? Infinity : limit;
}

function poolRisks(change: ResourceChange): Risk[] {
    if (change.kind === "removed" || kindOf(change.after) !== "KafkaNodePool") {
        return [];
    }
    const { after } = change;
    const before = change.kind === "added" ? undefined : change.before;
    return [
        ...volumeRisks(before, after),
        ...(before === undefined ? [] : replicaRisks(before, after)),
    ];
}

function replicaRisks(before: GoldenResource, after: GoldenResource): Risk[] {
    const [old, now] = [before, after].map((pool) => Number(inputAt(pool, "spec", "replicas")));
    if (old === undefined || now === undefined || old === now) {
        return [];
    }
    const roles = [inputAt(before, "spec", "roles")].flat();
    const nodes = (what: string, category: RiskCategory) =>
        risk(after, `goes from ${old} to ${now} nodes: ${what}`, category);
    return [
        ...(now < old && roles.includes("broker")
            ? [
                  nodes(
                      "move the partitions away first (a KafkaRebalance with `mode: remove-brokers`); Strimzi removes no broker that still has replicas.",
                      "Data loss",
                  ),
              ]
            : []),
        ...(roles.includes("controller")
            ? [
                  nodes(
                      "the size of the KRaft quorum changes; a static quorum does not survive that.",
                      "Nodes and storage",
                  ),
              ]
            : []),
    ];
}

function volumeRisks(before: GoldenResource | undefined, after: GoldenResource): Risk[] {
    const old = before === undefined ? new Map<string, Volume>() : volumes(before);
    const now = volumes(after);
    const gone = [...old.keys()].filter((name) => !now.has(name));
    return [
        // A change of the type itself is a replacement, and is reported as one.
        ...(gone.length > 0 && now.size >= 1 && old.size > now.size
            ? [risk(after, `loses ${gone.join(", ")}, with the logs on it.`)]
            : []),
        ...[...now].flatMap(([name, volume]): Risk[] => {
            const was = old.get(name);
            return [
                ...(volume.deleteClaim === true && was?.deleteClaim !== true
                    ? [
                          risk(
                              after,
                              `has \`deleteClaim: true\` for ${name}: the volumes are deleted with the pool.`,
                          ),
                      ]
                    : []),
                ...(was !== undefined && bytes(volume.size) < bytes(was.size)
                    ? [
                          risk(
                              after,
                              `shrinks ${name} from ${was.size ?? ""} to ${volume.size ?? ""}: Strimzi refuses that.`,
                              "Nodes and storage",
                          ),
                      ]
                    : []),
                ...(was !== undefined && volume.class !== was.class
                    ? [
                          risk(
                              after,
                              `changes the StorageClass of ${name} from ${was.class ?? "the default"} to ${volume.class ?? "the default"}: existing volumes keep theirs, and Strimzi refuses it.`,
                              "Nodes and storage",
                          ),
                      ]
                    : []),
            ];
        }),
    ];
}

interface Volume {
    readonly size?: string;
    readonly class?: string;
    readonly deleteClaim?: boolean;
}

/** The volumes of a pool by a readable name: one, or those of JBOD storage by their id. */
function volumes(pool: GoldenResource): Map<string, Volume> {
    const storage = inputAt(pool, "spec", "storage");
    if (!isRecord(storage)) {
        return new Map();
    }
    return Array.isArray(storage.volumes)
        ? new Map(
              storage.volumes
                  .filter(isRecord)
                  .map((volume) => [`volume ${String(volume.id)}`, volume as Volume]),
          )
        : new Map([["its storage", storage]]);
}

function bytes(size: string | undefined): number {
    return (size === undefined ? undefined : quantityInBytes(size)) ?? NaN;
}

function risk(
    resource: GoldenResource,
    message: string,
    category: RiskCategory = "Data loss",
): Risk {
    return { category, resource: nameOf(resource), message };
}
