import { differ, type Field } from "../field";
import { isStrimzi, type Resource, spec } from "../resource";
import { resourceRule } from "../rule";
import { type Violation, violationAt } from "../violation";

/** What both connectors of a mirror must say alike, with Kafka's defaults (MirrorConnectorConfig). */
const SHARED = {
    "replication.policy.class": "org.apache.kafka.connect.mirror.DefaultReplicationPolicy",
    "replication.policy.separator": ".",
    "offset-syncs.topic.location": "source",
};

const connectorConsistency = resourceRule({
    id: "connector-consistency",
    summary:
        "The connectors of a mirror fit together: both are there, agree on the replication policy, its separator and the place of the offset syncs, and group offsets are synchronised only with offset syncs and checkpoints. Otherwise they stay RUNNING and translate no offset.",
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
                  `another than ${target.path}`,
                  "Give each cluster its own alias: MM2 uses it to recognize what it has copied.",
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
                `that of ${one.path}, which is ${one.found} (absent means "${preset}")`,
                "Set it to the same value on both connectors.",
            ),
        );
}

/** Group offsets are written from checkpoints, and these are made from offset syncs. */
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

/** What the connectors of MirrorMaker 2 need to work together. */
export const connectorRules = [connectorConsistency];
