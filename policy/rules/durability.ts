import { z } from "zod";
import type { Field } from "../field";
import { isStrimzi, poolsOf, type Resource, spec } from "../resource";
import { resourceRule, stackRule } from "../rule";
import { type Violation, violationAt } from "../violation";

/** Kafka's internal topics: the configuration of their replicas, with Kafka's defaults. */
const REPLICATION_FACTORS = {
    "default.replication.factor": 1,
    "offsets.topic.replication.factor": 3,
    "transaction.state.log.replication.factor": 3,
    "share.coordinator.state.topic.replication.factor": 3,
};

/** Each minimum of in-sync replicas, its default, and the replication factor it belongs to. */
const MINIMUM_ISRS = {
    "min.insync.replicas": { preset: 1, factor: "default.replication.factor" },
    "transaction.state.log.min.isr": {
        preset: 2,
        factor: "transaction.state.log.replication.factor",
    },
    "share.coordinator.state.topic.min.isr": {
        preset: 2,
        factor: "share.coordinator.state.topic.replication.factor",
    },
} as const;

/**
 * Replication factors with which MM2 creates topics, and Kafka's defaults (MirrorSourceConfig,
 * DistributedConfig).
 */
const MIRROR_FACTORS = {
    target: {
        "config.storage.replication.factor": 3,
        "offset.storage.replication.factor": 3,
        "status.storage.replication.factor": 3,
    },
    sourceConnector: { "replication.factor": 2, "offset-syncs.topic.replication.factor": 3 },
    checkpointConnector: { "checkpoints.topic.replication.factor": 3 },
};

/** Stands for the target's own default.replication.factor. */
const BROKER_DEFAULT = -1;

const minimumFactor = z
    .int()
    .min(1)
    .default(3)
    .describe("The smallest replication factor that is allowed.");

const replicationFactor = resourceRule({
    id: "replication-factor",
    summary:
        "Topics have three replicas: topics of applications, Kafka's internal topics, declared KafkaTopics, and topics that MirrorMaker 2 creates. With fewer replicas, the loss of one broker during the maintenance of another loses records.",
    remedy: "Raise the replication factor to the minimum; for MirrorMaker 2, -1 means the target's default.",
    level: "mandatory",
    severity: "high",
    scope: "production",
    settings: { minimum: minimumFactor },
    check: (resource, { minimum }) => [
        ...(isStrimzi(resource, "Kafka")
            ? factors(resource, spec(resource).at("kafka", "config"), REPLICATION_FACTORS, minimum)
            : []),
        ...(isStrimzi(resource, "KafkaTopic")
            ? topicFactor(resource, spec(resource).at("replicas"), minimum)
            : []),
        ...(isStrimzi(resource, "KafkaMirrorMaker2") ? mirrorFactors(resource, minimum) : []),
    ],
});

function factors(
    resource: Resource,
    config: Field,
    presets: Readonly<Record<string, number>>,
    minimum: number,
    also?: number,
): Violation[] {
    return Object.entries(presets)
        .map(([name, preset]) => ({ field: config.at(name), preset }))
        .filter(({ field, preset }) =>
            field.holds((value) => {
                const factor = Number(value ?? preset);
                return !(factor >= minimum) && factor !== also;
            }),
        )
        .map(({ field, preset }) => {
            const kafkas = field.absent ? ` (Kafka's default is ${preset})` : "";
            const orDefault = also === undefined ? "" : ` or ${also}`;
            return violationAt(
                resource,
                field,
                `at least ${minimum}${orDefault}${kafkas}`,
                "Raise it; topics that exist keep their replicas until they are reassigned.",
            );
        });
}

/** Without `replicas`, the cluster's default.replication.factor decides. */
function topicFactor(resource: Resource, replicas: Field, minimum: number): Violation[] {
    return replicas.holds((value) => value !== undefined && !(Number(value) >= minimum))
        ? [
              violationAt(
                  resource,
                  replicas,
                  `at least ${minimum}, or absent for the cluster's default`,
                  "Raise it; a topic that exists has to be reassigned as well.",
              ),
          ]
        : [];
}

function mirrorFactors(resource: Resource, minimum: number): Violation[] {
    const { target, ...connectors } = MIRROR_FACTORS;
    const check = (config: Field, presets: Readonly<Record<string, number>>) =>
        factors(resource, config, presets, minimum, BROKER_DEFAULT);
    return [
        ...check(spec(resource).at("target", "config"), target),
        ...spec(resource)
            .at("mirrors")
            .items()
            .flatMap((mirror) =>
                Object.entries(connectors)
                    .filter(([connector]) => mirror.at(connector).present)
                    .flatMap(([connector, presets]) =>
                        check(mirror.at(connector, "config"), presets),
                    ),
            ),
    ];
}

