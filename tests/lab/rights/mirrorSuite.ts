import assert from "node:assert/strict";
import { MISSING_RIGHTS, type MissingRight } from "../../support/missingRights";
import { makeCase, type MirrorCase, produce, RECORDS } from "./mirrorCase";
import {
    aclsAtTarget,
    aGroupComesLate,
    CHANGED_RETENTION_MS,
    mirrorProofs,
    restartCheckpoints,
    rightName,
} from "./mirrorProofs";
import { ObservedMirror } from "./observedMirror";
import type { RightsLab } from "./rightsLab";
import { RightsWorker } from "./rightsWorker";
import { selected } from "./selection";

/** The mirror with all rights, with offset syncs at the source and copied ACLs. */
const HEALTHY = "all";
const MIRROR = "shared";

export const mirrorRights = MISSING_RIGHTS.filter((right) => rightName(right) in mirrorProofs);
const takenAway = selected(mirrorRights);

/**
 * Mirrors that each lack one right on their topics or groups, all on the worker of a healthy mirror.
 * Progress of the healthy mirror shows that the others had enough time.
 */
export function mirrorSuite(lab: () => RightsLab): void {
    const mirrors = new Map<MissingRight | typeof HEALTHY, ObservedMirror>();
    const seenOf = (right: MissingRight | typeof HEALTHY) => mirrors.get(right)!;
    let worker: RightsWorker;

    const startAll = async (): Promise<void> => {
        const host = await makeCase(lab(), {
            name: HEALTHY,
            mirror: MIRROR,
            changes: [
                ["mirror/offsetSyncsTopicLocation", "source"],
                ["mirror/syncTopicAclsEnabled", true],
            ],
        });
        const cases = new Map<MissingRight | typeof HEALTHY, MirrorCase>([[HEALTHY, host]]);
        for (const [index, right] of takenAway.entries()) {
            const { records, sourceOnly } = mirrorProofs[rightName(right)]!;
            const made = await makeCase(lab(), {
                name: `m${index}`,
                mirror: MIRROR,
                without: right,
                hasCheckpoints: sourceOnly !== true,
                ...(records !== undefined && { records }),
            });
            cases.set(right, made);
        }
        worker = await RightsWorker.start(lab(), host);
        await worker.untilHealthy();
        await worker.add([...cases.values()]);
        for (const [right, one] of cases) {
            mirrors.set(right, new ObservedMirror(lab(), worker, one));
        }
    };
    /** Changes that MM2 has to copy: configurations, partitions, records, offsets. */
    const changeAll = async (): Promise<void> => {
        const { client, topics } = lab().sites.source;
        for (const [right, { mirror }] of mirrors) {
            for (const topic of [mirror.other, mirror.topic]) {
                await topics.setConfig(topic, "retention.ms", CHANGED_RETENTION_MS);
            }
            if (right === HEALTHY || right.operation === "Alter") {
                await topics.grow(mirror.topic, 2);
                await lab().until(`${mirror.topic} has two partitions`, async () => {
                    return (await client.partitionCount(mirror.topic)) === 2;
                });
            }
            await produce(lab(), mirror, RECORDS, RECORDS);
        }
    };

    before(async () => {
        await startAll();
        const healthy = seenOf(HEALTHY);
        await healthy.arrived(healthy.mirror.topic);
        await changeAll();
    });
    after(async () => {
        await worker.stop();
    });

    it("with all of them: records, configurations, partitions, offsets and ACLs arrive", async () => {
        const seen = seenOf(HEALTHY);
        const { group, otherGroup, other, topic, offsetSyncs } = seen.mirror;
        const { source, target } = lab().sites;
        await seen.logged("Started <source> with 2 topic-partitions.");
        await seen.logged("Started <checkpoint> with 2 consumer groups.");
        for (const name of [other, topic]) {
            await seen.arrived(name);
            await seen.groupArrived(group, name);
            await lab().until(`the configuration of ${name} is copied`, async () => {
                return (await target.topics.config(name, "retention.ms")) === CHANGED_RETENTION_MS;
            });
            assert.deepEqual(await target.client.digests(name), await source.client.digests(name));
        }
        assert.equal(await target.client.partitionCount(topic), 2);
        assert.deepEqual(await aclsAtTarget(seen), [other, other, topic, topic].sort());
        assert.ok((await source.client.logEndOffsets(offsetSyncs))[0]! > 0);
        await restartCheckpoints(seen);
        await aGroupComesLate(seen);
        assert.ok(
            (await seen.groupOffset(otherGroup, topic)) !== undefined,
            "the group has no offset",
        );
    });

    for (const right of mirrorRights) {
        const { operation, on, site, effect } = right;
        const test = takenAway.includes(right) ? it : it.skip;
        test(`without ${operation} on the ${on} at the ${site}: ${effect}`, async () => {
            const { provoke, prove } = mirrorProofs[rightName(right)]!;
            const seen = seenOf(right);
            await provoke?.(seen);
            await seen.shows(right);
            await prove(seen, seenOf(HEALTHY));
        });
    }
}
