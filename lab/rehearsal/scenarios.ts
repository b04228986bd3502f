import { setTimeout as sleep } from "node:timers/promises";
import { KafkaClient } from "../../kafka/kafkaClient";
import { CommandError } from "../../cli/shared/commandError";
import { failback } from "../../cli/failover/failback";
import type { PartitionLoss, RecoveryPoint } from "../../cli/shared/mirror/types";
import { plannedFailover } from "../../cli/failover/plannedFailover";
import { unplannedFailover } from "../../cli/failover/unplannedFailover";
import { GroupConsumer } from "./consumer";
import { runBrokenOff, runThrough } from "./interruption";
import { type LabPair } from "./labPair";
import { holding } from "./oracle";
import { NumberedProducer } from "./producer";
import { Expectations, type Outcome, type Scenario } from "./scenario";
import { mirroredAll, until } from "./waits";

const USER = "my-app";
const TOPIC = "orders";
const PARTITIONS = 3;

/** What runs through the whole rehearsal, and what it must find at its end. */
interface Load {
    readonly producer: NumberedProducer;
    readonly consumer: GroupConsumer;
    /** Records that unplanned failovers have lost, and said so. */
    readonly lost: Set<string>;
}

/** Every scenario in order; each begins where the one before it ended. */
export function scenarios(): Scenario[] {
    const load: Load = {
        producer: new NumberedProducer("order", TOPIC, PARTITIONS),
        consumer: new GroupConsumer(USER, TOPIC),
        lost: new Set(),
    };
    return [
        networkCut("source"),
        networkCut("target"),
        targetRestarted(),
        partitionsAdded(),
        activeGroup(),
        plannedSwitch(load),
        plannedReturn(load),
        sourceLost(load),
        dirtySource(load),
        secondFailover(load),
        finalReturn(load),
        topicRecreated(),
        retentionOvertakes(),
    ];
}

function scenario(
    name: string,
    run: (pair: LabPair, expect: Expectations) => Promise<Omit<Outcome, "problems">>,
): Scenario {
    return {
        name,
        run: async (pair) => {
            const expect = new Expectations();
            return { ...(await run(pair, expect)), problems: expect.problems };
        },
    };
}

/** Records are written while something is wrong; afterwards the target has each of them. */
function disturbed(
    name: string,
    id: string,
    disturb: (pair: LabPair) => Promise<void>,
    mayRepeat: boolean,
): Scenario {
    return scenario(name, async (pair, expect) => {
        const producer = new NumberedProducer(id, TOPIC, PARTITIONS);
        producer.start(pair.as(USER, "source"));
        await sleep(500);
        await disturb(pair);
        await producer.end();
        await mirroredAll(pair);
        const found = await holdingAt(pair, "target", producer);
        expect.equal("lost", found.lost.length, 0);
        if (!mayRepeat) {
            expect.equal("repeated", found.repeated, 0);
        }
        return {
            acknowledged: producer.acknowledged.size,
            mirrored: found.present,
            lost: found.lost.length,
            repeated: found.repeated,
        };
    });
}

function networkCut(side: "source" | "target"): Scenario {
    return disturbed(
        `network of the ${side} cut for 3 s`,
        `cut-${side}`,
        async (pair) => {
            pair.networks[side].partition();
            await sleep(3000);
            pair.networks[side].heal();
            await sleep(500);
        },
        true,
    );
}

function targetRestarted(): Scenario {
    return disturbed(
        "target restarted while the mirror runs",
        "restart",
        async (pair) => {
            await pair.cluster("target").kill();
            await pair.bringBack("target");
        },
        true,
    );
}

