import type { Field } from "../field";
import { isStrimzi, type Resource, spec } from "../resource";
import { resourceRule } from "../rule";
import { type Violation, violationAt } from "../violation";

/** Kafka keeps the order of an idempotent producer up to this many requests in flight. */
const MOST_IN_FLIGHT = 5;

const CONVERTERS = ["key.converter", "value.converter", "header.converter"];
const BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

const safeProducerOverrides = resourceRule({
    id: "safe-producer-overrides",
    summary:
        "MirrorMaker 2 writes every record once, in order and unchanged: `acks` is all, more than one request in flight (at most five) only with idempotence, ByteArrayConverter as the only converter, and no configuration prefix without effect on mirrored records.",
    remedy: "Correct the configuration of the connector or the worker.",
    level: "mandatory",
    severity: "high",
    scope: "every stack",
    check: (resource) => {
        if (!isStrimzi(resource, "KafkaMirrorMaker2")) {
            return [];
        }
        const worker = spec(resource).at("target", "config");
        const connectors = spec(resource)
            .at("mirrors")
            .items()
            .flatMap((mirror) => [mirror.at("sourceConnector"), mirror.at("checkpointConnector")])
            .filter((connector) => connector.present)
            .map((connector) => connector.at("config"));
        return [
            ...converterViolations(resource, worker),
            ...connectors.flatMap((config) => [
                ...converterViolations(resource, config),
                ...prefixViolations(resource, config),
                ...acksViolation(resource, producerConfig(worker, config, "acks")),
                ...orderViolation(resource, worker, config),
            ]),
        ].filter(isFirstAtItsProperty);
    },
});

/** A connector's override, or without one the worker's own producer configuration. */
function producerConfig(worker: Field, connector: Field, name: string): Field {
    return connector.at(`producer.override.${name}`).or(worker.at(`producer.${name}`));
}

function acksViolation(resource: Resource, acks: Field): Violation[] {
    return acks.text !== undefined && !["all", "-1"].includes(acks.text)
        ? [
              violationAt(
                  resource,
                  acks,
                  '"all" or -1',
                  "Remove it: a record that counts as mirrored could be lost with the leader at the target.",
              ),
          ]
        : [];
}

/** Connect's own defaults are one request in flight and no idempotence. */
function orderViolation(resource: Resource, worker: Field, connector: Field): Violation[] {
    const inFlight = producerConfig(worker, connector, "max.in.flight.requests.per.connection");
    const idempotence = producerConfig(worker, connector, "enable.idempotence");
    // Exactly-once makes the producers of source connectors idempotent, whatever else is set.
    const exactlyOnce = worker.at("exactly.once.source.support");
    if (inFlight.holds((value) => Number(value ?? 1) > MOST_IN_FLIGHT)) {
        return [
            violationAt(
                resource,
                inFlight,
                `at most ${MOST_IN_FLIGHT}`,
                `Lower it to ${MOST_IN_FLIGHT}, up to which Kafka keeps the order of records.`,
            ),
        ];
    }
    const unordered =
        inFlight.holds((value) => Number(value ?? 1) > 1) &&
        idempotence.holds((value) => String(value) !== "true") &&
        exactlyOnce.holds((value) => value !== "enabled");
    return unordered
        ? [
              violationAt(
                  resource,
                  inFlight,
                  '1, unless "enable.idempotence" is true',
                  'Set "producer.override.enable.idempotence" to true: a retry would change the order of records.',
              ),
          ]
        : [];
}

/** MM2 uses `consumer.` for reading, and `producer.` only for its offset syncs. */
function prefixViolations(resource: Resource, config: Field): Violation[] {
    return config.entries().flatMap(({ name, field }) => {
        const without = (prefix: string) => name.slice(prefix.length);
        if (name.startsWith("consumer.override.")) {
            const allowed = `named "consumer.${without("consumer.override.")}"`;
            return [
                violationAt(resource, field, allowed, "Rename it: MM2 ignores consumer.override."),
            ];
        }
        if (name.startsWith("producer.") && !name.startsWith("producer.override.")) {
            const allowed = `named "producer.override.${without("producer.")}"`;
            return [
                violationAt(
                    resource,
                    field,
                    allowed,
                    "Rename it: the prefix producer. does not reach the producer of mirrored records.",
                ),
            ];
        }
        return [];
    });
}

function converterViolations(resource: Resource, config: Field): Violation[] {
    return CONVERTERS.map((name) => config.at(name))
        .filter((converter) => converter.holds((value) => value !== undefined && value !== BYTES))
        .map((converter) =>
            violationAt(
                resource,
                converter,
                "absent or ByteArrayConverter",
                "Remove it: another converter changes or refuses records that are copied as bytes.",
            ),
        );
}

/** A setting of the worker is the same for each connector, so it is reported once. */
function isFirstAtItsProperty(one: Violation, index: number, all: readonly Violation[]): boolean {
    return all.findIndex((other) => other.property === one.property) === index;
}

/** Rules on how MirrorMaker 2 writes records. */
export const producerRules = [safeProducerOverrides];
