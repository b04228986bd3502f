import assert from "node:assert/strict";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Ends, sitesInDirection } from "../../cli/shared/mirror/ends";
import { comparePartition } from "../../cli/verify/comparePartition";
import { alignPosition } from "../../cli/verify/groupAlignment";
import { lookAtGroups } from "../../cli/verify/lookAtGroups";
import { defaultScope, narrowed } from "../../cli/verify/scope";
import { verifyPair } from "../../cli/verify/verifyPair";
import { ClusterView } from "../../kafka/clusterView";
import { kafkaClassPath } from "../../lab/artifacts/artifacts";
import { prepareJvm } from "../../lab/process/jvm";
import { joinStreamsGroup } from "./support/streamsGroup";
import { records, startTwoClusters, transact, type TwoClusters } from "./support/twoClusters";

const sites = sitesInDirection("forward");
const ORDERS = "orders";

describe("groups of every kind, on real brokers", function () {
    let clusters: TwoClusters;
    let views: Ends<ClusterView>;

    before(async () => {
        clusters = await startTwoClusters();
        const { source, target } = clusters;
        views = {
            from: new ClusterView(source.connection),
            to: new ClusterView(target.connection),
        };
        for (const topic of [ORDERS, "empty"]) {
            await source.client.createTopic(topic, { partitions: 1 });
            await target.client.createTopic(topic, { partitions: 1 });
        }
        // Every record of the source has a marker after it, so its offsets run twice as fast.
        for (let i = 0; i < 20; i++) {
            await transact(source, records(ORDERS, i, i + 1), "commit");
        }
        await target.client.produceMessages(records(ORDERS, 0, 20));
        const at = async (group: string, from: number, to?: number) => {
            await source.client.commitGroupOffsets(group, ORDERS, [from]);
            if (to !== undefined) {
                await target.client.commitGroupOffsets(group, ORDERS, [to]);
            }
        };
        // Record n is at offset 2n of the source and at n of the target.
        await at("at-half", 20, 1);
        await at("at-end", 40, 15);
        await at("skips", 20, 13);
        await at("connect-sink", 20);
        await source.client.commitGroupOffsets("idle", "empty", [0]);
    });

    after(async () => {
        await Promise.all([views.from.close(), views.to.close()]);
        await clusters.stop();
    });

    it("counts what is read again in records, as a comparison of whole logs does", async () => {
        const counted = ["at-half", "at-end", "skips"];
        const scope = narrowed(defaultScope(), [ORDERS], counted);
        const look = await lookAtGroups(views, scope, sites);
        const whole = await verifyPair({ ...views, sites, scope });
        const expected = [
            ["at-end", "protected", 5, undefined],
            ["at-half", "protected", 9, undefined],
            ["skips", "late", undefined, 3],
        ];
        for (const { groups } of [look, whole]) {
            assert.deepEqual(
                groups.map(({ group, partitions: [position] }) => [
                    group,
                    position?.verdict,
                    position?.readAgain,
                    position?.skipped,
                ]),
                expected,
            );
        }
    });

    it("agrees with a comparison of whole logs at every offset", async () => {
        const logs = {
            from: { firstOffset: 0, endOffset: 40 },
            to: { firstOffset: 0, endOffset: 20 },
        };
        const topics = { from: ORDERS, to: ORDERS };
        const log = { isTrimmed: false, isCompacted: false };
        const fromOffsets = Array.from({ length: 41 }, (_unused, offset) => offset);
        const toOffsets = [0, 7, 20];
        const { positions } = await comparePartition(views, {
            topics,
            partition: 0,
            isRestamped: false,
            from: { ...logs.from, ...log },
            to: { ...logs.to, ...log },
            trackedFromOffsets: fromOffsets,
            trackedToOffsets: toOffsets,
        });
        for (const from of fromOffsets) {
            for (const to of toOffsets) {
                const found = await alignPosition(
                    views,
                    { topics, partition: 0, offsets: { from, to }, logs, isRestamped: false },
                    {},
                );
                assert.deepEqual(
                    found && [found.from, found.to],
                    [positions.alignedPosition(from), positions.countedPosition(to)],
                    `offsets ${from} and ${to}`,
                );
            }
        }
    });

    it("accepts a group in an empty partition, by name as well", async () => {
        const scope = narrowed(defaultScope(), [], ["idle"]);
        const { groups } = await lookAtGroups(views, scope, sites);
        assert.deepEqual(
            groups.map(({ group, partitions }) => [group, partitions[0]?.verdict]),
            [["idle", "empty"]],
        );
        const report = await verifyPair({ ...views, sites, scope });
        assert.deepEqual(
            report.failures.filter(({ where }) => where.startsWith("idle")),
            [],
        );
    });

    it("lists a group that the patterns leave out, and fails when it is named", async () => {
        const { groups, leftOut } = await lookAtGroups(views, defaultScope(), sites);
        assert(!groups.some(({ group }) => group === "connect-sink"));
        assert.deepEqual(leftOut, [
            { group: "connect-sink", kind: "consumer", fromState: "Empty", cause: "excluded" },
        ]);
        const scope = narrowed(defaultScope(), [], ["connect-sink"]);
        const { failures, isOk } = await verifyPair({ ...views, sites, scope });
        assert.equal(isOk, false);
        assert.deepEqual(
            failures.map(({ kind, where, records: skipped }) => [kind, where, skipped]),
            [["group-unprotected", "connect-sink orders:0", 10]],
        );
    });

    it("lists a share group, and fails when it is named", async () => {
        const { supervisor, source } = clusters;
        const consumer = await supervisor.spawn(
            await prepareJvm({
                name: "share-consumer",
                mainClass: "org.apache.kafka.tools.consumer.ConsoleShareConsumer",
                args: [
                    ...["--bootstrap-server", source.connection.bootstrapServers],
                    ...["--topic", ORDERS, "--group", "share-1"],
                ],
                classPath: await kafkaClassPath(),
                heapMegabytes: 96,
                folder: path.join(supervisor.folder, "share-consumer"),
                shortLived: true,
            }),
        );
        try {
            const shareGroups = async () =>
                (await views.from.groups.list()).filter(({ kind }) => kind === "share");
            while ((await shareGroups())[0]?.state !== "Stable") {
                await sleep(100);
            }
            const { groups, leftOut } = await lookAtGroups(views, defaultScope(), sites);
            assert(!groups.some(({ group }) => group === "share-1"));
            assert.deepEqual(
                leftOut.filter(({ kind }) => kind === "share"),
                [{ group: "share-1", kind: "share", fromState: "Stable", cause: "share" }],
            );
            const scope = narrowed(defaultScope(), [], ["share-1"]);
            const { failures } = await verifyPair({ ...views, sites, scope });
            assert.deepEqual(
                failures.map(({ kind, where }) => [kind, where]),
                [["group-left-out", "share-1"]],
            );
        } finally {
            await consumer.stop(0);
        }
    });

    it("lists a Streams group, and fails when it is named", async () => {
        const { source } = clusters;
        await joinStreamsGroup(source.connection, "streams-1", ORDERS);
        const { leftOut } = await lookAtGroups(views, defaultScope(), sites);
        assert.deepEqual(
            leftOut
                .filter(({ kind }) => kind === "streams")
                .map(({ group, cause }) => [group, cause]),
            [["streams-1", "streams"]],
        );
        const scope = narrowed(defaultScope(), [], ["streams-1"]);
        const { failures } = await verifyPair({ ...views, sites, scope });
        assert.deepEqual(
            failures.map(({ kind, where }) => [kind, where]),
            [["group-left-out", "streams-1"]],
        );
    });
});
