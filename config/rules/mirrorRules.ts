import { patternMatcher, UntranslatablePatternError } from "../javaPattern";
import { DEFAULT_TOPICS_EXCLUDE } from "../mirrorSchema";
import { heapFindings, resourceFindings } from "./clusterRules";
import { deliveryRules } from "./deliveryRules";
import { isIgnoredConnectConfig } from "./ignoredConfig";
import { entry, rule } from "./rule";

/** Prefixes that clients of Kafka Connect or MM2 use; the builder adds the right one. */
const CLIENT_PREFIXES = /^(producer|consumer|admin|source|target|offset-syncs|checkpoints)\./;

/**
 * Configuration that Connect and MM2 set on their clients; another value breaks the mirror or is
 * ignored.
 */
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

/** Connection and credentials of the clients, which Strimzi derives from the cluster settings. */
const CLIENT_PREFIXES_OF_STRIMZI = /^(sasl|ssl|security)\./;

type Overrides = "producerOverrides" | "consumerOverrides";

function overridePrefix(overrides: Overrides, written: string) {
    return rule({
        id: "prefixed-override",
        summary:
            "Overrides have plain Kafka names. The stack adds the prefix that has an effect: `producer.override.` for mirrored records, `consumer.` for reading. MM2 ignores `consumer.override.`, and `producer.` configures another producer.",
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
        summary:
            "Kafka Connect, MM2 and Strimzi set these on their clients. They are not for tuning, and credentials among them would be in plain text.",
        severity: "error",
        needs: ["mirror"],
        check: ({ mirror }) =>
            Object.entries(mirror[overrides])
                .filter(
                    ([name]) =>
                        CLIENT_KEYS_OF_CONNECT.has(name) || CLIENT_PREFIXES_OF_STRIMZI.test(name),
                )
                .map(([name, value]) => ({
                    key: `kafka-dr:mirror.${overrides}${entry(name)}`,
                    // A credential that is here by mistake must not get into a log too.
                    ...(CLIENT_PREFIXES_OF_STRIMZI.test(name) ? {} : { value }),
                    message: CLIENT_PREFIXES_OF_STRIMZI.test(name)
                        ? "is set by Strimzi from the listener's tls and authentication; remove it, and if it was a password, change the password"
                        : "is set by Kafka Connect; remove it",
                })),
    });
}

const ignoredWorkerConfig = rule({
    id: "ignored-worker-config",
    summary: "Strimzi sets some worker configuration itself and silently ignores it in `config`.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }) =>
        Object.entries(mirror.workerConfig)
            .filter(([name]) => isIgnoredConnectConfig(name))
            .map(([name, value]) => ({
                key: `kafka-dr:mirror.workerConfig${entry(name)}`,
                value,
                message: "is set by Strimzi, which ignores this value without an error; remove it",
            })),
});

const converters = rule({
    id: "converter",
    summary:
        "MM2 copies bytes: every converter except ByteArrayConverter changes or rejects records.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }) =>
        ["key.converter", "value.converter", "header.converter"]
            .filter((name) => mirror.workerConfig[name] !== undefined)
            .map((name) => ({
                key: `kafka-dr:mirror.workerConfig${entry(name)}`,
                value: mirror.workerConfig[name],
                message: "must be absent: MM2 copies records as bytes, with ByteArrayConverter",
            })),
});

const heap = rule({
    id: "heap-above-memory-limit",
    summary:
        "The Java heap may take at most 75 % of the memory limit; the rest is for metaspace, threads and direct buffers.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror: { jvmHeap, resources } }) =>
        resources === undefined
            ? [] // derived resources fit
            : heapFindings("kafka-dr:mirror", jvmHeap, resources.limits.memory),
});

const requests = rule({
    id: "request-above-limit",
    summary: "A container's request cannot exceed its limit.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror: { resources } }) =>
        resources === undefined ? [] : resourceFindings("kafka-dr:mirror.resources", resources),
});

const workerCredentials = rule({
    id: "worker-client-credentials",
    summary:
        "Strimzi configures the connections of the workers' clients; credentials in the configuration would be in plain text.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }) =>
        Object.keys(mirror.workerConfig)
            .filter((name) => /^(producer|consumer|admin)\.(sasl|ssl|security)\./.test(name))
            .map((name) => ({
                key: `kafka-dr:mirror.workerConfig${entry(name)}`,
                message:
                    "is set by Strimzi from the listener's tls and authentication; remove it, and if it was a password, change the password",
            })),
});

const excludes = rule({
    id: "internal-topics-mirrored",
    summary:
        "Kafka's and MM2's internal topics must not be mirrored. A custom exclude pattern replaces the default that excludes them.",
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
                      message: `must exclude ${kept.join(" and ")}: put the default "${DEFAULT_TOPICS_EXCLUDE}" before your own entries`,
                  },
              ];
    },
});

/**
 * Whether a list of Java expressions matches a name; a list that only Java can match counts as
 * matching.
 */
function matchesList(list: string, name: string): boolean {
    try {
        return patternMatcher(list)(name);
    } catch (error) {
        if (error instanceof UntranslatablePatternError) {
            return true;
        }
        throw error;
    }
}

export const mirrorRules = [
    overridePrefix("producerOverrides", "producer.override."),
    overridePrefix("consumerOverrides", "consumer."),
    reservedOverride("producerOverrides"),
    reservedOverride("consumerOverrides"),
    ...deliveryRules,
    ignoredWorkerConfig,
    converters,
    heap,
    requests,
    workerCredentials,
    excludes,
];