function partitionsAdded(): Scenario {
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
        await until(
            "the new partitions are mirrored",
            async () => (await holdingOf(pair, "target", topic, producer)).lost.length === 0,
            pair,
        );
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

/** MM2 may not commit for a group that has members at the target; `verify` must say so. */
function activeGroup(): Scenario {
    return scenario("a group with members at the target", async (pair, expect) => {
        const group = `${USER}-standby`;
        const consumer = new GroupConsumer(group, TOPIC);
        await withAdmin(pair, "source", async (client) =>
            client.commitGroupOffsets(group, TOPIC, [1, 1, 1]),
        );
        const admin = pair.cluster("target").adminConnection();
        await consumer.start(admin);
        try {
            await until(
                "the group has a member",
                async () => {
                    const groups = await pair.mirror("forward", 1).groups();
                    return groups.some(
                        ({ group: id, toState }) => id === group && toState === "STABLE",
                    );
                },
                pair,
            );
            const report = (await pair.mirror("forward", 1).groups()).find(
                (found) => found.group === group,
            );
            const verdicts = new Set(report?.partitions.map(({ verdict }) => verdict));
            expect.that(
                `verdicts ${[...verdicts].join(", ")} instead of active or unprotected`,
                [...verdicts].every((verdict) => verdict === "active" || verdict === "unprotected"),
            );
        } finally {
            await consumer.end();
        }
        for (const side of ["source", "target"] as const) {
            await withAdmin(pair, side, async (client) => client.deleteGroups([group]));
        }
        return {};
    });
}

/** Broken off in every step and started again, with MM2 killed while the logs are drained. */
function plannedSwitch({ producer, consumer }: Load): Scenario {
    return scenario("planned failover, broken off in every step", async (pair, expect) => {
        producer.start(pair.as(USER, "source"));
        await consumer.start(pair.as(USER, "source"));
        await sleep(2000);
        const killer = killMirrorMaker(pair, "draining");
        const { results, brokenOff } = await runBrokenOff(pair, (context, current) =>
            plannedFailover(context, current),
        );
        await killer;
        await producer.end();
        await consumer.end();
        expect.equal("steps broken off", brokenOff.length, 8);
        expect.equal("phase", (await pair.position()).phase, "failed-over");
        expect.that("the fence refused no record", producer.refused > 0);
        const found = await holdingAt(pair, "target", producer);
        expect.equal("lost", found.lost.length, 0);
        // What a group may be early at the tip of a log: `offset.lag.max` and one, for each partition.
        const stated = PARTITIONS * (pair.settings.mirror.offsetLagMax + 1);
        const before = consumer.repeated;
        await consumer.start(pair.as(USER, "target"));
        await allRead(pair, consumer, producer);
        expect.that(
            `${consumer.repeated - before} records read again, ${stated} were stated`,
            consumer.repeated - before <= stated,
        );
        producer.start(pair.as(USER, "target"));
        await sleep(1000);
        await producer.end();
        return {
            // At the switch: what was written after it was written to the target.
            acknowledged: found.present + found.lost.length,
            mirrored: found.present,
            lost: found.lost.length,
            repeated: consumer.repeated - before,
            steps: results,
        };
    });
}

function plannedReturn({ producer, consumer }: Load): Scenario {
    return scenario("planned failback, broken off in every step", async (pair, expect) => {
        await pair.rebuild("source");
        producer.start(pair.as(USER, "target"));
        const { results, brokenOff } = await runBrokenOff(pair, (context, current) =>
            failback(context, current, false),
        );
        await producer.end();
        await consumer.end();
        const { phase, epoch } = await pair.position();
        expect.equal("phase", phase, "mirroring");
        expect.equal("epoch", epoch, 2);
        expect.that(`only ${brokenOff.join(", ")} were broken off`, brokenOff.length >= 11);
        const before = consumer.repeated;
        await consumer.start(pair.as(USER, "source"));
        producer.start(pair.as(USER, "source"));
        await sleep(1500);
        await producer.end();
        await allRead(pair, consumer, producer);
        await mirroredAll(pair);
        const atSource = await holdingAt(pair, "source", producer);
        const atTarget = await holdingAt(pair, "target", producer);
        expect.equal("lost at the source", atSource.lost.length, 0);
        expect.equal("lost at the target", atTarget.lost.length, 0);
        const report = await pair.mirror("forward", 2).verify({ maxLag: 0 });
        expect.that(report.failures.map(({ message }) => message).join("; "), report.isOk);
        return {
            acknowledged: producer.acknowledged.size,
            mirrored: atTarget.present,
            lost: atSource.lost.length + atTarget.lost.length,
            repeated: consumer.repeated - before,
            steps: results,
        };
    });
}

/** The source dies, the target takes over, and what it has of a producer's records is counted. */
async function failOverFromLost(pair: LabPair, expect: Expectations, producer: NumberedProducer) {
    await pair.lose("source");
    const context = pair.switchover();
    const results = await runThrough(context, unplannedFailover(context, await pair.position()));
    expect.equal("phase", (await pair.position()).phase, "failed-over");
    return { context, results, found: await holdingAt(pair, "target", producer) };
}

/** The mirror is cut off from the source, which then dies in the middle of a checkpoint interval. */
function sourceLost({ producer, consumer, lost }: Load): Scenario {
    return scenario("source killed with lag, unplanned failover", async (pair, expect) => {
        const admin = pair.cluster("source").adminConnection();
        producer.start(pair.as(USER, "source"));
        await sleep(1500);
        await producer.end();
        // Writes that the mirror will never see: the network in front of the source is cut for it,
        // and the records go in behind it.
        await consumer.end();
        pair.networks.source.partition();
        await producer.write(admin, pair.signal, 500);
        const { context, results, found } = await failOverFromLost(pair, expect, producer);
        for (const value of found.lost) {
            lost.add(value);
        }
        expect.that("nothing was lost, so the scenario shows nothing", found.lost.length > 0);
        const before = consumer.repeated;
        await consumer.start(pair.as(USER, "target"));
        await until(
            "the group has read all that the target has",
            () =>
                Promise.resolve(
                    [...producer.acknowledged].every(
                        (value) => lost.has(value) || consumer.read.has(value),
                    ),
                ),
            pair,
        );
        producer.start(pair.as(USER, "target"));
        await sleep(1000);
        await producer.end();
        pair.networks.source.heal();
        // The source returns as it was: what is said to be lost must be what is lost.
        await pair.bringBack("source");
        const said = await pair
            .mirror("forward", 2)
            .loss(context.kept.get("recoveryPoint") as RecoveryPoint);
        expect.equal("loss that was reported", records(said), found.lost.length);
        return {
            // At the switch: what was written after it was written to the target.
            acknowledged: found.present + found.lost.length,
            mirrored: found.present,
            lost: found.lost.length,
            repeated: consumer.repeated - before,
            steps: results,
        };
    });
}

function dirtySource({ producer }: Load): Scenario {
    return scenario("failback to a source that was not rebuilt", async (pair, expect) => {
        const context = pair.switchover();
        const refusal = await refusalOf(async () =>
            runThrough(context, failback(context, await pair.position(), false)),
        );
        expect.that(
            `refused with: ${refusal}`,
            refusal.includes("was not rebuilt clean: topic orders"),
        );
        expect.equal("phase", (await pair.position()).phase, "failed-over");
        expect.equal("acknowledged", producer.acknowledged.size > 0, true);
        return {};
    });
}

/** The rebuilt source is lost again while it is filled. */
function secondFailover({ producer, lost }: Load): Scenario {
    return scenario("source lost again during the failback", async (pair, expect) => {
        await pair.rebuild("source");
        const back = pair.switchover();
        await runThrough(back, failback(back, await pair.position(), true));
        expect.equal("phase", (await pair.position()).phase, "failing-back");
        const { results, found } = await failOverFromLost(pair, expect, producer);
        expect.equal("lost", found.lost.filter((value) => !lost.has(value)).length, 0);
        return {
            acknowledged: producer.acknowledged.size - lost.size,
            mirrored: found.present,
            lost: 0,
            steps: results,
        };
    });
}

function finalReturn({ producer, consumer, lost }: Load): Scenario {
    return scenario("failback after the second failover", async (pair, expect) => {
        await pair.rebuild("source");
        const context = pair.switchover();
        const results = await runThrough(context, failback(context, await pair.position(), false));
        const { phase, epoch } = await pair.position();
        expect.equal("phase", phase, "mirroring");
        expect.equal("epoch", epoch, 3);
        await consumer.end();
        for (const side of ["source", "target"] as const) {
            const found = await holdingAt(pair, side, producer);
            const more = found.lost.filter((value) => !lost.has(value));
            expect.equal(`lost at the ${side} beyond what was reported`, more.length, 0);
        }
        return {
            acknowledged: producer.acknowledged.size - lost.size,
            mirrored: producer.acknowledged.size - lost.size,
            lost: 0,
            steps: results,
        };
    });
}

/** MM2 says nothing of a topic that was made anew; `verify` must. */
function topicRecreated(): Scenario {
    return scenario("a topic deleted and recreated at the source", async (pair, expect) => {
        const topic = "orders-recreated";
        const { epoch } = await pair.position();
        const admin = pair.cluster("source").adminConnection();
        const old = new NumberedProducer("old", topic, 1);
        await withAdmin(pair, "source", async (client) =>
            client.createTopic(topic, { partitions: 1, replicas: 1 }),
        );
        await old.write(admin, pair.signal, 300);
        await until(
            "it is mirrored",
            async () => (await holdingOf(pair, "target", topic, old)).lost.length === 0,
            pair,
        );
        await withAdmin(pair, "source", async (client) => client.deleteTopic(topic));
        await withAdmin(pair, "source", async (client) =>
            client.createTopic(topic, { partitions: 1, replicas: 1 }),
        );
        const fresh = new NumberedProducer("fresh", topic, 1);
        await fresh.write(admin, pair.signal, 100);
        const report = await pair.mirror("forward", epoch).verify({});
        const kinds = report.failures
            .filter(({ where }) => where.startsWith(topic))
            .map(({ kind }) => kind);
        expect.that("verify found nothing", kinds.length > 0);
        await withAdmin(pair, "source", async (client) => client.deleteTopic(topic));
        await withAdmin(pair, "target", async (client) => client.deleteTopic(topic));
        return { acknowledged: 400 };
    });
}

/** Records are deleted before a stopped mirror has read them; MM2 goes on as if nothing had been. */
function retentionOvertakes(): Scenario {
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
        await until(
            "it is mirrored",
            async () => (await holdingOf(pair, "target", topic, producer)).lost.length === 0,
            pair,
        );
        await mirror.stop(60);
        await producer.write(admin, pair.signal, 200);
        await withAdmin(pair, "source", async (client) => client.deleteRecords(topic, 0, 300));
        const progress = await mirror.progress(false);
        const found = progress.find((partition) => partition.topic === topic);
        expect.equal("offsets that will never come", found?.overtaken, 100);
        await pair.mirrorMaker().apply();
        await until(
            "the rest is mirrored",
            async () => (await holdingOf(pair, "target", topic, producer)).lost.length === 100,
            pair,
        );
        const report = await mirror.verify({});
        const partition = report.topics.find((entry) => entry.topic === topic)?.partitions[0];
        expect.that(
            "verify calls it complete",
            (partition?.missing.records ?? 0) + (partition?.unverifiable.to.records ?? 0) > 0,
        );
        return { acknowledged: 400, mirrored: 300, lost: 100 };
    });
}

