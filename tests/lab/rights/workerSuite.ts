import assert from "node:assert/strict";
import { MISSING_RIGHTS, type MissingRight } from "../../support/missingRights";
import { type CaseOptions, makeCase, type MirrorCase, RECORDS } from "./mirrorCase";
import { rightName } from "./mirrorProofs";
import { ObservedMirror } from "./observedMirror";
import type { RightsLab } from "./rightsLab";
import { RightsWorker } from "./rightsWorker";
import { selected } from "./selection";

/** Lines in a flooded log: enough for the worker to have had time for other work. */
const FLOOD_LINES = 200;

/** The effect of a missing right on its own worker, besides log and state. */
interface WorkerProof {
    /** An internal topic that exists before the worker, and is not compacted. */
    readonly uncompacted?: keyof MirrorCase["internalTopics"];
    /** Creates the connectors before the checks. */
    readonly hasConnectors?: true;
    readonly prove?: (seen: ObservedMirror, right: MissingRight) => Promise<void>;
}

async function recordsArrive(seen: ObservedMirror): Promise<void> {
    await seen.arrived(seen.mirror.other);
    await seen.arrived(seen.mirror.topic);
}

async function noGroupArrives(seen: ObservedMirror, { log }: MissingRight): Promise<void> {
    await recordsArrive(seen);
    await seen.logged(log, FLOOD_LINES);
    assert.equal(await seen.groupOffset(seen.mirror.group, seen.mirror.other), undefined);
    assert.ok(!(await seen.records(seen.mirror.checkpoints)), "there are checkpoints");
}

/** Replaces the worker with a new one. */
async function restarted({ lab, worker, mirror }: ObservedMirror): Promise<ObservedMirror> {
    await worker.stop();
    const name = `${mirror.mm2.metadata.name}-worker-again`;
    return new ObservedMirror(lab, await RightsWorker.start(lab, mirror, name), mirror, true);
}

async function arrivesAgainAfterRestart(seen: ObservedMirror): Promise<void> {
    await recordsArrive(seen);
    const { internalTopics, topic } = seen.mirror;
    const { client } = seen.lab.sites.target;
    const offsets = await client.logEndOffsets(internalTopics.offset);
    assert.ok(offsets.every((offset) => offset === 0));
    const again = await restarted(seen);
    await seen.lab.until(`${topic} arrives again`, async () => {
        return (await seen.records(topic)) === 2 * RECORDS;
    });
    await again.worker.stop();
}

async function neverStartsAgain(seen: ObservedMirror, { log }: MissingRight): Promise<void> {
    await recordsArrive(seen);
    const { internalTopics } = seen.mirror;
    await seen.lab.until("offsets are stored", async () => {
        const offsets = await seen.lab.sites.target.client.logEndOffsets(internalTopics.offset);
        return offsets.some((offset) => offset > 0);
    });
    const again = await restarted(seen);
    await again.logged(log, FLOOD_LINES);
    await assert.rejects(again.worker.rest.isHealthy());
    assert.ok(!again.worker.logLines().some((line) => line.includes("Herder started")));
    await again.worker.stop();
}

const workerProofs: Readonly<Record<string, WorkerProof>> = {
    "DescribeConfigs on the config topic, target": {
        uncompacted: "config",
        hasConnectors: true,
        prove: recordsArrive,
    },
    "DescribeConfigs on the offset topic, target": {
        uncompacted: "offset",
        hasConnectors: true,
        prove: recordsArrive,
    },
    "DescribeConfigs on the status topic, target": {
        uncompacted: "status",
        hasConnectors: true,
        prove: recordsArrive,
    },
    "Read on the config topic, target": {},
    "Write on the config topic, target": {},
    "Read on the offset topic, target": { hasConnectors: true, prove: neverStartsAgain },
    "Write on the offset topic, target": { hasConnectors: true, prove: arrivesAgainAfterRestart },
    "Read on the status topic, target": { hasConnectors: true, prove: recordsArrive },
    "Write on the status topic, target": { hasConnectors: true, prove: recordsArrive },
    "Read on the offset-syncs topic, source": { hasConnectors: true, prove: noGroupArrives },
    "Read on the offset-syncs topic, target": { hasConnectors: true, prove: noGroupArrives },
    "Write on the transactional ID of the leader, target": {},
};

/** Without these the worker ends, which takes about a minute while it waits for its own threads. */
const endingRights = MISSING_RIGHTS.filter(({ state }) => state === "the worker ends");
const otherRights = MISSING_RIGHTS.filter((right) => rightName(right) in workerProofs);
export const workerRights = [...endingRights, ...otherRights];
const takenAway = selected(workerRights);

function title({ operation, on, site, effect }: MissingRight): string {
    return `without ${operation} on the ${on} at the ${site}: ${effect}`;
}

/** Workers whose own user (in production, that of the target) lacks one right. */
export function workerSuite(lab: () => RightsLab): void {
    const ending = new Map<MissingRight | "all", ObservedMirror>();

    const start = async (
        options: Pick<CaseOptions, "name" | "without">,
        uncompacted?: WorkerProof["uncompacted"],
    ): Promise<ObservedMirror> => {
        const mirror = await makeCase(lab(), { ...options, mirror: options.name });
        if (uncompacted !== undefined) {
            await lab().sites.target.client.createTopic(mirror.internalTopics[uncompacted], {
                partitions: 1,
                config: { "cleanup.policy": "delete" },
            });
        }
        const worker = await RightsWorker.start(lab(), mirror);
        return new ObservedMirror(lab(), worker, mirror, true);
    };

    before(async () => {
        const started = endingRights.filter((right) => takenAway.includes(right));
        for (const [index, without] of started.entries()) {
            ending.set(without, await start({ name: `e${index}`, without }));
        }
        ending.set("all", await start({ name: "guarded" }, "status"));
    });

    for (const [index, right] of otherRights.entries()) {
        const test = takenAway.includes(right) ? it : it.skip;
        test(title(right), async () => {
            const { hasConnectors, uncompacted, prove } = workerProofs[rightName(right)]!;
            const seen = await start({ name: `w${index}`, without: right }, uncompacted);
            if (hasConnectors) {
                await seen.worker.untilHealthy();
                await seen.worker.add([seen.mirror]);
            }
            await seen.shows(right);
            await prove?.(seen, right);
            await seen.worker.stop();
        });
    }

    for (const right of endingRights) {
        const test = takenAway.includes(right) ? it : it.skip;
        test(title(right), async () => {
            await ending.get(right)!.shows(right);
        });
    }

    it("with all of them: a worker refuses an internal topic that is not compacted", async () => {
        await ending.get("all")!.shows({
            log: "property is required to have 'cleanup.policy=compact'",
            state: "the worker ends",
        });
    });
}
