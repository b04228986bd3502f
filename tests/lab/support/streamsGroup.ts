import { Writer } from "@platformatic/kafka";
import type { KafkaConnection } from "../../../kafka/connection";
import { withConnection } from "../../../kafka/connection";

const STREAMS_GROUP_HEARTBEAT = 88;
const TIMEOUT_MS = 30_000;

/**
 * Joins a group by the protocol of Kafka Streams (KIP-1071), with a topology that only reads a topic.
 * Its member expires after the group's session timeout, and the group stays.
 * @throws when the broker refuses it
 */
export async function joinStreamsGroup(
    connection: KafkaConnection,
    group: string,
    topic: string,
): Promise<void> {
    const request = () => {
        const writer = Writer.create();
        writer.appendString(group).appendString("member-1");
        // Member epoch 0 joins; epoch of endpoints; neither an instance nor a rack; rebalance timeout.
        writer.appendInt32(0).appendInt32(0).appendString(null).appendString(null);
        writer.appendInt32(TIMEOUT_MS);
        // The topology: not null, epoch 0, one subtopology with one source topic and nothing else.
        writer.appendInt8(1).appendInt32(0);
        writer.appendArray(["0"], (subtopology, id) => {
            subtopology.appendString(id);
            subtopology.appendArray([topic], (w, name) => w.appendString(name), true, false);
            for (let i = 0; i < 5; i++) {
                subtopology.appendArray([], () => undefined);
            }
        });
        writer.appendTaggedFields();
        // Active, standby and warm-up tasks, which a joining member sends as empty.
        for (let i = 0; i < 3; i++) {
            writer.appendArray([], () => undefined);
        }
        // Process, no endpoint, no tags, no offsets of tasks; it does not shut the application down.
        writer.appendString("process-1").appendInt8(-1);
        writer.appendArray([], () => undefined);
        writer.appendUnsignedVarInt(0).appendUnsignedVarInt(0).appendBoolean(false);
        return writer.appendTaggedFields();
    };
    await withConnection(connection, "test", TIMEOUT_MS, async (raw) => {
        const code = await new Promise<number>((resolve, reject) => {
            raw.send(
                STREAMS_GROUP_HEARTBEAT,
                0,
                request,
                (_correlationId, _apiKey, _apiVersion, reader) => {
                    reader.readInt32();
                    return reader.readInt16();
                },
                true,
                true,
                (error, errorCode) => {
                    if (errorCode === undefined) {
                        reject(error ?? new Error("the broker did not answer"));
                    } else {
                        resolve(errorCode);
                    }
                },
            );
        });
        if (code !== 0) {
            throw new Error(`the broker refused the Streams group with error code ${code}`);
        }
    });
}
