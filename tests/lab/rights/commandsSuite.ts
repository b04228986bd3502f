import assert from "node:assert/strict";
import { Admin, ConfigResourceTypes } from "@platformatic/kafka";
import type { SiteName } from "../../../config/settingsSchema";
import { clientOptions } from "../../../kafka/connection";
import { KafkaClient } from "../../../kafka/kafkaClient";
import { clientListener } from "../../../lab/stack/runStack";
import { reasonOf } from "../support/securedClusters";
import { Attempts } from "./attempts";
import { type RightsLab, STACK_GROUP, STACK_TOPICS } from "./rightsLab";

const [ORDERS] = STACK_TOPICS;
const UNMIRRORED = "not-mirrored";
const SITES = ["source", "target"] as const;

async function retentionOf(admin: Admin): Promise<string> {
    const [topic] = await admin.describeConfigs({
        resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: ORDERS }],
    });
    const found = topic?.configs.find(({ name }) => name === "retention.ms")?.value;
    assert(found !== undefined && found !== null, "the topic's configuration is not visible");
    return found;
}

/** The rights of the operators' commands at both sites, as the stack grants them. */
export function commandsSuite(lab: () => RightsLab): void {
    const connectionOf = (side: SiteName) => {
        const { cluster, users } = lab().sites[side];
        const credentials = users.credentials(`my-mm2-cluster-commands-${side}-1`);
        return cluster.connection(clientListener(cluster), credentials);
    };

    before(async () => {
        for (const side of SITES) {
            const { client } = lab().sites[side];
            // Another suite of this lab may have created it already.
            if (!(await client.topics()).includes(UNMIRRORED)) {
                await client.createTopic(UNMIRRORED, { partitions: 1 });
            }
            await client.produceRecords({ topic: UNMIRRORED, count: 1 });
        }
        const { source, target } = lab().sites;
        await source.client.produceRecords({ topic: ORDERS, count: 5 });
        // The first group makes Kafka create the internal topic of group offsets, which takes a while.
        await lab().until("the group is at the source", async () => {
            const [end = 0] = await source.client.logEndOffsets(ORDERS);
            await source.client.commitGroupOffsets(STACK_GROUP, ORDERS, [end]);
            return true;
        });
        await lab().until("records and group are at the target", async () => {
            const [end] = await source.client.logEndOffsets(ORDERS);
            const [position] = await target.client.groupOffsets(STACK_GROUP, ORDERS);
            // The exact offset depends on the offset syncs, not on these users.
            return position !== undefined && (await target.client.logEndOffsets(ORDERS))[0] === end;
        });
    });

    for (const side of SITES) {
        it(`read records, configurations and groups at the ${side}`, async () => {
            const { client: everything } = lab().sites[side];
            const client = new KafkaClient(connectionOf(side));
            const admin = new Admin(clientOptions(connectionOf(side), "commands"));
            const { cluster } = lab().sites[side];
            const superAdmin = new Admin(clientOptions(cluster.adminConnection(), "super"));
            try {
                const values = await client.values(ORDERS);
                assert(values.length > 0);
                assert.equal(values.length, (await everything.values(ORDERS)).length);
                assert.deepEqual(
                    await client.groupOffsets(STACK_GROUP, ORDERS),
                    await everything.groupOffsets(STACK_GROUP, ORDERS),
                );
                // Other suites of this lab change the topic: a super user reads its current state.
                assert.equal(await retentionOf(admin), await retentionOf(superAdmin));
                assert([...(await admin.listGroups()).keys()].includes(STACK_GROUP));
            } finally {
                await client.close();
                await admin.close();
                await superAdmin.close();
            }
        });

        const refused: readonly [string, (one: Attempts) => Promise<void>, RegExp][] = [
            ["produce", (one) => one.produce(ORDERS), /TOPIC_AUTHORIZATION_FAILED/],
            [
                "commit a group's offsets",
                (one) => one.commitOffsets(STACK_GROUP, ORDERS),
                /GROUP_AUTH/,
            ],
            ["join a group", (one) => one.consume(ORDERS, STACK_GROUP), /GROUP_AUTH/],
            ["delete a topic", (one) => one.deleteTopic(ORDERS), /TOPIC_AUTHORIZATION_FAILED/],
            ["delete records", (one) => one.deleteRecords(ORDERS), /TOPIC_AUTHORIZATION_FAILED/],
            ["change a topic", (one) => one.setRetention(ORDERS), /TOPIC_AUTHORIZATION_FAILED/],
            ["create a topic", (one) => one.createTopic("new"), /TOPIC_AUTHORIZATION_FAILED/],
        ];
        for (const [what, attempt, reason] of refused) {
            it(`cannot ${what} at the ${side}`, async () => {
                const attempts = new Attempts(connectionOf(side));
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

        it(`do not see topics and groups outside the mirror at the ${side}`, async () => {
            const client = new KafkaClient(connectionOf(side));
            try {
                assert(!(await client.topics()).includes(UNMIRRORED));
            } finally {
                await client.close();
            }
        });
    }
}
