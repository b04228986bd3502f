import { differ, type Field } from "../field";
import { isStrimzi, type Resource, spec } from "../resource";
import { resourceRule } from "../rule";
import { type Violation, violationAt } from "../violation";

/**
 * Settings that both connectors of a mirror must share, with Kafka's defaults (MirrorConnectorConfig).
 */
const SHARED = {
    "replication.policy.class": "org.apache.kafka.connect.mirror.DefaultReplicationPolicy",
    "replication.policy.separator": ".",
    "offset-syncs.topic.location": "source",
};

const connectorConsistency = resourceRule({
    id: "connector-consistency",
    summary:
        "The two connectors of a mirror match: both exist, use the same replication policy, separator and location of the offset syncs, and synchronize group offsets only with offset syncs and checkpoints. Otherwise they stay RUNNING but translate no offsets.",
    remedy: "Give both connectors the same values, from one place in the program.",
    level: "mandatory",
    severity: "high",
    scope: "every stack",
    check: (resource) =>
        isStrimzi(resource, "KafkaMirrorMaker2")
            ? spec(resource)
                  .at("mirrors")
                  .items()
                  .flatMap((mirror) => [
                      ...aliasViolation(resource, mirror),
                      ...missingConnectors(resource, mirror),
                      ...disagreements(resource, mirror),
                      ...brokenGroupSync(resource, mirror),
                  ])
            : [],
});

function aliasViolation(resource: Resource, mirror: Field): Violation[] {
    const source = mirror.at("source", "alias");
    const target = spec(resource).at("target", "alias");
    return source.text !== undefined && source.text === target.text
        ? [
              violationAt(
                  resource,
                  source,
                  `different from ${target.path}`,
                  "Give each cluster its own alias: MM2 uses it to recognize the topics that it copied.",
              ),
          ]
        : [];
}

function missingConnectors(resource: Resource, mirror: Field): Violation[] {
    const consequences = {
        sourceConnector: "without it, nothing is copied",
        checkpointConnector:
            "without it, consumers start at their auto.offset.reset after a failover",
    };
    return Object.entries(consequences)
        .map(([name, consequence]) => ({ connector: mirror.at(name), consequence }))
        .filter(({ connector }) => connector.absent)
        .map(({ connector, consequence }) =>
            violationAt(resource, connector, "present", `Add it: ${consequence}.`),
        );
}

function disagreements(resource: Resource, mirror: Field): Violation[] {
    const source = mirror.at("sourceConnector");
    const checkpoint = mirror.at("checkpointConnector");
    if (!source.present || !checkpoint.present) {
        return [];
    }
    return Object.entries(SHARED)
        .map(([name, preset]) => ({
            one: source.at("config", name),
            other: checkpoint.at("config", name),
            preset,
        }))
        .filter(({ one, other, preset }) => differ(one, other, preset))
        .map(({ one, other, preset }) =>
            violationAt(
                resource,
                other,
                `the value of ${one.path}, which is ${one.found} (absent means "${preset}")`,
                "Set it to the same value on both connectors.",
            ),
        );
}

/** MM2 writes group offsets from checkpoints, which it makes from offset syncs. */
function brokenGroupSync(resource: Resource, mirror: Field): Violation[] {
    const checkpoint = mirror.at("checkpointConnector", "config");
    if (!isSetTo(checkpoint.at("sync.group.offsets.enabled"), "true")) {
        return [];
    }
    const needed = [
        mirror.at("sourceConnector", "config", "emit.offset-syncs.enabled"),
        checkpoint.at("emit.offset-syncs.enabled"),
        checkpoint.at("emit.checkpoints.enabled"),
    ];
    return needed
        .filter((field) => isSetTo(field, "false"))
        .map((field) =>
            violationAt(
                resource,
                field,
                "true or absent while sync.group.offsets.enabled is true",
                "Remove it: group offsets would never be translated.",
            ),
        );
}

function isSetTo(field: Field, value: string): boolean {
    return field.text?.trim().toLowerCase() === value;
}

/** Rules on the connectors of MirrorMaker 2. */
export const connectorRules = [connectorConsistency];
