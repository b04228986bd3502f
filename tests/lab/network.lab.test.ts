import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { KafkaClient } from "../../kafka/kafkaClient";
import { waitForLogEndOffsets } from "../../kafka/logEndOffsets";
import { kafkaClassPath, KAFKA_VERSION } from "../../lab/artifacts/artifacts";
import {
    CONNECTOR_OFFSETS,
    MIRRORMAKER_CONNECTOR,
    offsetsKey,
} from "../../lab/connect/connectorOffsets";
import { LabMirrorMaker } from "../../lab/connect/mirrorMaker";
import type { LabContext } from "../../lab/context";
import { SiteNetwork } from "../../lab/network/siteNetwork";
import { startKafkaCluster, type LabKafkaCluster } from "../../lab/kafka/kafkaCluster";
import type {
    ConfigMapObject,
    ConnectorState,
    KafkaMirrorMaker2Object,
    KafkaNodePoolObject,
} from "../../lab/objects";
import { heapLimit } from "../../lab/process/jvm";
import { Supervisor } from "../../lab/process/supervisor";
import { waitFor } from "../../lab/process/wait";
import { kafkaObject, mirrorMakerObject, NAMESPACE, nodePool } from "./support/objects";

const TOPIC = "my-topic";
const SOURCE = "src->tgt.MirrorSourceConnector";
const TIMEOUT_MS = 300_000;
/** Above those of all other records. */
const NEW_INDEX = 5000;
/** Several fetches: a consumer that reaches its broker receives new records within 500 ms. */
const SILENCE_MS = 2500;

/** The mirror with its source connector in the given state. */
function mirrorIn(state: ConnectorState): KafkaMirrorMaker2Object {
    const { spec, ...object } = mirrorMakerObject();
    const [mirror] = spec.mirrors;
    return {
        ...object,
        spec: {
            ...spec,
            mirrors: [
                {
                    ...mirror!,
                    sourceConnector: {
                        ...mirror!.sourceConnector,
                        state,
                        alterOffsets: { fromConfigMap: { name: "start" } },
                        listOffsets: { toConfigMap: { name: "seen" } },
                    },
                },
            ],
        },
    };
}

const offsetOf = (partition: number, offset: number) => ({
    partition: { cluster: "src", partition, topic: TOPIC },
    offset: { offset },
});

