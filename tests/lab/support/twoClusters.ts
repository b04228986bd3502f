import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
    Admin,
    FetchIsolationLevels,
    ListOffsetTimestamps,
    Producer,
    type MessageToProduce,
} from "@platformatic/kafka";
import { clientOptions, type KafkaConnection } from "../../../kafka/connection";
import { KafkaClient } from "../../../kafka/kafkaClient";
import { kafkaClassPath, KAFKA_VERSION } from "../../../lab/artifacts/artifacts";
import { type LabKafkaCluster, startKafkaCluster } from "../../../lab/kafka/kafkaCluster";
import { heapLimit } from "../../../lab/process/jvm";
import { Supervisor } from "../../../lab/process/supervisor";
import { kafkaObject, nodePool } from "./objects";
import { securedKafka } from "./securedClusters";

/** Two clusters without a mirror: the test writes to both. */
export interface TwoClusters {
    readonly supervisor: Supervisor;
    /** Has a plaintext listener without authentication. */
    readonly source: Site;
    /** Has TLS and authorization; the connection belongs to a super user with a client certificate. */
    readonly target: Site;
    readonly stop: () => Promise<void>;
}

export interface Site {
    readonly cluster: LabKafkaCluster;
    readonly connection: KafkaConnection;
    readonly client: KafkaClient;
    readonly admin: Admin;
}

export async function startTwoClusters(): Promise<TwoClusters> {
    const supervisor = await Supervisor.create();
    try {
        const lab = {
            supervisor,
            classPath: await kafkaClassPath(),
            shortLived: true,
            heapLimitMegabytes: heapLimit(4096, 2),
        };
        const start = async (kafka: ReturnType<typeof kafkaObject>) =>
            startKafkaCluster(lab, {
                kafka,
                nodePools: [nodePool(kafka.metadata.name, "combined", ["controller", "broker"])],
                kafkaVersion: KAFKA_VERSION,
            });
        const [src, tgt] = await Promise.all([
            start(kafkaObject("src")),
            start(securedKafka("tgt")),
        ]);
        const source = site(src, src.connection("plain"));
        const target = site(tgt, tgt.adminConnection());
        return {
            supervisor,
            source,
            target,
            stop: async () => {
                await Promise.all(
                    [source, target].flatMap(({ client, admin }) => [
                        client.close(),
                        admin.close(),
                    ]),
                );
                await supervisor.stop();
            },
        };
    } catch (error) {
        await supervisor.stop();
        throw error;
    }
}

function site(cluster: LabKafkaCluster, connection: KafkaConnection): Site {
    return {
        cluster,
        connection,
        client: new KafkaClient(connection),
        admin: new Admin(clientOptions(connection, "test")),
    };
}

/** The timestamp of the first record of a test: an hour ago, so that retention deletes nothing. */
export const FIRST_TIMESTAMP = Date.now() - 3_600_000;

/** Records for one partition of a topic, ten seconds apart, with keys and headers. */
export function records(
    topic: string,
    from: number,
    to: number,
    partition = 0,
): MessageToProduce[] {
    return Array.from({ length: to - from }, (_unused, i) => ({
        topic,
        partition,
        key: Buffer.from(`key ${from + i}`),
        value: Buffer.from(`value ${from + i}`),
        headers: new Map([[Buffer.from("n"), Buffer.from(String(from + i))]]),
        timestamp: BigInt(FIRST_TIMESTAMP + 10_000 * (from + i)),
    }));
}

/** Appends records in one transaction, commits or aborts it, and waits for its markers. */
export async function transact(
    { connection }: Pick<Site, "connection">,
    messages: MessageToProduce[],
    end: "commit" | "abort",
): Promise<void> {
    const producer = new Producer({
        ...clientOptions(connection, "test"),
        // Each producer starts its sequence numbers at 0, which brokers would reject under the same id.
        transactionalId: `test-${randomUUID()}`,
        idempotent: true,
        retries: 30,
    });
    const admin = new Admin(clientOptions(connection, "test"));
    try {
        const transaction = await producer.beginTransaction();
        await transaction.send({ messages });
        const before = await highWatermarks(admin, messages);
        await transaction[end]();
        // The coordinator writes the markers after it has answered.
        while ((await highWatermarks(admin, messages)).some((at, i) => at <= before[i]!)) {
            await sleep(20);
        }
    } finally {
        await Promise.all([producer.close(), admin.close()]);
    }
}

/** Where the logs of the messages' partitions end. */
async function highWatermarks(admin: Admin, messages: MessageToProduce[]): Promise<bigint[]> {
    const ends: bigint[] = [];
    const parts = new Set(messages.map(({ topic, partition = 0 }) => `${topic} ${partition}`));
    for (const part of parts) {
        const [name = "", partitionIndex] = part.split(" ");
        const partitions = [
            { partitionIndex: Number(partitionIndex), timestamp: ListOffsetTimestamps.LATEST },
        ];
        const listed = await admin.listOffsets({
            topics: [{ name, partitions }],
            isolationLevel: FetchIsolationLevels.READ_UNCOMMITTED,
        });
        ends.push(listed[0]?.partitions[0]?.offset ?? 0n);
    }
    return ends;
}
