import { effectiveConfig, originOf, producerConfig } from "../throughput/effectiveConfig";
import { entry, type Finding, rule } from "./rule";

/** With an idempotent producer Kafka keeps the order up to this many requests in flight. */
const MOST_IN_FLIGHT_WITH_IDEMPOTENCE = 5;

const acks = rule({
    id: "acks-not-all",
    summary:
        "With acks other than all, mirrored records are lost when the leader at the target fails.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }) => {
        const value = producerConfig(mirror).acks;
        if (value === undefined || value === "all" || Number(value) === -1) {
            return [];
        }
        const message = 'must be "all": a mirrored record must survive the loss of a broker';
        return [refused(mirror, "producer", "acks", message)];
    },
});

const inFlight = rule({
    id: "in-flight-without-idempotence",
    summary:
        "Records keep their order with more than one request in flight only if the producer is idempotent, and only up to five requests. With exactlyOnceSourceSupport, Connect makes the producer idempotent.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }): Finding[] => {
        const producer = producerConfig(mirror);
        const name = "max.in.flight.requests.per.connection";
        const count = Number(producer[name] ?? 1);
        if (count > MOST_IN_FLIGHT_WITH_IDEMPOTENCE) {
            const message = "must be at most 5, the most with which Kafka keeps the order";
            return [refused(mirror, "producer", name, message)];
        }
        const idempotent =
            mirror.exactlyOnceSourceSupport === "enabled" || isTrue(producer["enable.idempotence"]);
        const message =
            'must be 1, or "enable.idempotence" must be true; otherwise a retry changes the order of records';
        return count > 1 && !idempotent ? [refused(mirror, "producer", name, message)] : [];
    },
});

const workerSupport = rule({
    id: "exactly-once",
    summary:
        "Exactly-once support is one setting for worker and connector, and the consumer must read only committed records.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }): Finding[] => {
        const worker = "exactly.once.source.support";
        return mirror.workerConfig[worker] === undefined
            ? []
            : [
                  {
                      key: `kafka-dr:mirror.workerConfig${entry(worker)}`,
                      value: mirror.workerConfig[worker],
                      message: "must be absent: kafka-dr:mirror.exactlyOnceSourceSupport sets it",
                  },
              ];
    },
});

const isolation = rule({
    id: "exactly-once",
    summary:
        "Exactly-once support is one setting for worker and connector, and the consumer must read only committed records.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }): Finding[] => {
        const name = "isolation.level";
        const level = effectiveConfig(mirror, "consumer")[name] ?? "read_committed";
        if (mirror.exactlyOnceSourceSupport !== "enabled" || level === "read_committed") {
            return [];
        }
        const message =
            'must be "read_committed" with exactlyOnceSourceSupport "enabled"; MirrorMaker 2 refuses to start otherwise';
        return [refused(mirror, "consumer", name, message)];
    },
});

const idempotenceOff = rule({
    id: "exactly-once-idempotence",
    summary:
        "With exactlyOnceSourceSupport enabled, Connect replaces `enable.idempotence: false` with true, with a line in the worker's log and no error.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }): Finding[] => {
        const name = "enable.idempotence";
        const value = producerConfig(mirror)[name];
        if (mirror.exactlyOnceSourceSupport !== "enabled" || value === undefined || isTrue(value)) {
            return [];
        }
        const message =
            'must be true or absent with exactlyOnceSourceSupport "enabled", where Connect makes the producer idempotent';
        return [refused(mirror, "producer", name, message)];
    },
});

/**
 * A finding about a client's value, at the setting that it comes from: an override or the profile.
 */
function refused(
    mirror: Parameters<typeof originOf>[0],
    part: Parameters<typeof originOf>[1],
    name: string,
    message: string,
): Finding {
    const { says, ...place } = originOf(mirror, part, name);
    return { ...place, message: says(message) };
}

/** As Kafka reads a boolean. */
function isTrue(value: unknown): boolean {
    return String(value).trim().toLowerCase() === "true";
}

/**
 * Rules that keep records complete, unique and in order. They check profile, overrides and worker
 * configuration together.
 */
export const deliveryRules = [acks, inFlight, workerSupport, isolation, idempotenceOff];
