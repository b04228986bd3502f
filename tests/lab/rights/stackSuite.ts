import assert from "node:assert/strict";
import type { SiteName } from "../../../config/settingsSchema";
import { clientListener } from "../../../lab/stack/runStack";
import { reasonOf } from "../support/securedClusters";
import { Attempts } from "./attempts";
import { type RightsLab, STACK_GROUP, STACK_TOPICS } from "./rightsLab";

const RECORDS = 1000;
const NEW_RETENTION_MS = "86400003";
const TOPIC_DENIED = /TOPIC_AUTHORIZATION_FAILED/;
const GROUP_DENIED = /GROUP_AUTHORIZATION_FAILED/;
const CLUSTER_DENIED = /CLUSTER_AUTHORIZATION_FAILED/;
const [TOPIC, OTHER] = STACK_TOPICS;

/** The stack's names of MM2's users. */
export const STACK_USERS = {
    source: "my-mm2-cluster-source-1",
    target: "my-mm2-cluster-target-1",
} as const;

/** The stack's own mirror. */
export function stackSuite(lab: () => RightsLab): void {
    const until = (what: string, probe: () => Promise<boolean>) => lab().until(what, probe);

    it("mirrors with exactly the rights that the stack grants", async () => {
        const { source, target } = lab().sites;
        const arrived = async (topic: string) => {
            const ends = await source.client.logEndOffsets(topic);
            await until(`${topic} is at the target`, async () => {
                const found = (await target.client.topics()).includes(topic)
                    ? await target.client.logEndOffsets(topic)
                    : [];
                return ends.length === found.length && ends.every((end, p) => end === found[p]);
            });
            assert.deepEqual(
                await target.client.digests(topic),
                await source.client.digests(topic),
            );
        };
        for (const topic of STACK_TOPICS) {
            await source.client.produceRecords({ topic, count: RECORDS });
            await arrived(topic);
        }
        await source.topics.grow(TOPIC, 2);
        await source.topics.setConfig(TOPIC, "retention.ms", NEW_RETENTION_MS);
        await until(`${TOPIC} has two partitions`, async () => {
            return (await source.client.partitionCount(TOPIC)) === 2;
        });
        await source.client.produceRecords({ topic: TOPIC, count: RECORDS, firstIndex: RECORDS });
        await arrived(TOPIC);
        await until(`the configuration of ${TOPIC} is copied`, async () => {
            return (await target.topics.config(TOPIC, "retention.ms")) === NEW_RETENTION_MS;
        });
        const ends = await source.client.logEndOffsets(TOPIC);
        await until("a group has offsets", async () => {
            await source.client.commitGroupOffsets(STACK_GROUP, TOPIC, ends);
            return true;
        });
        await until("the group's offsets are at the target", async () => {
            const offsets = await target.client.groupOffsets(STACK_GROUP, TOPIC);
            return offsets.every((offset, partition) => offset === ends[partition]);
        });
    });
}

/** Requests of the mirror's users beyond their rights. */
export function beyondSuite(lab: () => RightsLab): void {
    /** A request of an MM2 user, and the reason for its refusal. */
    const attempts: readonly {
        readonly site: SiteName;
        readonly what: string;
        readonly attempt: (as: Attempts) => Promise<unknown>;
        readonly reason: RegExp;
    }[] = [
        {
            site: "source",
            what: "write to a topic that it mirrors",
            attempt: (as) => as.produce(OTHER),
            reason: TOPIC_DENIED,
        },
        {
            site: "source",
            what: "delete a topic that it mirrors",
            attempt: (as) => as.deleteTopic(OTHER),
            reason: TOPIC_DENIED,
        },
        {
            site: "source",
            what: "delete records that it mirrors",
            attempt: (as) => as.deleteRecords(OTHER),
            reason: TOPIC_DENIED,
        },
        {
            site: "source",
            what: "change the configuration of a topic that it mirrors",
            attempt: (as) => as.setRetention(OTHER),
            reason: TOPIC_DENIED,
        },
        {
            site: "source",
            what: "create a topic",
            attempt: (as) => as.createTopic("elsewhere"),
            reason: TOPIC_DENIED,
        },
        {
            site: "source",
            what: "commit offsets of a group that it syncs",
            attempt: (as) => as.commitOffsets(STACK_GROUP, OTHER),
            reason: GROUP_DENIED,
        },
        {
            site: "source",
            what: "read the ACLs of the cluster",
            attempt: (as) => as.describeAllAcls(),
            reason: CLUSTER_DENIED,
        },
        {
            site: "target",
            what: "write to a topic that it does not mirror",
            attempt: (as) => as.produce("not-mirrored"),
            reason: TOPIC_DENIED,
        },
        {
            site: "target",
            what: "create a topic that it does not mirror",
            attempt: (as) => as.createTopic("elsewhere"),
            reason: TOPIC_DENIED,
        },
        {
            site: "target",
            what: "delete a topic that it mirrors",
            attempt: (as) => as.deleteTopic(OTHER),
            reason: TOPIC_DENIED,
        },
        {
            site: "target",
            what: "delete records that it mirrored",
            attempt: (as) => as.deleteRecords(OTHER),
            reason: TOPIC_DENIED,
        },
        {
            site: "target",
            what: "read the offsets of a group that it does not sync",
            attempt: (as) => as.groupOffsets("not-synced", OTHER),
            reason: GROUP_DENIED,
        },
        {
            site: "target",
            what: "commit offsets of a group that it does not sync",
            attempt: (as) => as.commitOffsets("not-synced", OTHER),
            reason: GROUP_DENIED,
        },
        {
            site: "target",
            what: "grant itself a right",
            attempt: (as) => as.grantItself(),
            reason: CLUSTER_DENIED,
        },
    ];

    for (const { site, what, attempt, reason } of attempts) {
        it(`cannot ${what}, at the ${site}`, async () => {
            const { cluster, users } = lab().sites[site];
            const topic = "not-mirrored";
            if (!(await lab().sites[site].client.topics()).includes(topic)) {
                await lab().sites[site].client.createTopic(topic, { partitions: 1 });
            }
            const credentials = users.credentials(STACK_USERS[site]);
            const connection = cluster.connection(clientListener(cluster), credentials);
            const attempts = new Attempts(connection);
            try {
                await assert.rejects(attempt(attempts), (error) => {
                    assert.match(reasonOf(error), reason);
                    return true;
                });
            } finally {
                await attempts.close();
            }
        });
    }
}
