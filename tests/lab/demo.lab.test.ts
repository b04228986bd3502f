import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gone, processesIn } from "./support/leakedProcesses";

const MAIN = path.join(__dirname, "..", "..", "lab", "demo", "main.ts");
const RECORDS = "20000";
/** For the interrupted demos: the JVM's quick compiler alone costs less CPU. */
const QUICK_JVM = { JAVA_TOOL_OPTIONS: "-XX:TieredStopAtLevel=1" };

/** The end and the output of a run of the demo. */
interface DemoRun {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stdout: string;
    readonly stderr: string;
}

describe("make demo", function () {
    let parent: string;
    beforeEach(() => {
        parent = mkdtempSync(path.join(tmpdir(), "demo-test-"));
    });
    afterEach(() => {
        rmSync(parent, { recursive: true, force: true });
    });

    /** Runs the demo; `act` is called once, when its output matches `at`. */
    async function demo(
        environment: Readonly<Record<string, string>>,
        at?: RegExp,
        act: (child: ChildProcess) => void | Promise<void> = () => undefined,
    ): Promise<DemoRun> {
        const child = spawn(process.execPath, ["-r", "tsx/cjs", MAIN], {
            env: {
                ...process.env,
                KEEP: "",
                TMPDIR: parent,
                // Otherwise dependencies leave their caches in the temporary folder, as the Makefile says.
                DISABLE_V8_COMPILE_CACHE: "1",
                TSX_DISABLE_CACHE: "1",
                ...environment,
            },
            stdio: ["ignore", "pipe", "pipe"],
        });
        let stdout = "";
        let stderr = "";
        let acted: Promise<void> | undefined;
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
            stdout += text;
            if (at?.test(stdout)) {
                acted ??= Promise.resolve(act(child));
            }
        });
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            stderr += text;
        });
        try {
            const [code, signal] = (await once(child, "close")) as [
                number | null,
                NodeJS.Signals | null,
            ];
            await acted;
            return { code, signal, stdout, stderr };
        } finally {
            child.kill("SIGKILL");
        }
    }

    it("mirrors the records, reports, and leaves no process and no file", async () => {
        const { code, stdout, stderr } = await demo({ RECORDS });
        assert.equal(code, 0, stderr);
        for (const line of [
            /^Source {3}my-cluster {2}127\.0\.0\.1:\d+ {2}TLS$/m,
            /^Target {3}my-cluster-tgt {2}127\.0\.0\.1:\d+ {2}TLS$/m,
            /^Client {3}my-app {2}SCRAM-SHA-512; writes at the source, reads at both sites$/m,
            /^MM2 {6}http:\/\/127\.0\.0\.1:\d+ {2}Connect REST API, 1 worker$/m,
            /^Metrics {2}http:\/\/127\.0\.0\.1:\d+\/metrics {2}Prometheus$/m,
            /^my-cluster->my-cluster-tgt\.MirrorSourceConnector\n {2}RUNNING, tasks 0, 1, 2 RUNNING$/m,
            /^my-cluster->my-cluster-tgt\.MirrorCheckpointConnector\n {2}RUNNING, /m,
            /^my-topic:0 +6667 +6667 {2}equal\nmy-topic:1 +6667 +6667 {2}equal\nmy-topic:2 +6666 +6666 {2}equal$/m,
            /^Written {2}20,000 records of 100 bytes in [\d.]+ s, [\d,]+ records\/s$/m,
            /^Mirrored all of them after [\d.]+ s, [\d,]+ records\/s; the last [\d.]+ s after the last write$/m,
            /^OK: every partition of my-topic has the same log-end offset at the source and the target\.$/m,
            /^OK: the target refused a write by my-app: only the active site accepts writes\.$/m,
        ]) {
            assert.match(stdout, line);
        }
        await gone(parent);
    });

    it("refuses an impossible number of records in one line", async () => {
        const { code, stdout, stderr } = await demo({ RECORDS: "x" });
        assert.equal(code, 1);
        assert.equal(stdout, "");
        assert.equal(
            stderr,
            'kafka-dr demo: RECORDS must be a whole number of at least 1, not "x".\n',
        );
        await gone(parent);
    });

    // The signal arrives at a random moment within one phase of the start.
    const moments: readonly [phase: string, at: RegExp, withinMs: number][] = [
        ["the preview of the stack", /Deploying the stack/, 800],
        ["the start of the clusters", /Starting Kafka/, 6000],
        ["the start of MirrorMaker 2", /Starting MirrorMaker 2/, 5000],
    ];
    for (const [phase, at, withinMs] of moments) {
        it(`ends by SIGINT during ${phase}, and leaves no process and no file`, async () => {
            const delayMs = randomInt(withinMs);
            const { code, signal, stdout, stderr } = await demo(
                { RECORDS, ...QUICK_JVM },
                at,
                async (child) => {
                    await sleep(delayMs);
                    child.kill("SIGINT");
                },
            );
            const seen = `SIGINT ${delayMs} ms after ${String(at)}:\n${stdout}${stderr}`;
            assert.deepEqual([code, signal], [null, "SIGINT"], seen);
            assert.ok(!stdout.includes("OK:"), seen);
            await gone(parent);
        });
    }

    it("ends with one clear error when a broker is killed", async () => {
        const { code, stdout, stderr } = await demo(
            // More records than the demo writes before the kill.
            { RECORDS: "5000000", ...QUICK_JVM },
            /% written to the source/,
            () => {
                const brokers = processesIn(parent).filter((pid) =>
                    /my-cluster-broker-\d+\/server\.properties\0$/.test(
                        readFileSync(`/proc/${pid}/cmdline`, "utf8"),
                    ),
                );
                assert.equal(brokers.length, 1);
                process.kill(Number(brokers[0]), "SIGKILL");
            },
        );
        assert.equal(code, 1);
        assert.doesNotMatch(stdout, /OK:/);
        const [first, ...log] = stderr.trimEnd().split("\n");
        assert.match(
            first!,
            /^kafka-dr demo: my-cluster-broker-\d+ ended by SIGKILL; the last lines of its log:$/,
        );
        assert.ok(log.length > 0 && log.length <= 20, stderr);
        assert.ok(
            log.every((line) => line.startsWith("    ")),
            stderr,
        );
        await gone(parent);
    });
});
