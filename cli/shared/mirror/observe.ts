import type { Looked } from "../../../kafka/askLeaders";
import { innermostReason } from "../../../kafka/errors";
import { endContradictions } from "./identity";
import type {
    ConnectorReport,
    MirrorObservation,
    MirrorOperations,
    ObserveRequest,
} from "./mirrorOperations";

type Operations = Pick<
    MirrorOperations,
    | "unreachable"
    | "connectors"
    | "progress"
    | "mirroredOffsets"
    | "groups"
    | "ends"
    | "checkpointSeconds"
    | "warnings"
>;

/** Looks at a mirror, and says what cannot be seen. */
export async function observeMirror(
    mirror: Operations,
    { usesFrom, watchSeconds }: ObserveRequest,
): Promise<MirrorObservation> {
    const at = new Date().toISOString();
    const [from, to, connectors] = await Promise.all([
        usesFrom ? mirror.unreachable("from") : undefined,
        mirror.unreachable("to"),
        looked(async () => mirror.connectors()),
    ]);
    const atFrom = async <T>(look: () => Promise<T>) =>
        from === undefined ? looked(look) : { unknown: NO_FROM };
    const atTo = async <T>(look: () => Promise<T>) =>
        to === undefined ? looked(look) : { unknown: NO_TO };
    const atBoth = async <T>(look: () => Promise<T>) =>
        from === undefined ? atTo(look) : { unknown: NO_FROM };
    const [ends, checkpointSeconds, groups, warnings] = await Promise.all([
        atTo(async () => mirror.ends("to")),
        atTo(async () => (await mirror.checkpointSeconds()) ?? null),
        usesFrom ? atBoth(async () => mirror.groups()) : undefined,
        usesFrom ? atFrom(async () => mirror.warnings()) : undefined,
    ]);
    const rest = {
        at,
        connectors,
        ends,
        checkpointSeconds,
        ...(groups && { groups }),
        ...(warnings && { warnings }),
    };
    const unreachable = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    if (!usesFrom) {
        return { ...rest, unreachable };
    }
    const contradictions = await atBoth(async () => {
        const [fromLook, mirrored] = await Promise.all([
            mirror.ends("from"),
            mirror.mirroredOffsets(),
        ]);
        if ("unknown" in ends) {
            throw new Error(ends.unknown);
        }
        return endContradictions(fromLook, ends.known, mirrored);
    });
    // A mirror that stands still needs no watch to be late.
    const watches = to === undefined && isRunning(connectors);
    const progress = await atFrom(async () =>
        mirror.progress({ records: true, watchSeconds: watches ? watchSeconds : 0 }),
    );
    return { ...rest, unreachable, contradictions, progress };
}

const NO_FROM = "the cluster that is mirrored does not respond";
const NO_TO = "the cluster that the mirror writes to does not respond";

/** What a look finds, or why it finds nothing. */
export async function looked<T>(look: () => Promise<T>): Promise<Looked<T>> {
    try {
        return { known: await look() };
    } catch (error) {
        return { unknown: innermostReason(error) };
    }
}

function isRunning(connectors: Looked<readonly ConnectorReport[]>): boolean {
    return (
        "known" in connectors &&
        connectors.known.every(
            ({ state, tasks }) =>
                state === "RUNNING" && tasks.every((task) => task.state === "RUNNING"),
        )
    );
}
