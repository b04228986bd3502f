import assert from "node:assert/strict";
import { ResourceTypes } from "@platformatic/kafka";
import { describeAcls } from "../../../lab/users/userRequests";
import type { MissingRight } from "../../support/missingRights";
import type { ObservedMirror } from "./observedMirror";
import { RETENTION_MS } from "./rightsLab";

/** The configuration that the target's brokers give a topic by default. */
const DEFAULT_RETENTION_MS = "604800000";
/** The configuration that the tests give all topics once they are mirrored. */
export const CHANGED_RETENTION_MS = "86400002";
const LATER_RETENTION_MS = "86400004";
/** More than MM2 sends before it waits for an offset sync. */
const MANY_RECORDS = 2000;

/** An offset in the middle of the first records. */
const LATE_OFFSET = 5;

/** The effect of one missing right, besides log and state. */
export interface Proof {
    /** Runs before the checks. */
    readonly provoke?: (seen: ObservedMirror) => Promise<void>;
    readonly prove: (seen: ObservedMirror, healthy: ObservedMirror) => Promise<void>;
    readonly records?: number;
    /** Runs without the checkpoint connector, if that is not involved. */
    readonly sourceOnly?: true;
}

/** The right in words, the key of its proof. */
export function rightName({ site, operation, on }: MissingRight): string {
    return `${operation} on the ${on}, ${site}`;
}

/** Produces one more record, and waits until the healthy mirror has a later one. */
async function aLaterRecordArrives(seen: ObservedMirror, healthy: ObservedMirror): Promise<void> {
    const { client } = seen.lab.sites.source;
    for (const topic of [seen.mirror.other, healthy.mirror.other]) {
        await client.produceRecords({ topic, count: 1 });
    }
    await healthy.arrived(healthy.mirror.other);
}

/** The topic without rights fails the task, which stops the other topic as well. */
async function otherTopicStops(seen: ObservedMirror, healthy: ObservedMirror): Promise<void> {
    await seen.lab.until(`${seen.mirror.other} stops`, async () => {
        const before = await seen.records(seen.mirror.other);
        for (let round = 0; round < 3; round += 1) {
            await aLaterRecordArrives(seen, healthy);
        }
        return (await seen.records(seen.mirror.other)) === before;
    });
}

/** No offset of the group advances, while that of a healthy mirror does. */
async function groupStops(seen: ObservedMirror, healthy: ObservedMirror): Promise<void> {
    const { group, other } = seen.mirror;
    const before = await seen.groupOffset(group, other);
    for (const { lab, mirror } of [seen, healthy]) {
        const { client } = lab.sites.source;
        await client.produceRecords({ topic: mirror.other, count: 5 });
        const ends = await client.logEndOffsets(mirror.other);
        await client.commitGroupOffsets(mirror.group, mirror.other, ends);
    }
    await healthy.groupArrived(healthy.mirror.group, healthy.mirror.other);
    assert.equal(await seen.groupOffset(group, other), before);
}

/** Records arrive, but the group that was at their end has no offset. */
async function recordsWithoutGroup(seen: ObservedMirror, healthy: ObservedMirror): Promise<void> {
    const { group, other, topic } = seen.mirror;
    await seen.arrived(other);
    await seen.arrived(topic);
    await groupStops(seen, healthy);
    assert.equal(await seen.groupOffset(group, other), undefined);
}

/** Whether the target has ACLs of the source's users on the mirrored topics. */
export async function aclsAtTarget({ lab, mirror }: ObservedMirror): Promise<string[]> {
    const acls = await describeAcls(
        lab.sites.target.cluster.adminConnection(),
        `User:${mirror.users.source}`,
    );
    return acls
        .filter(({ resourceType }) => resourceType === ResourceTypes.TOPIC)
        .map(({ resourceName }) => resourceName)
        .sort();
}

async function noAcls(seen: ObservedMirror): Promise<void> {
    await seen.arrived(seen.mirror.other);
    assert.deepEqual(await aclsAtTarget(seen), []);
}

async function withoutOffsetSyncs(seen: ObservedMirror): Promise<void> {
    const { mirror, lab } = seen;
    await seen.logged("Failure sending offset sync.", 3);
    const arrived = await Promise.all([mirror.other, mirror.topic].map((t) => seen.records(t)));
    const sum = arrived.reduce<number>((all, count) => all + (count ?? 0), 0);
    assert.ok(sum < 2 * MANY_RECORDS, `${sum} records arrived nevertheless`);
    for (const site of Object.values(lab.sites)) {
        assert.ok(!(await site.client.topics()).includes(mirror.offsetSyncs));
    }
}

async function withUnwrittenOffsetSyncs(
    seen: ObservedMirror,
    healthy: ObservedMirror,
): Promise<void> {
    await recordsWithoutGroup(seen, healthy);
    const { mirror, lab } = seen;
    const { client } = lab.sites[mirror.settings.mirror.offsetSyncsTopicLocation];
    assert.deepEqual(await client.logEndOffsets(mirror.offsetSyncs), [0]);
}

/** The groups with translated offsets in a checkpoints topic. */
async function groupsIn(seen: ObservedMirror, checkpoints: string): Promise<Set<string>> {
    const { group, otherGroup } = seen.mirror;
    const keys = await seen.lab.sites.target.client.keys(checkpoints);
    return new Set([group, otherGroup].filter((name) => keys.some((key) => key.includes(name))));
}

/** Restarts the checkpoint task once it has written checkpoints. */
export async function restartCheckpoints(seen: ObservedMirror): Promise<void> {
    const { group, topic, connectors } = seen.mirror;
    await seen.groupArrived(group, topic);
    await seen.loggedAfter("Instantiated task <checkpoint>-0", async () =>
        seen.worker.restartTask(connectors.checkpoint),
    );
}

