import { configNumber } from "../brokerConfig";
import {
    acceptedBytes,
    brokerFutureMs,
    brokerMessageBytes,
    expectedRecordBytes,
    isUnlimited,
    mirroredTopics,
    RECORD_LIMIT_DEFAULTS,
} from "../recordLimits";
import type { Settings, SiteName } from "../settingsSchema";
import { originOf, producerConfig } from "../throughput/effectiveConfig";
import { entry, type Finding, managedSites, rule } from "./rule";

const BYTES = "message.max.bytes";
const AFTER = "log.message.timestamp.after.max.ms";
const BEFORE = "log.message.timestamp.before.max.ms";
const STOPS = "a larger record stops the task that copies it, with all of its partitions";

const requestSize = rule({
    id: "record-above-producer-limit",
    summary:
        "A record that the source accepts must fit into the producer's `max.request.size` and `buffer.memory`, which it compares with the size before compression; otherwise the task stops with RecordTooLargeException. Without a value the stack sets one that is large enough.",
    severity: "error",
    needs: ["source", "target", "mirror", "topics"],
    check: (settings): Finding[] => {
        const { mirror } = settings;
        const needed = expectedRecordBytes(settings);
        if (needed <= RECORD_LIMIT_DEFAULTS[BYTES]) {
            return []; // Kafka's defaults fit together
        }
        return (["max.request.size", "buffer.memory"] as const).flatMap((name) => {
            const limit = configNumber(producerConfig(mirror), name) ?? RECORD_LIMIT_DEFAULTS[name];
            if (limit >= needed) {
                return [];
            }
            const { says, ...place } = originOf(mirror, "producer", name);
            const message = says(
                `must be at least ${needed} bytes, ${reasonFor(settings, needed)}; ${STOPS}. Remove it, and the stack sets what is needed`,
            );
            return [{ ...place, message }];
        });
    },
});

function reasonFor(
    settings: Pick<Settings, "source" | "target" | "mirror" | "topics">,
    bytes: number,
): string {
    const topic = mirroredTopics(settings).find(
        ({ config }) => configNumber(config, "max.message.bytes") === bytes,
    );
    if (topic !== undefined) {
        return `max.message.bytes of the topic ${topic.name}`;
    }
    const { recordBytes } = settings.mirror.throughput ?? {};
    return recordBytes === bytes
        ? "kafka-dr:mirror.throughput.recordBytes"
        : "message.max.bytes of the brokers";
}

const socketLimit = rule({
    id: "request-above-socket-limit",
    summary:
        "A broker closes the connection when a request is larger than its `socket.request.max.bytes`, and the producer sends the request again without an end.",
    severity: "error",
    needs: ["source", "target", "mirror"],
    check: (settings): Finding[] => {
        const { mirror } = settings;
        const request = configNumber(producerConfig(mirror), "max.request.size") ?? 0;
        return managedSites(settings).flatMap(({ key, site }) => {
            const name = "socket.request.max.bytes";
            const limit = configNumber(site.config, name) ?? RECORD_LIMIT_DEFAULTS[name];
            return request <= limit
                ? []
                : [
                      {
                          key: `${key}.config${entry(name)}`,
                          value: site.config[name],
                          message: `must be at least ${request}, the max.request.size of the mirror's producer (default: ${RECORD_LIMIT_DEFAULTS[name]})`,
                      },
                  ];
        });
    },
});

const averageSize = rule({
    id: "record-bytes-above-source-limit",
    summary:
        "Records of the average size `mirror.throughput.recordBytes` must fit into what the source's brokers or topics accept.",
    severity: "error",
    needs: ["source", "target", "mirror", "topics"],
    check: (settings) => {
        const { source, mirror } = settings;
        const { recordBytes = 0, compressionRatio = 1 } = mirror.throughput ?? {};
        const accepted = acceptedBytes(settings);
        return !source.managed || recordBytes / compressionRatio <= accepted
            ? []
            : [
                  {
                      key: "kafka-dr:mirror.throughput.recordBytes",
                      value: recordBytes,
                      message: `must be at most ${accepted}, the largest batch that the source accepts; if records are larger, raise max.message.bytes of their topics, or kafka-dr:source.config${entry(BYTES)}, and the mirror follows`,
                  },
              ];
    },
});

