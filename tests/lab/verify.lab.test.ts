import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { MessageToProduce } from "@platformatic/kafka";
import { run } from "../../cli/main";
import { type Ends, sitesInDirection } from "../../cli/shared/mirror/ends";
import { lookAtGroups } from "../../cli/verify/lookAtGroups";
import type { TopicReport, VerifyReport } from "../../cli/verify/report";
import { topicTotals } from "../../cli/verify/report";
import { defaultScope, narrowed } from "../../cli/verify/scope";
import { NothingToCompareError, verifyPair } from "../../cli/verify/verifyPair";
import { ClusterView } from "../../kafka/clusterView";
import { repositoryRoot } from "../support/rawSettings";
import { openProducer } from "./support/oneCluster";
import {
    FIRST_TIMESTAMP,
    records,
    startTwoClusters,
    transact,
    type TwoClusters,
} from "./support/twoClusters";

/** The records that the target gets for ten records of the source. */
type Mirror = (written: MessageToProduce[]) => MessageToProduce[];

const without = (...gone: number[]): Mirror => {
    return (written) => written.filter((_record, i) => !gone.includes(i));
};
const changed = (at: number, change: Partial<MessageToProduce>): Mirror => {
    return (written) => written.map((record, i) => (i === at ? { ...record, ...change } : record));
};

const CASES: readonly [topic: string, mirror: Mirror, expected: Record<string, number>][] = [
    ["equal", (written) => written, { matched: 10 }],
    ["missing", without(3, 4), { matched: 8, missing: 2 }],
    ["lagging", without(8, 9), { matched: 8, lag: 2 }],
    [
        "duplicated",
        (written) => [...written.slice(0, 6), ...written.slice(4)],
        { matched: 10, duplicate: 2 },
    ],
    [
        "unexpected",
        (written) => [
            ...written.slice(0, 5),
            ...records("unexpected", 100, 101),
            ...written.slice(5),
        ],
        { matched: 10, unexpected: 1 },
    ],
    ["out-of-order", ([first, ...rest]) => [...rest, first!], { matched: 9, outOfOrder: 1 }],
    ["other-key", changed(3, { key: Buffer.from("k") }), { matched: 9, missing: 1, unexpected: 1 }],
    [
        "other-value",
        changed(3, { value: Buffer.alloc(0) }),
        { matched: 9, missing: 1, unexpected: 1 },
    ],
    [
        "other-header",
        changed(3, { headers: new Map([[Buffer.from("n"), Buffer.from("x")]]) }),
        { matched: 9, missing: 1, unexpected: 1 },
    ],
    [
        "other-timestamp",
        changed(3, { timestamp: BigInt(FIRST_TIMESTAMP) }),
        { matched: 9, missing: 1, unexpected: 1 },
    ],
    [
        "recreated",
        (written) => [...records("recreated", 100, 105), ...written],
        { matched: 10, unexpected: 5 },
    ],
];

const sites = sitesInDirection("forward");

