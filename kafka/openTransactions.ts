import {
    createAPI,
    describeProducersV0,
    describeTransactionsV0,
    FindCoordinatorKeyTypes,
    findCoordinatorV4,
    findCoordinatorV5,
    findCoordinatorV6,
    listTransactionsV0,
    listTransactionsV1,
    listTransactionsV2,
    Writer,
} from "@platformatic/kafka";
import {
    type AnswersFor,
    askLeaders,
    describeCode,
    type Led,
    type Looked,
    type PartitionId,
} from "./askLeaders";
import { type Broker, type Brokers, withPartialErrors } from "./brokers";
import { innermostReason, UnsupportedBrokerError } from "./errors";

/** A transaction without an end in one partition. */
export interface OpenTransaction {
    readonly producerId: number;
    readonly producerEpoch: number;
    /** Of its first record. */
    readonly startOffset: number;
    /** Of its last record so far, in milliseconds since 1970. */
    readonly lastTimestamp: number;
    /** Of the coordinator that last wrote a marker for this producer; -1 for none. */
    readonly coordinatorEpoch: number;
    /**
     * What its coordinator knows of it; null when no coordinator has it open in this partition: it
     * hangs, and nothing but {@link abortTransaction} ends it.
     */
    readonly coordinator: Looked<CoordinatedTransaction | null>;
}

/** A transaction as its coordinator has it. */
export interface CoordinatedTransaction {
    readonly transactionalId: string;
    /** `Ongoing`; `PrepareCommit` or `PrepareAbort` while its markers are written. */
    readonly state: string;
    /** Milliseconds since 1970. */
    readonly startedAt: number;
    /** `transaction.timeout.ms` of its producer: after so long its coordinator aborts it. */
    readonly timeoutMs: number;
}

const LIST_TRANSACTIONS = [listTransactionsV2.api, listTransactionsV1.api, listTransactionsV0.api];
const FIND_COORDINATOR = [findCoordinatorV6.api, findCoordinatorV5.api, findCoordinatorV4.api];
/** A name that no producer has: whether the user may see transactional ids is asked with it. */
const PROBE_ID = "kafka-dr-may-describe";

/**
 * The open transactions of partitions: their leaders know the producers, all brokers together, as
 * coordinators, the transactions. Needs Read on the topics, and Describe on all transactional ids.
 */
export async function openTransactions(
    brokers: Brokers,
    partitions: readonly PartitionId[],
): Promise<Looked<OpenTransaction[]>[]> {
    const producers = await askLeaders(brokers, partitions, openProducers);
    const ids = new Set(
        producers.flatMap((looked) =>
            "known" in looked ? looked.known.map(({ producerId }) => producerId) : [],
        ),
    );
    const coordinated = await lookAtCoordinators(brokers, [...ids]);
    return partitions.map(({ topic, partition }, index) => {
        const looked = producers[index] ?? { unknown: "it has not been asked for" };
        return "known" in looked
            ? {
                  known: looked.known.map((producer) => ({
                      ...producer,
                      coordinator: coordinated(producer.producerId, topic, partition),
                  })),
              }
            : looked;
    });
}

type OpenProducer = Omit<OpenTransaction, "coordinator">;

async function openProducers(
    broker: Broker,
    led: readonly Led<PartitionId>[],
): Promise<AnswersFor<PartitionId, OpenProducer[]>> {
    const topics = new Map<string, number[]>();
    for (const { item } of led) {
        topics.set(item.topic, [...(topics.get(item.topic) ?? []), item.partition]);
    }
    const answer = await withPartialErrors(
        broker.send(
            [describeProducersV0.api],
            [...topics].map(([name, partitionIndexes]) => ({ name, partitionIndexes })),
        ),
    );
    const found = new Map(
        answer.topics.flatMap(({ name, partitions }) =>
            partitions.map((entry) => [`${name}:${entry.partitionIndex}`, entry] as const),
        ),
    );
    return ({ topic, partition }: PartitionId) => {
        const entry = found.get(`${topic}:${partition}`);
        if (entry?.errorCode !== 0) {
            return entry && { errorCode: entry.errorCode };
        }
        return {
            known: entry.activeProducers
                .filter(({ currentTxnStartOffset }) => currentTxnStartOffset >= 0n)
                .map((producer): OpenProducer => ({
                    producerId: Number(producer.producerId),
                    producerEpoch: producer.producerEpoch,
                    startOffset: Number(producer.currentTxnStartOffset),
                    lastTimestamp: Number(producer.lastTimestamp),
                    coordinatorEpoch: producer.coordinatorEpoch,
                })),
        };
    };
}

type Coordinated = (
    producerId: number,
    topic: string,
    partition: number,
) => Looked<CoordinatedTransaction | null>;