async function killMirrorMaker(pair: LabPair, phase: string): Promise<void> {
    await until(
        "the logs are drained",
        async () => (await pair.position()).phase === phase,
        pair,
        120,
    );
    await pair.mirrorMaker().kill();
    await pair.mirrorMaker().apply();
}

async function allRead(
    pair: LabPair,
    consumer: GroupConsumer,
    producer: NumberedProducer,
): Promise<void> {
    await until(
        "the group has read every acknowledged record",
        () =>
            Promise.resolve([...producer.acknowledged].every((value) => consumer.read.has(value))),
        pair,
    );
}

function records(loss: readonly PartitionLoss[]): number {
    return loss
        .filter(({ topic }) => topic === TOPIC)
        .reduce((sum, partition) => sum + partition.records, 0);
}

async function refusalOf(action: () => Promise<unknown>): Promise<string> {
    try {
        await action();
        return "nothing";
    } catch (error) {
        return error instanceof CommandError ? error.message : String(error);
    }
}

async function withAdmin<T>(
    pair: LabPair,
    side: "source" | "target",
    use: (client: KafkaClient) => Promise<T>,
): Promise<T> {
    const client = new KafkaClient(pair.cluster(side).adminConnection());
    try {
        return await use(client);
    } finally {
        await client.close();
    }
}

async function holdingOf(
    pair: LabPair,
    side: "source" | "target",
    topic: string,
    producer: NumberedProducer,
) {
    const known = await withAdmin(pair, side, async (client) =>
        (await client.topics()).includes(topic),
    );
    return known
        ? holding(pair.cluster(side).adminConnection(), topic, producer)
        : { present: 0, lost: [...producer.acknowledged], repeated: 0, alien: 0 };
}

/** The shared topic has records of several producers: those of the named one count. */
async function holdingAt(pair: LabPair, side: "source" | "target", producer: NumberedProducer) {
    return holdingOf(pair, side, TOPIC, producer);
}