describe("network failures and connector offsets", function () {
    const network = new SiteNetwork();
    const configMaps = new Map<string, ConfigMapObject>();
    let supervisor: Supervisor;
    let src: LabKafkaCluster;
    let tgt: LabKafkaCluster;
    let mirror: LabMirrorMaker;
    let target: KafkaClient;

    /** At the source, around the proxy. */
    const atSource = async <T>(use: (client: KafkaClient) => Promise<T>): Promise<T> => {
        const client = new KafkaClient(src.adminConnection());
        try {
            return await use(client);
        } finally {
            await client.close();
        }
    };
    const write = async (count: number, firstIndex = 0): Promise<void> =>
        atSource(async (client) => client.produceRecords({ topic: TOPIC, count, firstIndex }));
    const arrive = async (ends: number[]): Promise<void> => {
        const options = { timeoutMs: TIMEOUT_MS, signal: supervisor.signal };
        assert.deepEqual(await waitForLogEndOffsets(target, TOPIC, ends, options), ends);
    };
    const annotate = (operation: string) =>
        mirror.annotate({ [CONNECTOR_OFFSETS]: operation, [MIRRORMAKER_CONNECTOR]: SOURCE });
    const conditions = async () =>
        (await mirror.status()).conditions?.map(({ type, reason }) => [type, reason]);

    before(async () => {
        supervisor = await Supervisor.create();
        const lab: LabContext = {
            supervisor,
            classPath: await kafkaClassPath(),
            shortLived: true,
            heapLimitMegabytes: heapLimit(4096, 5),
        };
        const start = async (context: LabContext, name: string, pool: KafkaNodePoolObject) =>
            startKafkaCluster(context, {
                kafka: kafkaObject(name),
                nodePools: [pool],
                kafkaVersion: KAFKA_VERSION,
            });
        const combined = (name: string) => nodePool(name, "combined", ["controller", "broker"]);
        [src, tgt] = await Promise.all([
            start({ ...lab, advertise: network.advertise }, "src", combined("src")),
            start(lab, "tgt", combined("tgt")),
        ]);
        target = new KafkaClient(tgt.connection("tls"));
        await atSource(async (client) => client.createTopic(TOPIC, { partitions: 2 }));
        await write(1000);
        const secrets = [src.caCertSecret, tgt.caCertSecret];
        mirror = await LabMirrorMaker.start(lab, {
            mirrorMaker: mirrorIn("stopped"),
            services: new Map([...src.services, ...tgt.services]),
            secrets: (_namespace, name) => secrets.find(({ metadata }) => metadata.name === name),
            configMaps: (_namespace, name) => configMaps.get(name),
            applyConfigMap: (configMap) => configMaps.set(configMap.metadata.name, configMap),
        });
        await mirror.waitUntilReplicating();
    });
    after(async () => {
        try {
            await target.close();
        } finally {
            await supervisor.stop();
            await network.close();
        }
    });

    it("creates a stopped connector without tasks, mirrored records or offsets", async () => {
        const { rest } = mirror.workers[0]!;
        const status = await rest.status(SOURCE);
        assert.deepEqual([status?.connector.state, status?.tasks], ["STOPPED", []]);
        assert.deepEqual(await rest.offsets(SOURCE), { offsets: [] });
        assert.ok(!(await target.topics()).includes(TOPIC));
    });

    it("starts after the offsets that were set", async () => {
        const offsets = [offsetOf(0, 99), offsetOf(1, 199)];
        const data = { [offsetsKey(SOURCE)]: JSON.stringify({ offsets }) };
        configMaps.set("start", { metadata: { name: "start", namespace: NAMESPACE }, data });
        await annotate("alter");
        assert.deepEqual(mirror.annotations, {});
        assert.deepEqual(await conditions(), [["Ready", undefined]]);

        await annotate("list");
        const listed = configMaps.get("seen")?.data?.[offsetsKey(SOURCE)] ?? "";
        const seen = (JSON.parse(listed) as { offsets: (typeof offsets)[number][] }).offsets;
        assert.deepEqual(
            seen.sort((one, other) => one.partition.partition - other.partition.partition),
            offsets,
        );

        await mirror.apply(mirrorIn("running"));
        await mirror.waitUntilReplicating();
        await arrive([400, 300]);
        const copied = await target.values(TOPIC);
        const expected = await atSource(async (client) => client.values(TOPIC));
        assert.deepEqual(copied, [...expected.slice(100, 500), ...expected.slice(700)]);
    });

    it("warns about new offsets for a running connector, and stays Ready", async () => {
        await annotate("reset");
        assert.deepEqual(await conditions(), [
            ["Ready", undefined],
            ["Warning", "ResetOffsets"],
        ]);
        assert.equal(mirror.annotations[CONNECTOR_OFFSETS], "reset");
        await mirror.annotate({
            [CONNECTOR_OFFSETS]: undefined,
            [MIRRORMAKER_CONNECTOR]: undefined,
        });
        assert.deepEqual(await conditions(), [["Ready", undefined]]);
    });

    it("mirrors nothing during a network partition, and resumes after it", async () => {
        assert.ok(network.connections > 0, "MirrorMaker 2 bypasses the proxy");
        network.partition();
        await write(10);
        await sleep(SILENCE_MS);
        assert.deepEqual(await target.logEndOffsets(TOPIC), [400, 300]);
        network.heal();
        await arrive([405, 305]);
    });

    it("resumes after the source was killed and restarted with its data", async () => {
        const id = src.status.clusterId;
        await src.kill();
        assert.equal(src.running, false);
        await src.restart();
        assert.equal(src.running, true);
        assert.equal(src.status.clusterId, id);
        await write(10);
        const ends = await atSource(async (client) => client.logEndOffsets(TOPIC));
        assert.deepEqual(ends, [510, 510]);
        await arrive([410, 310]);
    });

    it("loses no record when the workers are killed and restarted", async () => {
        await mirror.kill();
        assert.equal(mirror.workers[0]!.process.running, false);
        await mirror.apply();
        await write(10, NEW_INDEX);
        // Records copied after the last commit of offsets are copied again.
        const arrived = await waitFor(
            "the new records are at the target",
            async () => {
                const values = await target.values(TOPIC);
                const fresh = values.filter((value) => Number.parseInt(value) >= NEW_INDEX);
                return fresh.length >= 10 ? fresh : undefined;
            },
            { timeoutMs: TIMEOUT_MS, intervalMs: 200, signal: supervisor.signal },
        );
        assert.equal(new Set(arrived).size, 10);
    });
});
