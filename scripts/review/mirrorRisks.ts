import { type GoldenResource, inputAt, isRecord, kindOf, valueAt } from "./golden";
import { nameOf, type Risk, type RiskCategory } from "./risk";
import { IN_PLACE } from "./replacement";
import type { ResourceChange, StackChanges } from "./stackChanges";

/** Changes that make MirrorMaker 2 copy everything again, stop, or translate no group offsets. */
export function mirrorRisks({ resources }: StackChanges): Risk[] {
    return resources.flatMap((change) => {
        if (change.kind === "removed") {
            return kindOf(change.before) === "KafkaMirrorMaker2"
                ? [risk(change.before, "Mirroring stops", "is deleted.")]
                : [];
        }
        if (kindOf(change.after) !== "KafkaMirrorMaker2") {
            return [];
        }
        return [...identity(change), ...stopped(change), ...offsetSync(change)];
    });
}

function identity(change: ResourceChange): Risk[] {
    if (change.kind !== "changed" && change.kind !== "replaced") {
        return [];
    }
    const { before, after, reasons } = change;
    const lost = reasons.filter((reason) => reason.endsWith(IN_PLACE));
    const others = reasons.filter((reason) => !reason.endsWith(IN_PLACE));
    const renamed = ["replication.policy.class", "replication.policy.separator"].filter(
        (key) => !same(policies(before, key), policies(after, key)),
    );
    return [
        ...(lost.length > 0
            ? [
                  risk(
                      after,
                      "Everything is copied again",
                      `loses its place (${lost.join("; ")}): MirrorMaker 2 does not find its offsets and copies every record a second time, into the same topics.`,
                  ),
              ]
            : []),
        ...(others.length > 0
            ? [
                  risk(
                      after,
                      "Mirroring stops",
                      `is replaced (${others.join("; ")}): nothing is copied until the new one is Ready.`,
                  ),
              ]
            : []),
        ...(renamed.length > 0
            ? [
                  risk(
                      after,
                      "Everything is copied again",
                      `changes ${renamed.map((key) => `\`${key}\``).join(" and ")}: topics at the target get other names and start empty.`,
                  ),
              ]
            : []),
    ];
}

function stopped(change: ResourceChange): Risk[] {
    if (change.kind === "removed") {
        return [];
    }
    const old = change.kind === "added" ? undefined : inputAt(change.before, "spec", "replicas");
    return inputAt(change.after, "spec", "replicas") === 0 && old !== 0
        ? [risk(change.after, "Mirroring stops", "has 0 workers: nothing is copied.")]
        : [];
}

/** Settings on which the source and the checkpoint connector must agree, with Kafka's default. */
const AGREED: readonly (readonly [key: string, kafkaDefault: string])[] = [
    ["offset-syncs.topic.location", "source"],
    ["replication.policy.class", "org.apache.kafka.connect.mirror.DefaultReplicationPolicy"],
    ["replication.policy.separator", "."],
];

function offsetSync(change: ResourceChange): Risk[] {
    if (change.kind === "removed") {
        return [];
    }
    const { after } = change;
    const mismatches = mirrors(after).flatMap((mirror) =>
        AGREED.flatMap(([key, kafkaDefault]) => {
            const [source, checkpoint] = CONNECTORS.map((connector) =>
                text(valueAt(mirror, connector, "config", key) ?? kafkaDefault),
            );
            return valueAt(mirror, "checkpointConnector") === undefined || source === checkpoint
                ? []
                : [
                      risk(
                          after,
                          "Offset sync",
                          `has \`${key}\` ${source ?? kafkaDefault} on the source connector and ${checkpoint ?? kafkaDefault} on the checkpoint connector: group offsets are not translated.`,
                      ),
                  ];
        }),
    );
    const location = "offset-syncs.topic.location";
    const moved =
        change.kind !== "added" &&
        !same(policies(change.before, location), policies(after, location))
            ? [
                  risk(
                      after,
                      "Offset sync",
                      `changes \`${location}\`: the new topic starts empty, and offsets from before the change are not translated.`,
                  ),
              ]
            : [];
    return [...mismatches, ...moved];
}

const CONNECTORS = ["sourceConnector", "checkpointConnector"] as const;

/** A setting of both connectors in each mirror. */
function policies(resource: GoldenResource, key: string): unknown[] {
    return mirrors(resource).flatMap((mirror) =>
        CONNECTORS.map((connector) => valueAt(mirror, connector, "config", key)),
    );
}

function mirrors(resource: GoldenResource): Record<string, unknown>[] {
    const found = inputAt(resource, "spec", "mirrors");
    return Array.isArray(found) ? found.filter(isRecord) : [];
}

function text(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}

function same(one: unknown, other: unknown): boolean {
    return JSON.stringify(one) === JSON.stringify(other);
}

function risk(resource: GoldenResource, category: RiskCategory, message: string): Risk {
    return { category, resource: nameOf(resource), message };
}
