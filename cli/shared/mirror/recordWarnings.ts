import { configNumber } from "../../../config/brokerConfig";
import { type UnexpectedMirroring, unexpectedText } from "../../../config/mirroredTopics";
import { isUnlimited, RECORD_LIMIT_DEFAULTS } from "../../../config/recordLimits";
import type { KafkaConfig, SiteName } from "../../../config/settingsSchema";
import type { TopicConfigs } from "../../../kafka/topicConfigs";
import type { Ends } from "./ends";
import type { RefusedRecord } from "./refusedRecord";
import type { TopicLimits } from "./taskFailure";

/** What can be known of topics and records that are not mirrored, before any is lost. */
export interface MirrorWarnings {
    /** Topics that MM2 leaves out or renames although the settings suggest otherwise. */
    readonly unexpectedMirrorings: readonly UnexpectedMirroring[];
    /** Limits on records that are lower than those of the topics at `from`. */
    readonly limits: readonly LimitFinding[];
    /** The record that stopped each failed task, if a record did and it was found. */
    readonly refused: readonly (RefusedRecord & {
        readonly connector: string;
        readonly task: number;
    })[];
    /** What could not be looked at. */
    readonly unknown: readonly { readonly what: string; readonly reason: string }[];
}

/** A limit at `from` above that of the mirror or of `to`: one record between them stops a task. */
export interface LimitFinding {
    /** Name of the topic at `from`. */
    readonly topic: string;
    /** Kafka's name of the limit that is too low. */
    readonly name: string;
    /** What has the limit that is too low. */
    readonly of: "producer" | "to";
    /** What the topic at `from` accepts, in bytes or milliseconds; `unlimited` without a limit. */
    readonly accepted: number | "unlimited";
    /** What `of` accepts. */
    readonly limit: number;
}

/** A topic and its copy; `to` is absent before MM2 has created it. */
export interface ConfiguredTopic {
    readonly topic: string;
    readonly configs: { readonly from: TopicConfigs; readonly to?: TopicConfigs };
}

/**
 * Compares what each topic accepts with what the producer sends and what its copy accepts. MM2 copies
 * limits that are set for a topic, within `sync.topic.configs.interval.seconds`, and no others.
 *
 * @param producer configuration of the mirror's producer, by plain Kafka names
 */
export function limitFindings(
    topics: readonly ConfiguredTopic[],
    producer: KafkaConfig,
): LimitFinding[] {
    return topics.flatMap(({ topic, configs }) => {
        const from = limitsOf(configs.from);
        const to = configs.to === undefined ? {} : limitsOf(configs.to);
        return [
            ...producerFindings(from, producer),
            // Timestamps that the brokers at `from` set are none of the future, nor of long ago.
            ...copyFindings(
                from,
                to,
                isRestamped(configs.from)
                    ? ["messageBytes"]
                    : ["messageBytes", "futureMs", "pastMs"],
            ),
        ].map((finding) => ({ topic, ...finding }));
    });
}

type Finding = Omit<LimitFinding, "topic">;

function producerFindings({ messageBytes = 0 }: TopicLimits, producer: KafkaConfig): Finding[] {
    // Kafka's defaults differ by a few bytes, for which a producer must have been changed.
    if (messageBytes <= RECORD_LIMIT_DEFAULTS["message.max.bytes"]) {
        return [];
    }
    return (["max.request.size", "buffer.memory"] as const).flatMap((name) => {
        const limit = configNumber(producer, name) ?? RECORD_LIMIT_DEFAULTS[name];
        return limit >= messageBytes
            ? []
            : [{ name, of: "producer" as const, accepted: messageBytes, limit }];
    });
}

const NAMES = {
    messageBytes: "max.message.bytes",
    futureMs: "message.timestamp.after.max.ms",
    pastMs: "message.timestamp.before.max.ms",
} as const;

type Kind = keyof typeof NAMES;

function copyFindings(from: TopicLimits, to: TopicLimits, kinds: readonly Kind[]): Finding[] {
    return kinds.flatMap((kind): Finding[] => {
        const [accepted = Infinity, limit = Infinity] = [from[kind], to[kind]];
        return limit >= accepted
            ? []
            : [
                  {
                      name: NAMES[kind],
                      of: "to",
                      accepted: accepted === Infinity ? "unlimited" : accepted,
                      limit,
                  },
              ];
    });
}

/** The limits of a topic by its effective configuration. */
export function limitsOf(configs: TopicConfigs): TopicLimits {
    const limit = (name: string) => {
        const value = configs.get(name)?.value;
        const number = value == null ? undefined : Number(value);
        return number === undefined || isUnlimited(number) ? undefined : number;
    };
    const messageBytes = limit(NAMES.messageBytes);
    // A broker that sets the timestamps itself accepts every one.
    const [futureMs, pastMs] = isRestamped(configs)
        ? []
        : [limit(NAMES.futureMs), limit(NAMES.pastMs)];
    return {
        ...(messageBytes !== undefined && { messageBytes }),
        ...(futureMs !== undefined && { futureMs }),
        ...(pastMs !== undefined && { pastMs }),
    };
}

function isRestamped(configs: TopicConfigs): boolean {
    return configs.get("message.timestamp.type")?.value === "LogAppendTime";
}

/** Everything that keeps topics and records from being mirrored, and what is not known of it. */
export function warningTexts(
    { unexpectedMirrorings, limits, unknown }: MirrorWarnings,
    sites: Ends<SiteName>,
): string[] {
    return [
        ...unexpectedMirrorings.map(unexpectedText),
        ...limitTexts(limits, sites),
        ...unknown.map(({ what, reason }) => `not known: ${what}: ${reason}`),
    ];
}

/** One line for each limit, with the topics that it concerns. */
export function limitTexts(findings: readonly LimitFinding[], sites: Ends<SiteName>): string[] {
    const byLimit = new Map<string, string[]>();
    for (const { topic, name, of, accepted, limit } of findings) {
        const holder = of === "producer" ? "the mirror's producer" : `the ${sites.to}`;
        const key = `a record may stop the mirror: ${name} is ${limit} of ${holder}, while these topics accept ${accepted === "unlimited" ? "any" : accepted}`;
        byLimit.set(key, [...(byLimit.get(key) ?? []), topic]);
    }
    return [...byLimit].map(([text, topics]) => `${text}: ${listed(topics)}`);
}

const SHOWN = 5;

function listed(topics: readonly string[]): string {
    const more = topics.length - SHOWN;
    return `${topics.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