describe("kafka-dr verify", function () {
    let clusters: TwoClusters;
    let views: Ends<ClusterView>;
    let report: VerifyReport;
    let folder: string;

    const topicOf = (name: string): TopicReport =>
        report.topics.find(({ topic }) => topic === name)!;
    const totals = (name: string) => {
        const counts = Object.entries(topicTotals(topicOf(name)));
        const others = ["from", "to", "lagSeconds"];
        return Object.fromEntries(
            counts.filter(([kind, count]) => count > 0 && !others.includes(kind)),
        );
    };
    const create = async (
        topic: string,
        options: { source?: Record<string, string>; target?: Record<string, string> } = {},
    ) => {
        const { source, target } = clusters;
        const partitions = 1;
        await source.client.createTopic(topic, { partitions, config: options.source ?? {} });
        await target.client.createTopic(topic, { partitions, config: options.target ?? {} });
    };

    before(async () => {
        folder = mkdtempSync(join(tmpdir(), "kafka-dr-verify-"));
        clusters = await startTwoClusters();
        const { source, target } = clusters;
        views = {
            from: new ClusterView(source.connection),
            to: new ClusterView(target.connection),
        };
        await Promise.all(
            CASES.map(async ([topic, mirror]) => {
                await create(topic);
                const written = records(topic, 0, 10);
                await source.client.produceMessages(written);
                await target.client.produceMessages(mirror(written));
            }),
        );
        // A committed transaction between two aborted ones of the same producer, each with its marker.
        await create("transactions");
        await transact(source, records("transactions", 0, 3), "abort");
        await transact(source, records("transactions", 3, 6), "commit");
        await transact(source, records("transactions", 6, 9), "abort");
        await source.client.produceMessages(records("transactions", 9, 12));
        await target.client.produceMessages([
            ...records("transactions", 3, 6),
            ...records("transactions", 9, 12),
        ]);
        // Retention deleted 4 of 10 at the source; the target has them all.
        await create("trimmed");
        await source.client.produceMessages(records("trimmed", 0, 10));
        await target.client.produceMessages(records("trimmed", 0, 10));
        await source.admin.deleteRecords({
            topics: [{ name: "trimmed", partitions: [{ partition: 0, offset: 4n }] }],
        });
        // The target's brokers replace timestamps; one configuration that is synced differs, one that is not.
        await create("stamped", {
            source: { "retention.ms": "1000000000", "min.insync.replicas": "1" },
            target: { "message.timestamp.type": "LogAppendTime", "min.insync.replicas": "2" },
        });
        await source.client.produceMessages(records("stamped", 0, 10));
        await target.client.produceMessages(records("stamped", 0, 10));
        await source.client.createTopic("absent", { partitions: 1 });
        await source.client.createTopic("narrow", { partitions: 2 });
        await target.client.createTopic("narrow", { partitions: 1 });
        await source.client.produceMessages(records("narrow", 0, 3, 1));
        const at = async (group: string, own: number, other?: number) => {
            await source.client.commitGroupOffsets(group, "duplicated", [own]);
            if (other !== undefined) {
                await target.client.commitGroupOffsets(group, "duplicated", [other]);
            }
        };
        // At the target, records 4 and 5 come twice: the source's 7 is at 9 there.
        await at("exact", 7, 9);
        await at("careful", 7, 5);
        await at("late", 7, 11);
        await at("beyond", 10, 13);
        await at("new", 3);
        report = await verifyPair({ ...views, sites, scope: defaultScope() });
    });

    after(async () => {
        await Promise.all([views.from.close(), views.to.close()]);
        await clusters.stop();
        rmSync(folder, { recursive: true });
    });

    for (const [topic, , expected] of CASES) {
        it(`classifies the records of the topic "${topic}"`, () => {
            assert.deepEqual(totals(topic), expected);
        });
    }

    it("gives offsets and age", () => {
        const [missing] = topicOf("missing").partitions;
        assert.deepEqual(missing?.missing.ranges, [{ firstOffset: 3, lastOffset: 4, records: 2 }]);
        const [lagging] = topicOf("lagging").partitions;
        const first = FIRST_TIMESTAMP + 80_000;
        assert.equal(lagging?.lag.seconds, (Date.parse(report.snapshotAt) - first) / 1000);
    });

    it("leaves out transaction markers and aborted records", () => {
        assert.deepEqual(totals("transactions"), { matched: 6 });
        const [partition] = topicOf("transactions").partitions;
        assert.equal(partition?.from.endOffset, 15);
        assert.equal(partition.from.records, 6);
    });

    it("calls records unverifiable whose originals retention deleted", () => {
        assert.deepEqual(totals("trimmed"), { matched: 6, unverifiable: 4 });
    });

    it("does not compare timestamps where the target's brokers replace them", () => {
        assert.deepEqual(totals("stamped"), { matched: 10 });
        assert.match(
            topicOf("stamped").notes.join(),
            /timestamps were not compared: the brokers of the target/,
        );
    });

    it("compares the configuration that MirrorMaker 2 copies", () => {
        assert.deepEqual(topicOf("stamped").configDifferences, [
            { name: "retention.ms", from: "1000000000", to: "604800000" },
        ]);
        assert.deepEqual(topicOf("equal").configDifferences, []);
    });

    it("reports topics and partitions that the target lacks", () => {
        const kinds = report.failures.map(({ kind, where }) => `${kind} ${where}`);
        assert(kinds.includes("absent-topic absent"));
        assert(kinds.includes("fewer-partitions narrow"));
        assert.deepEqual(totals("narrow"), { lag: 3 });
    });

    it("evaluates where groups would resume", () => {
        const found = report.groups.map(({ group, partitions }) => {
            const { verdict, readAgain, skipped } = partitions[0]!;
            return [group, verdict, readAgain ?? skipped];
        });
        assert.deepEqual(found, [
            ["beyond", "out-of-range", undefined],
            ["careful", "protected", 4],
            ["exact", "protected", 0],
            ["late", "late", 2],
            ["new", "unprotected", undefined],
        ]);
    });

    it("evaluates the offsets of groups without reading records", async () => {
        const { groups } = await lookAtGroups(
            views,
            narrowed(defaultScope(), [], ["beyond", "new", "exact"]),
            sites,
        );
        assert.deepEqual(
            groups.map(({ group, partitions }) => [group, partitions[0]?.verdict]),
            [
                ["beyond", "out-of-range"],
                ["exact", "protected"],
                ["new", "unprotected"],
            ],
        );
    });

    it("reads only the given topics, times and sample", async () => {
        const scope = narrowed(defaultScope(), ["missing", "unexpected"], []);
        const since = FIRST_TIMESTAMP + 50_000;
        const late = await verifyPair({ ...views, sites, scope, since });
        assert.deepEqual(
            late.topics.map((topic) => [topic.topic, topicTotals(topic).matched]),
            [
                ["missing", 5],
                ["unexpected", 5],
            ],
        );
        const sampled = await verifyPair({ ...views, sites, scope, sample: 0.0001 });
        assert.deepEqual(sampled.sample, { fraction: 0.0001, read: 1, of: 2 });
        assert.deepEqual(
            sampled.topics.map(({ topic, partitions, notSampled }) => [
                topic,
                partitions.length,
                notSampled,
            ]),
            [
                ["missing", 0, [0]],
                ["unexpected", 1, []],
            ],
        );
    });

    it("counts acknowledged records behind an open transaction as lag", async () => {
        for (const { client } of [clusters.source, clusters.target]) {
            await client.createTopic("held", { partitions: 1 });
        }
        const producer = openProducer(clusters.source);
        try {
            const transaction = await producer.beginTransaction();
            await transaction.send({ messages: records("held", 0, 1) });
            await clusters.source.client.produceMessages(records("held", 1, 501));
            const scope = narrowed(defaultScope(), ["held"], []);
            const held = await verifyPair({ ...views, sites, scope, limits: { maxLag: 0 } });
            assert.deepEqual(
                held.failures.map(({ kind, records: count }) => [kind, count]),
                [["lag", 501]],
            );
            await transaction.abort();
        } finally {
            await producer.close();
            for (const { client } of [clusters.source, clusters.target]) {
                await client.deleteTopic("held");
            }
        }
    });

    it("refuses to compare a cluster with itself", async () => {
        const again = { from: views.from, to: views.from, sites, scope: defaultScope() };
        await assert.rejects(verifyPair(again), NothingToCompareError);
    });

    describe("as a program", () => {
        const file = (name: string, text: string): string => {
            writeFileSync(join(folder, name), text, { mode: 0o600 });
            return join(folder, name);
        };
        /** Options that reach both clusters. */
        const reachable = (): Record<string, string> => {
            const { caCertificates, credentials, bootstrapServers } = clusters.target.connection;
            assert(caCertificates !== undefined && credentials && "key" in credentials);
            return {
                "source-bootstrap": clusters.source.connection.bootstrapServers,
                "target-bootstrap": bootstrapServers,
                "target-ca": file("ca.crt", caCertificates),
                "target-certificate": file("user.crt", credentials.certificate),
                "target-key": file("user.key", credentials.key),
            };
        };
        const kafkaDr = async (options: Record<string, string>, ...more: string[]) => {
            const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
            const child = spawn(
                process.execPath,
                [join(repositoryRoot, "bin/kafka-dr.js"), "verify", ...args, ...more],
                { stdio: ["ignore", "pipe", "pipe"] },
            );
            let [out, err] = ["", ""];
            child.stdout.on("data", (data) => (out += String(data)));
            child.stderr.on("data", (data) => (err += String(data)));
            await once(child, "close");
            return { code: child.exitCode, out, err };
        };
        /** The same in this process, which saves the start of one. */
        const inProcess = async (options: Record<string, string>, ...more: string[]) => {
            const said = { out: "", err: "" };
            const stream = (name: "out" | "err") =>
                new Writable({
                    write: (chunk, _encoding, done) => {
                        said[name] += String(chunk);
                        done();
                    },
                });
            const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
            const code = await run(["verify", ...args, ...more], {
                stdout: stream("out"),
                stderr: stream("err"),
                env: {},
                signal: new AbortController().signal,
                isInteractive: false,
                exit: () => undefined,
            });
            return { code, ...said };
        };

        const scram = () => {
            const { bootstrapServers } = clusters.target.cluster.connection("scram");
            const all = Object.entries(reachable());
            const rest = all.filter(([name]) => !/^target-(certificate|key)$/.test(name));
            return { ...Object.fromEntries(rest), "target-bootstrap": bootstrapServers };
        };

        it("ends with 0 and one JSON document when it finds nothing, and reads the environment", async () => {
            const { "source-bootstrap": bootstrap, ...rest } = reachable();
            process.env.KAFKA_DR_SOURCE_BOOTSTRAP = bootstrap;
            const { code, out, err } = await kafkaDr(rest, "--topic", "equal", "--json");
            delete process.env.KAFKA_DR_SOURCE_BOOTSTRAP;
            assert.equal(code, 0, err);
            const document = JSON.parse(out) as VerifyReport;
            assert.equal(document.isOk, true);
            assert.equal(document.topics[0]?.partitions[0]?.matched, 10);
        });

        it("ends with 3 and reports its findings", async () => {
            const topics = ["--topic", "missing", "--topic", "duplicated"];
            const { code, out } = await inProcess(reachable(), ...topics);
            assert.equal(code, 3);
            assert.match(out, /missing:0: 2 missing, source offsets 3 to 4/);
            assert.match(out, /late duplicated:0: late, would skip 2 records/);
            assert.match(out, /^FAILED: missing:0: 2 records/m);
        });

        it("ends with 3 when a topic lags by more than --max-lag", async () => {
            const limit = ["--topic", "lagging", "--max-lag", "1"];
            assert.equal((await inProcess(reachable(), ...limit)).code, 3);
            assert.equal((await inProcess(reachable(), ...limit.slice(0, 2))).code, 0);
        });

        it("ends with 3 when the records that it produced do not arrive", async () => {
            await create("produced");
            const { code, out } = await kafkaDr(
                reachable(),
                ...["--topic", "produced", "--produce", "50", "--wait", "1", "--json"],
            );
            assert.equal(code, 3);
            const { produced, topics } = JSON.parse(out) as VerifyReport & {
                produced: { logEndOffsets: unknown };
            };
            assert.deepEqual(produced.logEndOffsets, { from: [50], to: [0] });
            assert.equal(topics[0]?.partitions[0]?.lag.records, 50);
        });

        it("ends with 2 and 4 and explains why on standard error only", async () => {
            const [wrong, unreachable] = await Promise.all([
                kafkaDr({ "source-bootstrap": "a:1" }),
                kafkaDr({ ...reachable(), "source-bootstrap": "127.0.0.1:1" }),
            ]);
            assert.deepEqual([wrong.code, wrong.out], [2, ""]);
            assert.match(wrong.err, /bootstrap servers of the target are missing/);
            assert.deepEqual([unreachable.code, unreachable.out], [4, ""]);
            assert.match(unreachable.err, /nothing listens at this address/);
        });

        const refused: readonly [
            name: string,
            code: number,
            said: RegExp,
            options: () => Record<string, string>,
        ][] = [
            [
                "no address",
                2,
                /bootstrap servers of the target are missing/,
                () => ({ "source-bootstrap": "a:1" }),
            ],
            [
                "a topic that does not exist",
                2,
                /the source has no topic "equals"; did you mean "equal"\?/,
                () => ({ ...reachable(), topic: "equals" }),
            ],
            [
                "a group that does not exist",
                2,
                /the source has no group "lat"; did you mean "late"\?/,
                () => ({ ...reachable(), topic: "equal", group: "lat" }),
            ],
            [
                "a stack that does not exist",
                2,
                /nowhere/,
                () => ({ ...reachable(), stack: "nowhere" }),
            ],
            [
                "one cluster as both source and target",
                2,
                /same Kafka cluster/,
                () => ({
                    "source-bootstrap": clusters.source.connection.bootstrapServers,
                    "target-bootstrap": clusters.source.connection.bootstrapServers,
                }),
            ],
            [
                "an address where nothing listens",
                4,
                /nothing listens.*--source-bootstrap/,
                () => ({ ...reachable(), "source-bootstrap": "127.0.0.1:1" }),
            ],
            [
                "an unknown host",
                4,
                /cannot be resolved/,
                () => ({ ...reachable(), "source-bootstrap": "nowhere.invalid:9092" }),
            ],
            [
                "a wrong password",
                4,
                /rejected the credentials.*--target-password-file/,
                () => ({
                    ...scram(),
                    "target-user": "unknown",
                    "target-password-file": file("password", "wrong\n"),
                }),
            ],
            [
                "another CA",
                4,
                /TLS failed.*--target-ca/,
                () => ({
                    ...reachable(),
                    "target-ca": file(
                        "other.crt",
                        clusters.source.cluster.connection("tls").caCertificates ?? "",
                    ),
                }),
            ],
            [
                "TLS at a plaintext listener",
                4,
                /source cluster.*(TLS|--source-ca)/,
                () => ({
                    ...reachable(),
                    "source-ca": file("ca.crt", clusters.target.connection.caCertificates ?? ""),
                    timeout: "3",
                }),
            ],
            [
                "plaintext at a TLS listener",
                4,
                /target cluster.*--target-ca/,
                () => ({
                    "source-bootstrap": reachable()["source-bootstrap"]!,
                    "target-bootstrap": reachable()["target-bootstrap"]!,
                    timeout: "3",
                }),
            ],
        ];
        for (const [name, code, said, options] of refused) {
            it(`ends with ${code} for ${name}`, async () => {
                const result = await inProcess(options());
                assert.equal(result.code, code, result.err);
                assert.match(result.err, said);
                assert.equal(result.out, "");
            });
        }

        it("ends with 130 when it is interrupted", async () => {
            await create("waiting");
            const args = ["--topic", "waiting", "--produce", "10", "--wait", "100"];
            const child = spawn(
                process.execPath,
                [
                    ...[join(repositoryRoot, "bin/kafka-dr.js"), "verify", ...args],
                    ...Object.entries(reachable()).flatMap(([key, value]) => [`--${key}`, value]),
                ],
                { stdio: ["ignore", "ignore", "pipe"] },
            );
            let err = "";
            child.stderr.on("data", (data) => {
                err += String(data);
                if (!child.killed && err.includes("waiting for the target")) {
                    child.kill("SIGINT");
                }
            });
            await once(child, "close");
            assert.equal(child.exitCode, 130, err);
            assert.match(err, /interrupted; nothing is left running/);
        });
    });
});
