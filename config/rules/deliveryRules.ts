import { effectiveConfig, originOf, producerConfig } from "../throughput/effectiveConfig";
import { entry, type Finding, rule } from "./rule";

/** Kafka keeps the order of an idempotent producer up to this many requests in flight. */
const MOST_IN_FLIGHT_WITH_IDEMPOTENCE = 5;

const acks = rule({
    id: "acks-not-all",
    summary:
        "With acks other than all, a record that the source still counts as mirrored is lost when the target's leader fails.",
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
        "More than one request in flight keeps the order of records only with an idempotent producer, and only up to five. With exactlyOnceSourceSupport Connect makes the producer idempotent.",
    severity: "error",
    needs: ["mirror"],
    check: ({ mirror }): Finding[] => {
        const producer = producerConfig(mirror);
        const name = "max.in.flight.requests.per.connection";
        const count = Number(producer[name] ?? 1);
        if (count > MOST_IN_FLIGHT_WITH_IDEMPOTENCE) {
            const message = "must be at most 5, up to which Kafka keeps the order";
            return [refused(mirror, "producer", name, message)];
        }
        const idempotent =
            mirror.exactlyOnceSourceSupport === "enabled" || isTrue(producer["enable.idempotence"]);
        const message =
            'must be 1, or "enable.idempotence" must be true beside it: a retry would change the order of records';
        return count > 1 && !idempotent ? [refused(mirror, "producer", name, message)] : [];
    },
});

const workerSupport = rule({
    id: "exactly-once",
    summary:
        "Exactly-once support is one setting for worker and connector, and reads only committed records.",
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
        "Exactly-once support is one setting for worker and connector, and reads only committed records.",
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
        "Connect replaces `enable.idempotence: false` by true when exactlyOnceSourceSupport is enabled, with a line in the worker's log and no error.",
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

/** What is wrong with a value of a client, told where it comes from: the stack or its profile. */
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

/** Rules that keep records complete, once and in order: of profile, overrides and workers together. */
export const deliveryRules = [acks, inFlight, workerSupport, isolation, idempotenceOff];