/** Compares a limit of both sites' brokers, of which the other must not be lower. */
function brokerLimit(options: {
    readonly id: string;
    readonly summary: string;
    readonly severity: "error" | "warning";
    /** The site that reads what the other accepts. */
    readonly lower: SiteName;
    readonly name: typeof BYTES | typeof AFTER;
    readonly consequence: string;
}) {
    const { id, summary, severity, lower, name, consequence } = options;
    const higher = lower === "target" ? "source" : "target";
    const limitOf = name === BYTES ? brokerMessageBytes : brokerFutureMs;
    return rule({
        id,
        summary,
        severity,
        needs: ["source", "target"],
        check: (settings): Finding[] => {
            const site = settings[lower];
            const [own, accepted] = [limitOf(site) ?? 0, limitOf(settings[higher]) ?? 0];
            if (!site.managed || own >= accepted) {
                return [];
            }
            const text = isUnlimited(accepted) ? "unlimited" : `at least ${accepted}`;
            return [
                {
                    key: `kafka-dr:${lower}.config${entry(name)}`,
                    value: site.config[name],
                    message: `must be ${text}, as the brokers of the ${higher} accept: ${consequence}. Remove it, and the stack sets what is needed`,
                },
            ];
        },
    });
}

const unknownSize = rule({
    id: "record-limit-of-existing-cluster",
    summary:
        "MM2 copies `max.message.bytes` of topics, but not `message.max.bytes` of brokers, which this stack cannot set in a cluster that it does not manage.",
    severity: "warning",
    needs: ["source", "target"],
    check: ({ source, target }): Finding[] => {
        const bytes = brokerMessageBytes(source);
        return target.managed ||
            bytes === undefined ||
            bytes <= RECORD_LIMIT_DEFAULTS["message.max.bytes"]
            ? []
            : [
                  {
                      key: `kafka-dr:source.config${entry(BYTES)}`,
                      value: bytes,
                      message: `must not be above message.max.bytes of the target's brokers, which this stack does not manage: ${STOPS}. Set it there too, or max.message.bytes of the topics here, which MM2 copies`,
                  },
              ];
    },
});

const pastLimit = rule({
    id: "timestamp-before-limit",
    summary:
        "A limit on timestamps in the past refuses records that are mirrored later than they were written: after an outage, and in a failback, which copies everything.",
    severity: "warning",
    needs: ["source", "target", "mirror", "topics"],
    check: (settings): Finding[] => {
        const found = (key: string, value: unknown) => ({
            key,
            value,
            message:
                "refuses records that are mirrored longer than this after they were written, and such a record stops its task; remove the limit, or make it longer than the retention",
        });
        return [
            ...managedSites(settings).flatMap(({ key, site }) =>
                isLimit(configNumber(site.config, BEFORE))
                    ? [found(`${key}.config${entry(BEFORE)}`, site.config[BEFORE])]
                    : [],
            ),
            ...mirroredTopics(settings).flatMap(({ index, config }) => {
                const name = "message.timestamp.before.max.ms";
                return isLimit(configNumber(config, name))
                    ? [found(`kafka-dr:topics[${index}].config${entry(name)}`, config[name])]
                    : [];
            }),
        ];
    },
});

function isLimit(milliseconds: number | undefined): boolean {
    return milliseconds !== undefined && !isUnlimited(milliseconds);
}

/** Rules about the size and the time of records: what one cluster accepts, the other must accept. */
export const recordRules = [
    requestSize,
    socketLimit,
    averageSize,
    brokerLimit({
        id: "record-above-target-limit",
        summary:
            "The target's brokers must accept every record that the source's brokers accept. Without a value the stack sets the other site's.",
        severity: "error",
        lower: "target",
        name: BYTES,
        consequence: STOPS,
    }),
    brokerLimit({
        id: "record-above-source-limit",
        summary:
            "Records that applications write to the target after a failover must be accepted by the source in a failback.",
        severity: "warning",
        lower: "source",
        name: BYTES,
        consequence: "in a failback such a record stops the reverse mirror",
    }),
    brokerLimit({
        id: "timestamp-above-target-limit",
        summary:
            "Brokers refuse timestamps that are too far in the future, since Kafka 4.0 more than an hour by default. The target's must accept what the source's accept.",
        severity: "error",
        lower: "target",
        name: AFTER,
        consequence: "a record further in the future stops the task that copies it",
    }),
    brokerLimit({
        id: "timestamp-above-source-limit",
        summary: "The same for a failback, which copies from the target to the source.",
        severity: "warning",
        lower: "source",
        name: AFTER,
        consequence: "in a failback such a record stops the reverse mirror",
    }),
    unknownSize,
    pastLimit,
];
