/** What happens to a pair that mirrors, without a change of the active site. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SiteName } from "../../config/settingsSchema";
import { GroupConsumer } from "./consumer";
import { type LabPair, PARTITIONS, TOPIC, USER } from "./labPair";
import { holdingOf, seemsToHold, withAdmin } from "./lossCheck";
import { NumberedProducer } from "./producer";
import { mirroredAll, type Scenario, scenario, until } from "./scenario";

export function networkCut(site: SiteName): Scenario {
    return disturbed(`network of the ${site} cut for 3 s`, `cut-${site}`, async (pair) => {
        pair.networks[site].partition();
        await sleep(3000);
        pair.networks[site].heal();
        await sleep(500);
    });
}

export function targetRestarted(): Scenario {
    return disturbed("target restarted while the mirror runs", "restart", async (pair) => {
        await pair.cluster("target").kill();
        await pair.bringBack("target");
    });
}

/** Records are written during a fault; afterwards the target has each of them, some perhaps twice. */
function disturbed(name: string, id: string, disturb: (pair: LabPair) => Promise<void>): Scenario {
    return scenario(name, async (pair, expect) => {
        const producer = new NumberedProducer(id, TOPIC, PARTITIONS);
        producer.start(pair.as(USER, "source"));
        await sleep(500);
        await disturb(pair);
        await producer.end();
        await mirroredAll(pair);
        const found = await holdingOf(pair, "target", TOPIC, producer);
        expect.equal("lost", found.lost.length, 0);
        return {
            acknowledged: producer.acknowledged.size,
            mirrored: found.present,
            lost: found.lost.length,
            repeated: found.repeated,
        };
    });
}

export function partitionsAdded(): Scenario {
    return scenario("partitions added at the source", async (pair, expect) => {
        const topic = "orders-growing";
        await withAdmin(pair, "source", async (client) =>
            client.createTopic(topic, { partitions: 1, replicas: 1 }),
        );
        const producer = new NumberedProducer("grown", topic, 3);
        await pair.stack.update({
            "kafka-dr:topics": [
                { name: TOPIC, partitions: PARTITIONS },
                { name: topic, partitions: 3 },
            ],
        });
        await producer.write(pair.as(USER, "source"), pair.signal, 600);
        await mirrored(pair, topic, producer);
        const found = await holdingOf(pair, "target", topic, producer);
        expect.equal("repeated", found.repeated, 0);
        return {
            acknowledged: producer.acknowledged.size,
            mirrored: found.present,
            lost: 0,
            repeated: found.repeated,
        };
    });
}

/** MM2 cannot commit for a group that has members at the target; `verify` must report it. */
export function activeGroup(): Scenario {
    return scenario("a group with members at the target", async (pair, expect) => {
        const group = `${USER}-standby`;
        const consumer = new GroupConsumer(group, TOPIC);
        const mirror = pair.mirror("forward", 1);
        await withAdmin(pair, "source", async (client) =>
            client.commitGroupOffsets(group, TOPIC, [1, 1, 1]),
        );
        await consumer.start(pair.cluster("target").adminConnection());
        try {
            const reported = async () =>
                (await mirror.groups()).groups.find((found) => found.group === group);
            await until(
                "the group has a member",
                async () => (await reported())?.toState === "Stable",
                pair,
            );
            const verdicts = new Set((await reported())?.partitions.map(({ verdict }) => verdict));
            expect.that(
                `verdicts ${[...verdicts].join(", ")} instead of active or unprotected`,
                [...verdicts].every((verdict) => verdict === "active" || verdict === "unprotected"),
            );
        } finally {
            await consumer.end();
        }
        for (const site of ["source", "target"] as const) {
            await withAdmin(pair, site, async (client) => client.deleteGroups([group]));
        }
        return {};
    });
}

/** MM2 does not report a topic that was recreated; `verify` must. */
export function topicRecreated(): Scenario {
    return scenario("a topic deleted and recreated at the source", async (pair, expect) => {
        const topic = "orders-recreated";
        const { epoch } = await pair.position();
        const admin = pair.cluster("source").adminConnection();
        const create = async () =>
            withAdmin(pair, "source", async (client) =>
                client.createTopic(topic, { partitions: 1, replicas: 1 }),
            );
        const remove = async (site: SiteName) =>
            withAdmin(pair, site, async (client) => client.deleteTopic(topic));
        const old = new NumberedProducer("old", topic, 1);
        await create();
        await old.write(admin, pair.signal, 300);
        await mirrored(pair, topic, old);
        await remove("source");
        await create();
        const fresh = new NumberedProducer("fresh", topic, 1);
        await fresh.write(admin, pair.signal, 100);
        const report = await pair.mirror("forward", epoch).verify({});
        expect.that(
            "verify found nothing",
            report.failures.some(({ where }) => where.startsWith(topic)),
        );
        await remove("source");
        await remove("target");
        return { acknowledged: 400 };
    });
}

/** Records are deleted before a stopped mirror has read them; MM2 continues without an error. */
export function retentionOvertakes(): Scenario {
    return scenario("retention overtakes a stopped mirror", async (pair, expect) => {
        const topic = "orders-expiring";
        const { epoch } = await pair.position();
        const mirror = pair.mirror("forward", epoch);
        const admin = pair.cluster("source").adminConnection();
        await withAdmin(pair, "source", async (client) =>
            client.createTopic(topic, { partitions: 1, replicas: 1 }),
        );
        const producer = new NumberedProducer("expiring", topic, 1);
        await producer.write(admin, pair.signal, 200);
        await mirrored(pair, topic, producer);
        await mirror.stop(60);
        await producer.write(admin, pair.signal, 200);
        await withAdmin(pair, "source", async (client) => client.deleteRecords(topic, 0, 300));
        const { partitions } = await mirror.progress({ records: false, watchSeconds: 0 });
        const found = partitions.find((partition) => partition.topic === topic);
        expect.equal("offsets deleted before they were mirrored", found?.deletedUnmirrored, 100);
        await pair.mirrorMaker().apply();
        await mirrored(pair, topic, producer, 100);
        const report = await mirror.verify({});
        const partition = report.topics.find((entry) => entry.topic === topic)?.partitions[0];
        expect.that(
            "verify calls it complete",
            (partition?.missing.records ?? 0) + (partition?.unverifiable.to.records ?? 0) > 0,
        );
        return { acknowledged: 400, mirrored: 300, lost: 100 };
    });
}

/** Waits until the target has all acknowledged records, except for so many that are lost. */
async function mirrored(
    pair: LabPair,
    topic: string,
    producer: NumberedProducer,
    lost = 0,
): Promise<void> {
    await until(
        `${topic} is mirrored`,
        async () => seemsToHold(pair, "target", topic, producer, lost),
        pair,
    );
    const found = await holdingOf(pair, "target", topic, producer);
    if (found.lost.length !== lost) {
        throw new Error(
            `the log of ${topic} lacks ${found.lost.length} acknowledged records, not ${lost}: a client that reads it sees others`,
        );
    }
}
