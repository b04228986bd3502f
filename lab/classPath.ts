import { ensureArtifacts } from "./artifacts/artifacts";
import lock from "./artifacts/kafka.lock.json";

/** The Kafka version of the class path. */
export const KAFKA_VERSION = "4.3.1";

/** Paths of the jars of Kafka, Connect and MirrorMaker 2, from the cache or Maven Central. */
export async function kafkaClassPath(): Promise<string[]> {
    const files = await ensureArtifacts(lock);
    return files.filter((file) => file.endsWith(".jar"));
}
