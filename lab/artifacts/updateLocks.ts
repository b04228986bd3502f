/**
 * Updates the lock files of this folder: `npm run maven:lock`, or some with `-- <name> ...`. For maintainers, after a change of a
 * version in the table below. It needs `mvn` (Debian package "maven") to resolve the dependencies; the
 * users of the locks do not.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { KAFKA_VERSION, type LockedArtifact } from "./artifacts";
import { STRIMZI_VERSION } from "../../strimzi/version";
import { artifactUrl, openArtifact, readText, repositoryUrl } from "./repository";

/** The log4j release that Kafka's modules require. */
const LOG4J = "2.25.4";

/** The classes of log4j 1, which brokers before 4.0 use without depending on them. */
const RELOAD4J = ["ch.qos.reload4j:reload4j:1.2.25", "org.slf4j:slf4j-reload4j:1.7.36"];

/** The root artifacts of each lock, which also contains their runtime dependencies. */
const LOCKS: Readonly<Record<string, readonly string[]>> = {
    kafka: [
        `org.apache.kafka:kafka_2.13:${KAFKA_VERSION}`,
        `org.apache.kafka:kafka-tools:${KAFKA_VERSION}`,
        `org.apache.kafka:connect-runtime:${KAFKA_VERSION}`,
        `org.apache.kafka:connect-mirror:${KAFKA_VERSION}`,
        `org.apache.kafka:connect-json:${KAFKA_VERSION}`,
        `org.apache.kafka:connect-transforms:${KAFKA_VERSION}`,
        `org.apache.logging.log4j:log4j-api:${LOG4J}`,
        `org.apache.logging.log4j:log4j-core:${LOG4J}`,
        // Kafka uses the slf4j 1 API, so this is the binding and not log4j-slf4j2-impl.
        `org.apache.logging.log4j:log4j-slf4j-impl:${LOG4J}`,
    ],
    // The oldest Kafka that kafka-dr supports, with ZooKeeper, and one whose brokers know no Fetch v17.
    "kafka-2.8": ["org.apache.kafka:kafka_2.13:2.8.2", ...RELOAD4J],
    "kafka-3.7": ["org.apache.kafka:kafka_2.13:3.7.2", ...RELOAD4J],
    // The newest version on Maven Central; later ones are published on GitHub only.
    "jmx-exporter": ["io.prometheus.jmx:jmx_prometheus_javaagent:1.0.1"],
    "crd-generator": [
        `io.strimzi:api:${STRIMZI_VERSION}`,
        `io.strimzi:crd-generator:${STRIMZI_VERSION}`,
    ],
};

const DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
/** Published checksum files, the strongest first. */
const CHECKSUMS = ["sha512", "sha256", "sha1"] as const;

async function main(): Promise<void> {
    const repository = repositoryUrl(undefined);
    const wanted = process.argv.slice(2);
    const names = wanted.length === 0 ? Object.keys(LOCKS) : wanted;
    for (const name of names) {
        const roots = LOCKS[name];
        if (roots === undefined) {
            throw new Error(`there is no lock ${name}: ${Object.keys(LOCKS).join(", ")}`);
        }
        const artifacts: LockedArtifact[] = [];
        const counts = new Map<string, number>();
        for (const artifactPath of await resolvePaths(roots)) {
            const { artifact, checkedBy } = await lockArtifact(repository, artifactPath);
            artifacts.push(artifact);
            counts.set(checkedBy, (counts.get(checkedBy) ?? 0) + 1);
        }
        const file = path.join(__dirname, `${name}.lock.json`);
        await writeFile(file, `${JSON.stringify({ roots, artifacts }, undefined, 4)}\n`);
        const checks = [...counts].map(([kind, count]) => `${count} by ${kind}`).join(", ");
        const bytes = artifacts.reduce((sum, { size }) => sum + size, 0);
        console.log(
            `${name}: ${artifacts.length} artifacts, ${bytes} bytes; cross-checked ${checks}`,
        );
    }
}

/** Repository paths of the roots and their runtime dependencies, sorted. */
async function resolvePaths(roots: readonly string[]): Promise<string[]> {
    const folder = await mkdtemp(path.join(tmpdir(), "kafka-dr-lock-"));
    try {
        await writeFile(path.join(folder, "pom.xml"), pom(roots));
        const list = path.join(folder, "list.txt");
        await promisify(execFile)(
            "mvn",
            ["-B", "-q", `${DEPENDENCY_PLUGIN}:list`, "-DincludeScope=runtime"].concat([
                `-DoutputFile=${list}`,
                "-f",
                folder,
            ]),
        );
        const lines = (await readFile(list, "utf8")).split("\n");
        return lines.flatMap(repositoryPath).sort();
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            throw new Error('mvn is missing: install Maven (Debian package "maven")');
        }
        throw error;
    } finally {
        await rm(folder, { recursive: true });
    }
}

/** A line of dependency:list is `group:artifact:type[:classifier]:version:scope`. */
function repositoryPath(line: string): string[] {
    const fields = (line.trim().split(/\s/)[0] ?? "").split(":");
    if (fields.length < 5) return [];
    const [group, artifact, type] = fields;
    const [version, scope] = fields.slice(-2);
    if (!group || !artifact || type !== "jar" || !version || !scope) {
        throw new Error(`cannot read "${line}" of dependency:list`);
    }
    const classifier = fields.length === 6 ? `-${fields[3] ?? ""}` : "";
    const name = `${artifact}-${version}${classifier}.jar`;
    return [[...group.split("."), artifact, version, name].join("/")];
}

function pom(roots: readonly string[]): string {
    const dependencies = roots.map((root) => {
        const [group, artifact, version] = root.split(":");
        return `<dependency><groupId>${group ?? ""}</groupId><artifactId>${artifact ?? ""}</artifactId><version>${version ?? ""}</version></dependency>`;
    });
    return (
        `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>` +
        `<groupId>lock</groupId><artifactId>lock</artifactId><version>1</version>` +
        `<packaging>pom</packaging><dependencies>${dependencies.join("")}</dependencies></project>`
    );
}

async function lockArtifact(
    repository: URL,
    artifactPath: string,
): Promise<{ artifact: LockedArtifact; checkedBy: string }> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await openArtifact(repository, artifactPath)) {
        chunks.push(chunk as Uint8Array);
    }
    const content = Buffer.concat(chunks);
    const digest = (algorithm: string) => createHash(algorithm).update(content).digest("hex");
    const artifact = { path: artifactPath, sha512: digest("sha512"), size: content.length };
    for (const algorithm of CHECKSUMS) {
        const published = await readText(repository, `${artifactPath}.${algorithm}`);
        if (published === undefined) continue;
        // Some checksum files also name the file.
        const expected = published.trim().split(/\s+/)[0]?.toLowerCase();
        const actual = digest(algorithm);
        if (expected !== actual) {
            throw new Error(
                `${artifactUrl(repository, artifactPath)} has ${algorithm} ${actual}, ` +
                    `its checksum file has ${expected ?? "nothing"}`,
            );
        }
        return { artifact, checkedBy: algorithm };
    }
    return { artifact, checkedBy: "nothing (no checksum file published)" };
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
