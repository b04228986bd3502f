import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { KafkaClient } from "../../kafka/kafkaClient";
import { waitForLogEndOffsets } from "../../kafka/logEndOffsets";
import { kafkaClassPath, KAFKA_VERSION } from "../../lab/artifacts/artifacts";
import { LabMirrorMaker } from "../../lab/connect/mirrorMaker";
import type { LabContext } from "../../lab/context";
import { startKafkaCluster, type LabKafkaCluster } from "../../lab/kafka/kafkaCluster";
import type { KafkaMirrorMaker2Object, SecretObject } from "../../lab/objects";
import { clusterCaCertSecret, createClusterCa } from "../../lab/kafka/certificateAuthorities";
import { heapLimit } from "../../lab/process/jvm";
import { Supervisor } from "../../lab/process/supervisor";
import { waitFor } from "../../lab/process/wait";
import { kafkaObject, mirrorMakerObject, NAMESPACE, nodePool } from "./support/objects";

const START_OF_WORKER = /Kafka Connect worker initializ(ing|ation)/;
const TIMEOUT = { timeoutMs: 300_000 };

describe("lab", function () {
    let lab: LabContext;
    let src: LabKafkaCluster;
    let tgt: LabKafkaCluster;
    let mirror: LabMirrorMaker;
    let source: KafkaClient;
    let target: KafkaClient;
    const secrets = new Map<string, SecretObject>();

    const startMirror = async (mm2: KafkaMirrorMaker2Object): Promise<LabMirrorMaker> =>
        LabMirrorMaker.start(lab, {
            mirrorMaker: mm2,
            services: new Map([...src.services, ...tgt.services]),
            secrets: (_namespace, name) => secrets.get(name),
        });
    const caughtUp = async (topic: string): Promise<number[]> => {
        const expected = await source.logEndOffsets(topic);
        const options = { ...TIMEOUT, signal: lab.supervisor.signal };
        return waitForLogEndOffsets(target, topic, expected, options);
    };
    const assertSameRecords = async (topic: string): Promise<void> => {
        assert.deepEqual(await target.digests(topic), await source.digests(topic));
    };

    before(async () => {
        lab = {
            supervisor: await Supervisor.create(),
            classPath: await kafkaClassPath(),
            shortLived: true,
            heapLimitMegabytes: heapLimit(4096, 6),
        };
        const nodePools = [
            nodePool("src", "controller", ["controller"], { heap: "128m" }),
            nodePool("src", "broker", ["broker"]),
            nodePool("tgt", "combined", ["controller", "broker"]),
        ];
        [src, tgt] = await Promise.all(
            ["src", "tgt"].map((name) =>
                startKafkaCluster(lab, {
                    kafka: kafkaObject(name),
                    nodePools,
                    kafkaVersion: KAFKA_VERSION,
                }),
            ) as [Promise<LabKafkaCluster>, Promise<LabKafkaCluster>],
        );
        for (const { caCertSecret } of [src, tgt]) {
            secrets.set(caCertSecret.metadata.name, caCertSecret);
        }
        source = new KafkaClient(src.connection("tls"));
        target = new KafkaClient(tgt.connection("tls"));
        await source.ensureTopics([
            {
                apiVersion: "kafka.strimzi.io/v1",
                kind: "KafkaTopic",
                metadata: { name: "my-topic", namespace: NAMESPACE },
                spec: { partitions: 3, replicas: 1, config: { "retention.ms": 7_200_000 } },
            },
        ]);
        await source.produceRecords({ topic: "my-topic", count: 30_000 });
        mirror = await startMirror(mirrorMakerObject());
        await mirror.waitUntilReplicating();
    });
    after(async () => {
        try {
            await source.close();
            await target.close();
        } finally {
            // Also when the start failed and no client exists.
            await lab.supervisor.stop();
        }
    });

    it("reports the status of the clusters as Strimzi does, with working addresses", async () => {
        assert.deepEqual(
            src.status.listeners?.map(({ name, certificates }) => [name, certificates?.length]),
            [
                ["plain", undefined],
                ["tls", 1],
            ],
        );
        for (const listener of src.status.listeners ?? []) {
            const [caCertificates] = listener.certificates ?? [];
            const client = new KafkaClient({
                bootstrapServers: listener.bootstrapServers!,
                ...(caCertificates ? { caCertificates } : {}),
            });
            assert.equal(await client.partitionCount("my-topic"), 3);
            await client.close();
        }
    });

    it("copies records with identical payload and order", async () => {
        await source.produceMessages([
            {
                topic: "my-topic",
                partition: 1,
                key: Buffer.from("key"),
                value: Buffer.from([0, 255, 128]),
                timestamp: 1_700_000_000_000n,
                headers: new Map([[Buffer.from("h"), Buffer.from([1, 0])]]),
            },
            { topic: "my-topic", partition: 1, key: Buffer.from("key") },
        ]);
        assert.deepEqual(await caughtUp("my-topic"), [10_000, 10_002, 10_000]);
        await assertSameRecords("my-topic");
    });

    it("reports the connectors as Strimzi does, with a working URL", async () => {
        const status = await mirror.status();
        assert.deepEqual(
            status.connectors?.map(({ name, connector, tasks }) => [
                name,
                connector.state,
                tasks.map(({ state }) => state),
            ]),
            [
                ["src->tgt.MirrorSourceConnector", "RUNNING", ["RUNNING", "RUNNING"]],
                ["src->tgt.MirrorCheckpointConnector", "RUNNING", []],
            ],
        );
        const answer = (await (await fetch(`${status.url!}/connectors`)).json()) as string[];
        assert.deepEqual(answer.sort(), status.connectors.map(({ name }) => name).sort());
    });

    it("passes a producer override to the producer of the records", () => {
        const log = readFileSync(mirror.workers[0]!.process.logFile, "utf8");
        const values = log
            .split("ProducerConfig values:")
            .find((text) => text.includes("client.id = connector-producer-src->tgt.MirrorSource"));
        assert.match(values ?? "", /\tbatch\.size = 327680\n/);
    });

    it("picks up a topic that is created later", async () => {
        await source.createTopic("later", { partitions: 1 });
        await source.produceRecords({ topic: "later", count: 10 });
        assert.deepEqual(await caughtUp("later"), [10]);
        await assertSameRecords("later");
    });

    it("syncs a group's committed offset to the target", async () => {
        await source.commitGroupOffsets("readers", "my-topic", [10_000, 10_002, 10_000]);
        const arrived = await waitFor(
            "the group's offsets are at the target",
            async () => {
                const offsets = await target.groupOffsets("readers", "my-topic");
                return offsets.every((offset) => offset !== undefined) ? offsets : undefined;
            },
            TIMEOUT,
        );
        assert.deepEqual(arrived, [10_000, 10_002, 10_000]);
    });

    it("neither loses nor repeats a record when it is scaled to 0 and back", async () => {
        await mirror.apply(mirrorMakerObject({ replicas: 0 }));
        assert.equal(mirror.workers.length, 0);
        const status = await mirror.status();
        assert.equal(status.url, undefined);
        assert.equal(status.connectors, undefined);
        await source.produceRecords({ topic: "my-topic", count: 3000, firstIndex: 30_000 });
        await mirror.apply(mirrorMakerObject({ replicas: 1 }));
        await mirror.waitUntilReplicating();
        await caughtUp("my-topic");
        await source.produceRecords({ topic: "my-topic", count: 3000, firstIndex: 33_000 });
        await caughtUp("my-topic");
        await assertSameRecords("my-topic");
    });

    it("resumes after SIGKILL of a worker and loses no record", async () => {
        // Connect commits source offsets every 60 s and when a task stops: only records copied since
        // then may be copied again. All workers stop here, so every offset is committed.
        await caughtUp("my-topic");
        await mirror.apply(mirrorMakerObject({ replicas: 0 }));
        await mirror.apply(mirrorMakerObject({ replicas: 2 }));
        await mirror.waitUntilReplicating();
        const uncommitted = 3000;
        const produced = { topic: "my-topic", count: uncommitted, firstIndex: 36_000 };
        await source.produceRecords(produced);
        await caughtUp("my-topic");
        const victim = mirror.workers[0]!;
        victim.process.kill("SIGKILL");
        await victim.process.exited;
        await source.produceRecords({ topic: "my-topic", count: 300, firstIndex: 39_000 });
        await mirror.apply();
        await mirror.waitUntilReplicating();
        assert.equal(mirror.workers.filter(({ process }) => process.running).length, 2);
        const expected = await source.values("my-topic");
        await waitFor(
            "every value is at the target",
            async () => {
                const values = new Set(await target.values("my-topic"));
                const missing = expected.filter((value) => !values.has(value)).length;
                return missing === 0
                    ? true
                    : Promise.reject(new Error(`${missing} values are missing`));
            },
            TIMEOUT,
        );
        const copied = await target.values("my-topic");
        assert.deepEqual(new Set(copied), new Set(expected));
        const duplicates = copied.length - expected.length;
        assert.ok(duplicates >= 0 && duplicates <= uncommitted, `${duplicates} duplicates`);
    });

    it("applies a changed state and configuration to the running connectors", async () => {
        const mm2 = mirrorMakerObject({ replicas: 1 });
        mm2.spec.mirrors[0]!.sourceConnector!.state = "stopped";
        await mirror.apply(mm2);
        const [stopped] = await mirror.waitUntilReplicating();
        assert.equal(stopped?.connector.state, "STOPPED");
        assert.deepEqual(stopped.tasks, []);
        mm2.spec.mirrors[0]!.sourceConnector!.state = "running";
        mm2.spec.mirrors[0]!.sourceConnector!.tasksMax = 1;
        delete mm2.spec.mirrors[0]!.checkpointConnector;
        await mirror.apply(mm2);
        const statuses = await mirror.waitUntilReplicating();
        assert.deepEqual(
            statuses.map(({ name, tasks }) => [name, tasks.length]),
            [["src->tgt.MirrorSourceConnector", 1]],
        );
        const url = mirror.workers[0]!.rest.url;
        const names: unknown = await (await fetch(`${url}/connectors`)).json();
        assert.deepEqual(names, ["src->tgt.MirrorSourceConnector"]);
    });

    it("mirrors nothing with a wrong CA, and everything with the right one", async () => {
        const rightSecret = secrets.get("src-cluster-ca-cert")!;
        const foreign = await createClusterCa("src");
        const mm2 = mirrorMakerObject({ replicas: 1 });
        secrets.set(
            "src-cluster-ca-cert",
            clusterCaCertSecret(NAMESPACE, "src", foreign.certificate),
        );
        await mirror.apply(mm2);
        await assert.rejects(async () => {
            const client = new KafkaClient({
                ...src.connection("tls"),
                caCertificates: foreign.certificate,
            });
            await client.topics().finally(() => client.close());
        });
        const before = await target.logEndOffsets("my-topic");
        const copiedBefore = await target.values("my-topic");
        await source.produceRecords({ topic: "my-topic", count: 30, firstIndex: 50_000 });
        const { logFile } = mirror.workers[0]!.process;
        // After so many retries the client would have read if it could.
        const refusals = await waitFor(
            "the mirror's clients of the source are refused again and again",
            () => {
                const lines = readFileSync(logFile, "utf8").split("\n");
                const own = lines.slice(lines.findLastIndex((line) => START_OF_WORKER.test(line)));
                const failed = own.filter((line) =>
                    line.includes("failed authentication due to: SSL handshake failed"),
                );
                return Promise.resolve(failed.length >= 10 ? failed : undefined);
            },
            TIMEOUT,
        );
        const brokers = src.connection("tls").bootstrapServers.split(":")[1]!;
        assert.ok(
            refusals.every((line) => line.includes(brokers)),
            refusals.join("\n"),
        );
        assert.deepEqual(await target.logEndOffsets("my-topic"), before);
        // The status does not show the failure, which makes it dangerous.
        const { conditions, connectors } = await mirror.status();
        assert.equal(conditions?.[0]?.type, "Ready");
        assert.deepEqual(
            connectors?.map(({ connector }) => connector.state),
            ["RUNNING", "RUNNING"],
        );
        secrets.set("src-cluster-ca-cert", rightSecret);
        await mirror.apply(mm2);
        await mirror.waitUntilReplicating();
        const expected = before.map((offset) => offset + 10);
        const options = { ...TIMEOUT, signal: lab.supervisor.signal };
        await waitForLogEndOffsets(target, "my-topic", expected, options);
        const added = (await target.values("my-topic")).filter(
            (value) => !copiedBefore.includes(value),
        );
        assert.equal(new Set(added).size, 30);
    });
});
