import { unexpectedText } from "../../config/mirroredTopics";
import { number, table } from "../shared/output";
import { heldText } from "../shared/mirror/progress";
import { groupLines } from "./groupStatus";
import type { PairStatus } from "./pairStatus";
import { ageText, type TopicLag } from "./topicLag";

/** The status as text. */
export function renderStatus(status: PairStatus): string {
    const { phase, epoch, activeSite, summary, health, problems, unknown, notes } = status;
    const { connectors, topics, groups, held, checkpointSeconds, expectedLoss } = status;
    // A transaction that is a problem has been named above.
    const waiting = held.map(heldText).filter((text) => !problems.includes(text));
    return `${[
        `${health.toUpperCase()}   phase ${phase}, epoch ${epoch}, active site: ${activeSite}`,
        summary,
        ...problems.map((problem) => `  ! ${problem}`),
        ...unknown.map(
            ({ what, reason, since }) => `  ? not known: ${what}: ${reason} (since ${since})`,
        ),
        ...[...notes, ...waiting].map((note) => `  - ${note}`),
        "",
        ...connectors.map(
            ({ name, state, tasks }) =>
                `${name}: ${state}${tasks.length === 0 ? "" : `, tasks ${tasks.map((task) => task.state).join(" ")}`}`,
        ),
        ...(topics.length === 0 ? [] : ["", ...topicTable(topics)]),
        ...groupLines(groups, status.groupsLeftOut),
        ...(status.unexpectedMirrorings.length === 0
            ? []
            : [
                  "",
                  "Not mirrored, or under another name:",
                  ...status.unexpectedMirrorings.map((found) => `  ${unexpectedText(found)}`),
              ]),
        ...(checkpointSeconds === undefined
            ? []
            : ["", `Newest checkpoint: ${checkpointSeconds.toFixed(1)} s ago.`]),
        ...(expectedLoss === undefined
            ? []
            : [
                  `If the ${activeSite} failed now: ${number(expectedLoss.lost)} offsets lost, ${groupsExpectation(expectedLoss)}.`,
              ]),
    ].join("\n")}\n`;
}

function groupsExpectation({
    readAgain,
    readAgainIsBound,
    unprotectedGroups,
}: NonNullable<PairStatus["expectedLoss"]>): string {
    return readAgain === undefined || unprotectedGroups === undefined
        ? "not known where groups would begin"
        : `${readAgainIsBound === true ? "at most " : ""}${number(readAgain)} records read again, ${number(unprotectedGroups)} groups without a position`;
}

function topicTable(topics: readonly TopicLag[]): string[] {
    const hasTransactions = topics.some(({ behindTransaction }) => behindTransaction > 0);
    const hasUnknown = topics.some(({ unknownPartitions }) => unknownPartitions > 0);
    return table([
        [
            "topic",
            "lag",
            ...(hasTransactions ? ["behind a transaction"] : []),
            "lag time",
            "deleted before mirrored",
            ...(hasUnknown ? ["partitions not known"] : []),
        ],
        ...topics.map((topic) => [
            topic.topic,
            number(topic.lag),
            ...(hasTransactions ? [number(topic.behindTransaction)] : []),
            topic.lagSeconds === undefined ? "-" : ageText(topic.lagSeconds),
            number(topic.deletedUnmirrored),
            ...(hasUnknown ? [number(topic.unknownPartitions)] : []),
        ]),
    ]);
}