const minIsr = resourceRule({
    id: "min-isr",
    summary:
        "At least two replicas confirm a write, but not all of them must: with one, only the leader's disk holds a confirmed record; with all, the restart of one broker stops every write.",
    remedy: "Set `min.insync.replicas` to at least the minimum and below the replication factor.",
    level: "mandatory",
    severity: "high",
    scope: "production",
    settings: {
        minimum: z
            .int()
            .min(1)
            .default(2)
            .describe("The smallest number of in-sync replicas that is allowed."),
    },
    check: (resource, { minimum }) => {
        if (isStrimzi(resource, "Kafka")) {
            const config = spec(resource).at("kafka", "config");
            return Object.entries(MINIMUM_ISRS).flatMap(([name, { preset, factor }]) =>
                isrViolation(resource, config.at(name), {
                    preset,
                    minimum,
                    factor: config.at(factor),
                    presetFactor: REPLICATION_FACTORS[factor],
                }),
            );
        }
        // A topic without a value of its own takes the cluster's, which is checked there.
        const topicIsr = spec(resource).at("config", "min.insync.replicas");
        return isStrimzi(resource, "KafkaTopic") && topicIsr.present
            ? isrViolation(resource, topicIsr, { minimum, factor: spec(resource).at("replicas") })
            : [];
    },
});

interface IsrLimits {
    readonly minimum: number;
    /** Kafka's value when this one is absent. */
    readonly preset?: number;
    /** The replication factor that it must stay below, and Kafka's value when that is absent. */
    readonly factor: Field;
    readonly presetFactor?: number;
}

function isrViolation(resource: Resource, field: Field, limits: IsrLimits): Violation[] {
    const { minimum, preset, factor, presetFactor } = limits;
    const tooLow = field.holds((value) => !(Number(value ?? preset) >= minimum));
    const tooHigh = field.holds((value) =>
        factor.holds((replicas) => Number(value ?? preset) >= Number(replicas ?? presetFactor)),
    );
    if (!tooLow && !tooHigh) {
        return [];
    }
    const kafkas = field.absent && preset !== undefined ? ` (Kafka's default is ${preset})` : "";
    return [
        violationAt(
            resource,
            field,
            `at least ${minimum} and below ${factor.path}, which is ${factor.found}${kafkas}`,
            tooLow
                ? "Raise it, and the replication factor with it where that is needed."
                : "Lower it or raise the replication factor: with every replica required, one restart stops all writes.",
        ),
    ];
}

const brokerCount = stackRule({
    id: "broker-count",
    summary:
        "A Kafka cluster has as many brokers as its replication factor needs, and at least three. Counted over the KafkaNodePools of the stack that have the role broker.",
    remedy: "Raise `spec.replicas` of a KafkaNodePool with the role broker.",
    level: "mandatory",
    severity: "high",
    scope: "production",
    settings: {
        minimum: z.int().min(1).default(3).describe("The smallest number of brokers allowed."),
    },
    check: (resources, { minimum }) =>
        resources
            .filter((resource) => isStrimzi(resource, "Kafka"))
            .flatMap((kafka) => brokerViolation(kafka, poolsOf(kafka, resources) ?? [], minimum)),
});

/** A Kafka whose pools are elsewhere, or not known yet, is not checked. */
function brokerViolation(
    kafka: Resource,
    pools: readonly Resource[],
    minimum: number,
): Violation[] {
    const brokers = pools.map(brokersIn);
    if (brokers.length === 0 || brokers.includes(undefined)) {
        return [];
    }
    const count = brokers.reduce<number>((sum, number) => sum + (number ?? 0), 0);
    const factor = Number(spec(kafka).at("kafka", "config", "default.replication.factor").text);
    const needed = factor > minimum ? factor : minimum;
    return count >= needed
        ? []
        : [
              {
                  resource: kafka,
                  property: "the number of brokers in its KafkaNodePools",
                  found: String(count),
                  allowed:
                      needed === minimum
                          ? `at least ${minimum}`
                          : `at least ${needed}, its default.replication.factor`,
                  remedy: "Raise spec.replicas of a KafkaNodePool with the role broker.",
              },
          ];
}

/** Brokers in a pool; undefined where a preview does not know. */
function brokersIn(pool: Resource): number | undefined {
    const roles = spec(pool).at("roles");
    const replicas = spec(pool).at("replicas");
    if (roles.unknown || replicas.unknown || roles.items().some((role) => role.unknown)) {
        return undefined;
    }
    return roles.items().some((role) => role.text === "broker") ? Number(replicas.text ?? 0) : 0;
}

/** Rules on the number of copies of a record. */
export const durabilityRules = [replicationFactor, minIsr, brokerCount];
