import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { type MirrorNaming, nameAtTarget, topicMirroring } from "../../config/mirroredTopics";
import { DEFAULT_TOPICS_EXCLUDE } from "../../config/mirrorSchema";
import { kafkaClassPath } from "../../lab/artifacts/artifacts";
import { prepareJvm } from "../../lab/process/jvm";

interface Question {
    readonly naming: MirrorNaming;
    readonly topic: string;
}

const STACK: MirrorNaming = {
    topicsPattern: ".*",
    topicsExcludePattern: DEFAULT_TOPICS_EXCLUDE,
    replicationPolicy: "identity",
    replicationPolicySeparator: ".",
    sourceAlias: "my-cluster",
    targetAlias: "my-cluster-tgt",
};

/** Answers as our function gives them, in the form of the Java program's. */
function ours({ naming, topic }: Question): string {
    return `${topicMirroring(naming)(topic).isMirrored}\t${nameAtTarget(naming)(topic)}`;
}

/** Answers of MirrorMaker 2's own classes. */
async function theirs(questions: readonly Question[]): Promise<string[]> {
    const folder = mkdtempSync(join(tmpdir(), "kafka-dr-"));
    try {
        const program = join(__dirname, "support", "java", "MirroredTopics.java");
        const { command, args, cwd } = await prepareJvm({
            name: "mirrored-topics",
            mainClass: program,
            args: [],
            classPath: await kafkaClassPath(),
            heapMegabytes: 128,
            folder,
            shortLived: true,
            systemProperties: { "log4j2.level": "OFF" },
        });
        const child = spawn(command, args, { cwd, stdio: ["pipe", "pipe", "pipe"] });
        const [output, errors] = [text(child.stdout), text(child.stderr)];
        child.stdin.end(
            questions
                .map(({ naming, topic }) =>
                    [
                        naming.replicationPolicy,
                        naming.replicationPolicySeparator,
                        naming.sourceAlias,
                        naming.targetAlias,
                        naming.topicsPattern,
                        naming.topicsExcludePattern,
                        topic,
                    ]
                        .join("\t")
                        .concat("\n"),
                )
                .join(""),
        );
        const [code] = (await once(child, "close")) as [number | null];
        assert.equal(code, 0, await errors);
        // The log is on the same output.
        return (await output).split("\n").filter((line) => /^(true|false)\t/.test(line));
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

async function assertSame(questions: readonly Question[]): Promise<void> {
    const expected = await theirs(questions);
    const described = ({ naming, topic }: Question, answer: string | undefined) =>
        `${JSON.stringify({ topic, ...naming })} ${answer}`;
    assert.deepEqual(
        questions.map((question) => described(question, ours(question))),
        questions.map((question, index) => described(question, expected[index])),
    );
}

const NAMES = [
    ...["orders", "orders.internal", "orders-internal", "orders.replica", "__x", "_x", ".y", "."],
    ...["heartbeats", "device-heartbeats", "a.heartbeats", "a.device-heartbeats", "heartbeats.x"],
    ...["my-cluster.heartbeats", "my-cluster-tgt.heartbeats", "my-cluster-tgt.device-heartbeats"],
    ...["my-cluster-tgt.orders", "my-cluster.orders", "a.my-cluster-tgt.orders", "..", "a..", "-"],
    ...["my-cluster.checkpoints.internal", "checkpoints.internal", "mm2-offset-syncs.x.internal"],
    ...["mm2-x.internal", "mm2_x_internal", "x_checkpoints_internal", "__.heartbeats", "ORDERS"],
];

/** A runtime without a compiler cannot run a program from its source. */
function hasJavaCompiler(): boolean {
    const home = process.env.JAVA_HOME;
    const java = home ? join(home, "bin", "java") : "java";
    const { stdout } = spawnSync(java, ["--list-modules"], { encoding: "utf8" });
    return stdout.includes("jdk.compiler");
}

describe("which topics MirrorMaker 2 mirrors, and under which names", function () {
    before(function () {
        if (!hasJavaCompiler()) {
            console.log(
                "      skipped: MirrorMaker 2's classes are asked by a program that needs a JDK, and this Java has no compiler",
            );
            this.skip();
        }
    });

    it("is decided as its own classes decide, for every kind of name and setting", async () => {
        const settings: readonly Partial<MirrorNaming>[] = [
            {},
            { replicationPolicy: "default" },
            { replicationPolicySeparator: "_" },
            { replicationPolicySeparator: "-", replicationPolicy: "default" },
            { topicsPattern: "orders.*, a\\..*" },
            { topicsExcludePattern: "orders.*, .*heartbeats" },
            { topicsPattern: "(?i)orders, DEVICE-.*" },
            { sourceAlias: "a.b", targetAlias: "a", replicationPolicy: "default" },
        ];
        await assertSame(
            settings.flatMap((change) =>
                NAMES.map((topic) => ({ naming: { ...STACK, ...change }, topic })),
            ),
        );
    });

    it("is decided as its own classes decide, for random names and aliases", async () => {
        const part = fc.constantFrom(
            ...[
                "",
                "a",
                "mm2",
                "heartbeats",
                "internal",
                "checkpoints",
                "__",
                "src",
                "tgt",
                "beats",
            ],
        );
        const separator = fc.constantFrom(".", "-", "_", "a", "t", "..", "__", "beats");
        const topic = fc
            .tuple(fc.array(part, { minLength: 1, maxLength: 5 }), fc.array(separator))
            .map(([parts, separators]) =>
                parts.map((one, index) => one + (separators[index] ?? "")).join(""),
            )
            .filter((name) => name !== "");
        const naming = fc.record({
            topicsPattern: fc.constantFrom(".*", "a.*, .*tgt.*", ".*internal"),
            topicsExcludePattern: fc.constantFrom(DEFAULT_TOPICS_EXCLUDE, ".*[-.]heartbeats", "x"),
            replicationPolicy: fc.constantFrom("identity" as const, "default" as const),
            replicationPolicySeparator: separator,
            sourceAlias: fc.constantFrom("src", "a", "a.b"),
            targetAlias: fc.constantFrom("tgt", "a-b", "mm2"),
        });
        await assertSame(fc.sample(fc.record({ naming, topic }), 3000));
    });
});