/** What the coordinators know of producers. A transaction is missed only if all of them responded. */
async function lookAtCoordinators(
    brokers: Brokers,
    producerIds: readonly number[],
): Promise<Coordinated> {
    if (producerIds.length === 0) {
        return () => ({ known: null });
    }
    const problems: string[] = [];
    const problem = (reason: string) => {
        problems.push(reason);
        return [];
    };
    const found = (
        await Promise.all(
            brokers.ids.map(async (id) => {
                try {
                    return await transactionsAt(await brokers.byId(id), producerIds, problem);
                } catch (error) {
                    return problem(reasonOf(error, brokers.describe(id)));
                }
            }),
        )
    ).flat();
    if (found.length < producerIds.length && problems.length === 0) {
        const hidden = await whyHidden(await brokers.any());
        problems.push(...(hidden === undefined ? [] : [hidden]));
    }
    return (producerId, topic, partition) => {
        const own = found.find(
            (transaction) =>
                Number(transaction.producerId) === producerId &&
                transaction.topics.some(
                    (entry) => entry.topic === topic && entry.partitions.includes(partition),
                ),
        );
        if (own !== undefined) {
            return {
                known: {
                    transactionalId: own.transactionalId,
                    state: own.transactionState,
                    startedAt: Number(own.transactionStartTimeMs),
                    timeoutMs: own.transactionTimeoutMs,
                },
            };
        }
        const [reason] = problems;
        return reason === undefined ? { known: null } : { unknown: reason };
    };
}

async function transactionsAt(
    broker: Broker,
    producerIds: readonly number[],
    problem: (reason: string) => never[],
) {
    const { transactionStates } = await broker.send(
        LIST_TRANSACTIONS,
        [],
        producerIds.map(BigInt),
        -1n,
        null,
    );
    if (transactionStates.length === 0) {
        return [];
    }
    const described = await withPartialErrors(
        broker.send(
            [describeTransactionsV0.api],
            transactionStates.map(({ transactionalId }) => transactionalId),
        ),
    );
    return described.transactionStates.flatMap((state) =>
        state.errorCode === 0
            ? [state]
            : problem(`${broker.description}: ${describeCode(state.errorCode)}`),
    );
}

/** Coordinators leave out what the user may not see. @returns why something may be left out */
async function whyHidden(broker: Broker): Promise<string | undefined> {
    try {
        const answer = await withPartialErrors(
            broker.send(FIND_COORDINATOR, FindCoordinatorKeyTypes.TRANSACTION, [PROBE_ID]),
        );
        const code = answer.coordinators[0]?.errorCode ?? 0;
        return code === 0
            ? undefined
            : `the user may not see all transactional ids (${describeCode(code)})`;
    } catch (error) {
        return reasonOf(error, broker.description);
    }
}

function reasonOf(error: unknown, broker: string): string {
    return error instanceof UnsupportedBrokerError
        ? `${broker} does not know ${error.request}: Kafka 3.0 and later do`
        : `${broker}: ${innermostReason(error)}`;
}

const WRITE_TXN_MARKERS = createAPI<[marker: Marker], { errorCode: number }>(
    27,
    1,
    ({ topic, partition, transaction }: Marker) =>
        Writer.create()
            .appendArray([transaction], (writer, { producerId, producerEpoch, coordinatorEpoch }) =>
                writer
                    .appendInt64(BigInt(producerId))
                    .appendInt16(producerEpoch)
                    .appendBoolean(false) // abort
                    .appendArray([topic], (topicWriter, name) =>
                        topicWriter
                            .appendString(name)
                            .appendArray(
                                [partition],
                                (indexWriter, index) => indexWriter.appendInt32(index),
                                true,
                                false,
                            ),
                    )
                    // Kafka's own tool takes 0 where no coordinator has written a marker yet.
                    .appendInt32(Math.max(0, coordinatorEpoch)),
            )
            .appendTaggedFields(),
    (_correlationId, _key, _version, reader) => {
        const markers = reader.readArray((markerReader) => {
            markerReader.readInt64();
            return markerReader.readArray((topicReader) => {
                topicReader.readString();
                return topicReader.readArray((partitionReader) => {
                    partitionReader.readInt32();
                    return partitionReader.readInt16();
                });
            });
        });
        return { errorCode: markers.flat(2)[0] ?? -1 };
    },
);

/** What a marker of a transaction's end needs. */
export interface Marker extends PartitionId {
    readonly transaction: Pick<
        OpenTransaction,
        "producerId" | "producerEpoch" | "coordinatorEpoch"
    >;
}

/**
 * Ends a hanging transaction in one partition: its leader writes the marker of an abort, as for
 * `kafka-transactions.sh --abort`. The caller makes sure that no coordinator has it open; its records are
 * gone for consumers with `read_committed`. Needs Alter on the cluster, before Kafka 3.8 ClusterAction.
 * @returns known, or why it failed
 */
export async function abortTransaction(brokers: Brokers, marker: Marker): Promise<Looked<true>> {
    const [looked] = await askLeaders(
        brokers,
        [marker],
        async (broker, led): Promise<AnswersFor<Marker, true>> => {
            const answers = await Promise.all(
                led.map(async ({ item }) => broker.send([WRITE_TXN_MARKERS], item)),
            );
            const [answer] = answers;
            return () =>
                answer?.errorCode === 0
                    ? { known: true }
                    : answer && { errorCode: answer.errorCode };
        },
    );
    return looked ?? { unknown: "it has not been asked for" };
}
