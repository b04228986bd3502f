/** Failovers and failbacks under load. */
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../../cli/shared/commandError";
import type { PartitionLoss, RecoveryPoint } from "../../cli/shared/mirror/mirrorOperations";
import type { SiteName } from "../../config/settingsSchema";
import { runInterrupted, runThrough } from "./commands";
import type { GroupConsumer } from "./consumer";
import { type LabPair, PARTITIONS, TOPIC, USER } from "./labPair";
import { holdingOf } from "./lossCheck";
import type { NumberedProducer } from "./producer";
import { type Expectations, mirroredAll, type Scenario, scenario, until } from "./scenario";

/** The applications that run through all scenarios. */
export interface Load {
    readonly producer: NumberedProducer;
    readonly consumer: GroupConsumer;
    /** Records that unplanned failovers have lost and reported. */
    readonly lost: Set<string>;
}

/** Interrupted in each step and started again; MM2 is killed during the drain. */
export function plannedSwitch({ producer, consumer }: Load): Scenario {
    return scenario("planned failover, interrupted in every step", async (pair, expect) => {
        producer.start(pair.as(USER, "source"));
        await consumer.start(pair.as(USER, "source"));
        await sleep(2000);
        const [{ results, interrupted }] = await Promise.all([
            runInterrupted(pair, "planned failover"),
            killMirrorMaker(pair, "draining"),
        ]);
        await producer.end();
        await consumer.end();
        expect.equal("steps interrupted", interrupted.length, 8);
        expect.equal("phase", (await pair.position()).phase, "failed-over");
        expect.that("the fence refused no record", producer.refused > 0);
        const found = await holdingAt(pair, "target", producer);
        expect.equal("lost", found.lost.length, 0);
        // At the end of a log a group may be early by `offset.lag.max` and one, in each partition.
        const allowed = PARTITIONS * (pair.settings.mirror.offsetLagMax + 1);
        const before = consumer.repeated;
        await consumer.start(pair.as(USER, "target"));
        await allRead(pair, consumer, producer);
        expect.that(
            `${consumer.repeated - before} records read again, at most ${allowed} are allowed`,
            consumer.repeated - before <= allowed,
        );
        await writeFor(1000, pair, "target", producer);
        return {
            // At the switch: later records were written to the target.
            acknowledged: found.present + found.lost.length,
            mirrored: found.present,
            lost: found.lost.length,
            repeated: consumer.repeated - before,
            steps: results,
        };
    });
}

