import { heapFindings } from "./clusterRules";
import { isIgnoredConnectConfig } from "./ignoredConfig";
import { type Finding, rule } from "./rule";
import { entry } from "./sites";

/** Prefixes that some client of Kafka Connect or MM2 knows; the builder writes the right one. */
const CLIENT_PREFIXES = /^(producer|consumer|admin|source|target|offset-syncs|checkpoints)\./;

/** What Connect and MM2 set on their clients; another value breaks the mirror or is dropped. */
const CLIENT_KEYS_OF_CONNECT = new Set([
    "bootstrap.servers",
    "client.id",
    "group.id",
    "key.serializer",
    "value.serializer",
    "key.deserializer",
    "value.deserializer",
    "transactional.id",
    "enable.auto.commit",
]);

/** Kafka keeps the order of an idempotent producer up to this many requests in flight. */
const MOST_IN_FLIGHT_WITH_IDEMPOTENCE = 5;

type Overrides = "producerOverrides" | "consumerOverrides";

function overridePrefix(overrides: Overrides, written: string) {
    return rule({
        id: "prefixed-override",
        summary:
            "Overrides are plain Kafka names. The stack writes the one prefix that has an effect: `producer.override.` for mirrored records, `consumer.` for reading; MM2 ignores `consumer.override.` and takes `producer.` for another producer.",
        severity: "error",
        needs: ["mirror"],
        check: ({ mirror }) =>
            Object.entries(mirror[overrides])
                .filter(([name]) => CLIENT_PREFIXES.test(name))
                .map(([name, value]) => ({
                    key: `kafka-dr:mirror.${overrides}${entry(name)}`,
                    value,
                    message: `must be the plain Kafka name "${withoutPrefix(name)}"; the stack puts "${written}" before it`,
                })),
    });
}

function withoutPrefix(name: string): string {
    const rest = name.replace(CLIENT_PREFIXES, "").replace(/^override\./, "");
    return rest === name ? name : withoutPrefix(rest);
}

function reservedOverride(overrides: Overrides) {
    return rule({
        id: "reserved-override",
        summary: "Kafka Connect and MM2 set these on their clients; they are not for tuning.",
        severity: "error",
        needs: ["mirror"],
        check: ({ mirror }) =>
            Object.entries(mirror[overrides])
                .filter(([name]) => CLIENT_KEYS_OF_CONNECT.has(name))
                .map(([name, value]) => ({
                    key: `kafka-dr:mirror.${overrides}${entry(name)}`,
                    value,
                    message: "is set by Kafka Connect itself; remove it",
                })),
    });
}

const acks = rule({
    id: "acks-not-all",
    summary:
        "With acks other than all, a record that the source still counts as mirrored is lost when the target's leader fails.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }) => {
        const value = mirror.producerOverrides.acks;
        return value === undefined || value === "all" || Number(value) === -1
            ? []
            : [
                  {
                      key: "kafka-dr:mirror.producerOverrides.acks",
                      value,
                      message: 'must be "all": a mirrored record must survive the loss of a broker',
                  },
              ];
    },
});

const inFlight = rule({
    id: "in-flight-without-idempotence",
    summary:
        "More than one request in flight keeps the order of records only with an idempotent producer, and only up to five.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror: { producerOverrides } }): Finding[] => {
        const name = "max.in.flight.requests.per.connection";
        const value = producerOverrides[name];
        const found = { key: `kafka-dr:mirror.producerOverrides${entry(name)}`, value };
        const count = Number(value ?? 1);
        if (count > MOST_IN_FLIGHT_WITH_IDEMPOTENCE) {
            return [{ ...found, message: "must be at most 5, up to which Kafka keeps the order" }];
        }
        const idempotent = String(producerOverrides["enable.idempotence"]) === "true";
        return count > 1 && !idempotent
            ? [
                  {
                      ...found,
                      message:
                          'must be 1, or "enable.idempotence" must be true beside it: a retry would change the order of records',
                  },
              ]
            : [];
    },
});

const ignoredWorkerConfig = rule({
    id: "ignored-worker-config",
    summary: "Strimzi sets some worker configuration itself and silently drops it from `config`.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }) =>
        Object.entries(mirror.workerConfig)
            .filter(([name]) => isIgnoredConnectConfig(name))
            .map(([name, value]) => ({
                key: `kafka-dr:mirror.workerConfig${entry(name)}`,
                value,
                message:
                    "is set by Strimzi, which would drop this value without an error; remove it",
            })),
});

const converters = rule({
    id: "converter",
    summary: "MM2 copies bytes; any converter but ByteArrayConverter changes or refuses records.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }) =>
        ["key.converter", "value.converter", "header.converter"]
            .filter((name) => mirror.workerConfig[name] !== undefined)
            .map((name) => ({
                key: `kafka-dr:mirror.workerConfig${entry(name)}`,
                value: mirror.workerConfig[name],
                message: "must be absent: records are copied as bytes, by ByteArrayConverter",
            })),
});

const heap = rule({
    id: "heap-above-memory-limit",
    summary:
        "The Java heap may take at most 75 % of the memory limit; the rest is for metaspace, threads and direct buffers.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }) =>
        heapFindings("kafka-dr:mirror", mirror.jvmHeap, mirror.resources?.limits?.memory),
});

const excludes = rule({
    id: "internal-topics-mirrored",
    summary:
        "Kafka's and MM2's internal topics must not be mirrored; an exclude pattern of one's own replaces the default that keeps them out.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }) => {
        const internals = ["__consumer_offsets", "mm2-offset-syncs.target.internal"];
        const kept = internals.filter((topic) => !matchesList(mirror.topicsExcludePattern, topic));
        return kept.length === 0
            ? []
            : [
                  {
                      key: "kafka-dr:mirror.topicsExcludePattern",
                      value: mirror.topicsExcludePattern,
                      message: `must exclude ${kept.join(" and ")}: restate the default ".*[\\-\\.]internal, .*\\.replica, __.*" before your own entries`,
                  },
              ];
    },
});

/** What MM2 does with a list of Java expressions; only asked about plain names. */
function matchesList(list: string, name: string): boolean {
    return list.split(",").some((item) => {
        try {
            return new RegExp(`^(?:${item.trim()})$`).test(name);
        } catch {
            return true; // an expression that only Java can judge gets the benefit of the doubt
        }
    });
}

export const mirrorRules = [
    overridePrefix("producerOverrides", "producer.override."),
    overridePrefix("consumerOverrides", "consumer."),
    reservedOverride("producerOverrides"),
    reservedOverride("consumerOverrides"),
    acks,
    inFlight,
    ignoredWorkerConfig,
    converters,
    heap,
    excludes,
];