/**
 * The other group begins far behind the end of the topic. Then the group commits twice: MM2 has
 * read all groups in between.
 */
export async function aGroupComesLate(seen: ObservedMirror): Promise<void> {
    const { group, otherGroup, topic } = seen.mirror;
    const { client } = seen.lab.sites.source;
    await client.commitGroupOffsets(otherGroup, topic, [LATE_OFFSET]);
    for (let round = 0; round < 2; round += 1) {
        await client.produceRecords({ topic, count: 5 });
        await client.commitGroupOffsets(group, topic, await client.logEndOffsets(topic));
        await seen.groupArrived(group, topic);
    }
}

/** Proofs on a worker that the missing right does not affect, by right. */
export const mirrorProofs: Readonly<Record<string, Proof>> = {
    "Read on the mirrored topic, source": {
        sourceOnly: true,
        prove: async (seen) => {
            await seen.arrived(seen.mirror.other);
            assert.equal(await seen.records(seen.mirror.topic), undefined);
        },
    },
    "DescribeConfigs on the mirrored topic, source": {
        sourceOnly: true,
        prove: async (seen) => {
            const { other, topic } = seen.mirror;
            const { source, target } = seen.lab.sites;
            const failure = "caught exception in scheduled task: syncing topic configs";
            await seen.arrived(topic);
            assert.equal(await target.topics.config(topic, "retention.ms"), DEFAULT_RETENTION_MS);
            // The brokers create both topics when their records arrive. If only this one exists when MM2
            // refreshes, MM2 creates the other one alone, configured as at the source. Later changes
            // do not arrive in either case.
            await seen.arrived(other);
            await seen.loggedAfter(failure, () =>
                source.topics.setConfig(other, "retention.ms", LATER_RETENTION_MS),
            );
            await seen.loggedAfter(failure, () => Promise.resolve());
            const later = await target.topics.config(other, "retention.ms");
            assert.notEqual(later, LATER_RETENTION_MS);
        },
    },
    "Describe on the synced group, source": {
        prove: async (seen) => {
            const { group, otherGroup, other } = seen.mirror;
            await seen.groupArrived(otherGroup, other);
            assert.equal(await seen.groupOffset(group, other), undefined);
        },
    },
    "Create on the offset-syncs topic, source": {
        records: MANY_RECORDS,
        prove: withoutOffsetSyncs,
    },
    "Write on the offset-syncs topic, source": { prove: withUnwrittenOffsetSyncs },
    "Describe on the cluster, source": { sourceOnly: true, prove: noAcls },
    "Create on the mirrored topic, target": {
        sourceOnly: true,
        prove: async (seen, healthy) => {
            assert.equal(await seen.records(seen.mirror.topic), undefined);
            await otherTopicStops(seen, healthy);
        },
    },
    "Write on the mirrored topic, target": {
        sourceOnly: true,
        prove: async (seen, healthy) => {
            assert.equal(await seen.records(seen.mirror.topic), 0);
            await otherTopicStops(seen, healthy);
        },
    },
    "Alter on the mirrored topic, target": {
        sourceOnly: true,
        prove: async (seen, healthy) => {
            const { topic } = seen.mirror;
            assert.equal(await seen.lab.sites.source.client.partitionCount(topic), 2);
            await seen.logged(`Could not create topic-partitions for ${topic}.`, 2);
            assert.equal(await seen.lab.sites.target.client.partitionCount(topic), 1);
            await otherTopicStops(seen, healthy);
        },
    },
    "AlterConfigs on the mirrored topic, target": {
        sourceOnly: true,
        prove: async (seen) => {
            const { other, topic } = seen.mirror;
            const { topics } = seen.lab.sites.target;
            await seen.lab.until(`the configuration of ${other} is copied`, async () => {
                return (await topics.config(other, "retention.ms")) === CHANGED_RETENTION_MS;
            });
            await seen.logged(`Could not alter configuration of topic ${topic}.`, 2);
            assert.equal(await topics.config(topic, "retention.ms"), RETENTION_MS);
        },
    },
    "Read on the mirrored topic, target": {
        prove: async (seen) => {
            const { group, other, topic } = seen.mirror;
            await seen.groupArrived(group, other);
            assert.equal(await seen.groupOffset(group, topic), undefined);
        },
    },
    "Read on the synced group, target": {
        prove: async (seen) => {
            const { group, otherGroup, other, checkpoints } = seen.mirror;
            await seen.groupArrived(otherGroup, other);
            assert.equal(await seen.groupOffset(group, other), undefined);
            assert.ok(
                (await groupsIn(seen, checkpoints)).has(group),
                "the group has no checkpoint",
            );
        },
    },
    "Create on the offset-syncs topic, target": {
        records: MANY_RECORDS,
        prove: withoutOffsetSyncs,
    },
    "Write on the offset-syncs topic, target": { prove: withUnwrittenOffsetSyncs },
    "Create on the checkpoints topic, target": {
        prove: async (seen, healthy) => {
            await groupStops(seen, healthy);
            assert.equal(await seen.records(seen.mirror.checkpoints), undefined);
        },
    },
    "Write on the checkpoints topic, target": {
        prove: async (seen, healthy) => {
            await groupStops(seen, healthy);
            assert.equal(await seen.records(seen.mirror.checkpoints), 0);
        },
    },
    "Read on the checkpoints topic, target": {
        provoke: restartCheckpoints,
        prove: async (seen) => {
            const { otherGroup, topic } = seen.mirror;
            await aGroupComesLate(seen);
            assert.equal(await seen.groupOffset(otherGroup, topic), undefined);
        },
    },
    "Alter on the cluster, target": { sourceOnly: true, prove: noAcls },
};