export function plannedReturn({ producer, consumer }: Load): Scenario {
    return scenario("planned failback, interrupted in every step", async (pair, expect) => {
        await pair.rebuild("source");
        producer.start(pair.as(USER, "target"));
        const { results, interrupted } = await runInterrupted(pair, "failback");
        await producer.end();
        await consumer.end();
        const { phase, epoch } = await pair.position();
        expect.equal("phase", phase, "mirroring");
        expect.equal("epoch", epoch, 2);
        expect.that(`only ${interrupted.join(", ")} were interrupted`, interrupted.length >= 11);
        const before = consumer.repeated;
        await consumer.start(pair.as(USER, "source"));
        await writeFor(1500, pair, "source", producer);
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

/** The mirror is cut off from the source, which then dies in the middle of a checkpoint interval. */
export function sourceLost({ producer, consumer, lost }: Load): Scenario {
    return scenario("source killed with lag, unplanned failover", async (pair, expect) => {
        const admin = pair.cluster("source").adminConnection();
        await writeFor(1500, pair, "source", producer);
        // Records that the mirror never sees: its network to the source is cut, and the administrator
        // writes behind the cut.
        await consumer.end();
        pair.networks.source.partition();
        await producer.write(admin, pair.signal, 500);
        const { results, recorded, found } = await failOverFromLost(pair, expect, producer);
        for (const value of found.lost) {
            lost.add(value);
        }
        expect.that("no record was lost, so the scenario proves nothing", found.lost.length > 0);
        const before = consumer.repeated;
        await consumer.start(pair.as(USER, "target"));
        await allRead(pair, consumer, producer, lost);
        await writeFor(1000, pair, "target", producer);
        pair.networks.source.heal();
        // The source returns as it was: the reported loss must be the actual one.
        await pair.bringBack("source");
        const losses = await pair
            .mirror("forward", 2)
            .loss(recorded.get("recoveryPoint") as RecoveryPoint);
        expect.equal("loss that was reported", recordsIn(losses.partitions), found.lost.length);
        expect.equal(
            "what the report does not know",
            losses.unknown.map(({ message }) => message).join("; "),
            "",
        );
        return {
            // At the switch: later records were written to the target.
            acknowledged: found.present + found.lost.length,
            mirrored: found.present,
            lost: found.lost.length,
            repeated: consumer.repeated - before,
            steps: results,
        };
    });
}

export function sourceNotRebuilt({ producer }: Load): Scenario {
    return scenario("failback to a source that was not rebuilt", async (pair, expect) => {
        const refusal = await refusalOf(async () => runThrough(pair, "failback"));
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
export function secondFailover({ producer, lost }: Load): Scenario {
    return scenario("source lost again during the failback", async (pair, expect) => {
        await pair.rebuild("source");
        await runThrough(pair, "failback --start");
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

export function finalReturn({ producer, consumer, lost }: Load): Scenario {
    return scenario("failback after the second failover", async (pair, expect) => {
        await pair.rebuild("source");
        const { results } = await runThrough(pair, "failback");
        const { phase, epoch } = await pair.position();
        expect.equal("phase", phase, "mirroring");
        expect.equal("epoch", epoch, 3);
        await consumer.end();
        for (const site of ["source", "target"] as const) {
            const found = await holdingAt(pair, site, producer);
            const more = found.lost.filter((value) => !lost.has(value));
            expect.equal(`lost at the ${site} beyond the reported loss`, more.length, 0);
        }
        return {
            acknowledged: producer.acknowledged.size - lost.size,
            mirrored: producer.acknowledged.size - lost.size,
            lost: 0,
            steps: results,
        };
    });
}

/** The source dies, the target takes over, and its records of a producer are counted. */
async function failOverFromLost(pair: LabPair, expect: Expectations, producer: NumberedProducer) {
    await pair.lose("source");
    const { results, recorded } = await runThrough(pair, "unplanned failover");
    expect.equal("phase", (await pair.position()).phase, "failed-over");
    return { results, recorded, found: await holdingAt(pair, "target", producer) };
}

async function killMirrorMaker(pair: LabPair, phase: string): Promise<void> {
    await until(`the phase is ${phase}`, async () => (await pair.position()).phase === phase, pair);
    await pair.mirrorMaker().kill();
    await pair.mirrorMaker().apply();
}

async function writeFor(
    milliseconds: number,
    pair: LabPair,
    site: SiteName,
    producer: NumberedProducer,
): Promise<void> {
    producer.start(pair.as(USER, site));
    await sleep(milliseconds);
    await producer.end();
}

async function allRead(
    pair: LabPair,
    consumer: GroupConsumer,
    producer: NumberedProducer,
    lost: ReadonlySet<string> = new Set(),
): Promise<void> {
    await until(
        "the group has read every acknowledged record that was not lost",
        () =>
            Promise.resolve(
                [...producer.acknowledged].every(
                    (value) => lost.has(value) || consumer.read.has(value),
                ),
            ),
        pair,
    );
}

function recordsIn(losses: readonly PartitionLoss[]): number {
    return losses
        .filter(({ topic }) => topic === TOPIC)
        .reduce((sum, { records }) => sum + records, 0);
}

async function refusalOf(action: () => Promise<unknown>): Promise<string> {
    try {
        await action();
        return "nothing";
    } catch (error) {
        return error instanceof CommandError ? error.message : String(error);
    }
}

async function holdingAt(pair: LabPair, site: SiteName, producer: NumberedProducer) {
    return holdingOf(pair, site, TOPIC, producer);
}
