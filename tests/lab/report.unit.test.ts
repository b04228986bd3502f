import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { Progress } from "../../lab/demo/progress";
import { type DemoResult, isAsExpected, renderReport } from "../../lab/demo/report";

const RESULT: DemoResult = {
    kafkaVersion: "4.3.1",
    user: "my-app",
    isFenced: true,
    source: site("my-cluster", [4, 3, 3]),
    target: site("my-cluster-tgt", [4, 3, 3]),
    statusUrl: "http://127.0.0.1:8083",
    workers: 1,
    metricsUrls: ["http://127.0.0.1:9404/metrics"],
    connectors: [
        {
            name: "a->b.MirrorSourceConnector",
            state: "RUNNING",
            tasks: [
                { id: 0, state: "RUNNING" },
                { id: 1, state: "FAILED" },
                { id: 2, state: "RUNNING" },
            ],
        },
        { name: "a->b.MirrorCheckpointConnector", state: "RUNNING", tasks: [] },
    ],
    topic: "my-topic",
    records: 10,
    recordBytes: 100,
    producedSeconds: 2,
    mirroredSeconds: 5,
    peakMemoryBytes: 2 ** 31,
    totalSeconds: 30,
};

function site(cluster: string, logEndOffsets: readonly number[]) {
    return { cluster, bootstrapServers: "127.0.0.1:9093", tls: true, logEndOffsets };
}

describe("the demo's exit code", () => {
    const cases: readonly [string, Partial<DemoResult>, boolean][] = [
        ["equal offsets of all records", {}, true],
        ["a partition with fewer records at the target", { target: site("t", [4, 3, 2]) }, false],
        ["a partition with more records at the target", { target: site("t", [4, 3, 4]) }, false],
        ["a partition that the target lacks", { target: site("t", [4, 3]) }, false],
        ["equal offsets, but fewer records than were sent", { records: 11 }, false],
        ["a target that accepted a write", { isFenced: false }, false],
        ["no partition at either site", { source: site("s", []), target: site("t", []) }, false],
    ];
    for (const [name, change, expected] of cases) {
        it(`${expected ? "accepts" : "refuses"} ${name}`, () => {
            assert.equal(isAsExpected({ ...RESULT, ...change }), expected);
        });
    }
});

describe("the demo's report", () => {
    it("names every failed check", () => {
        const text = renderReport({ ...RESULT, target: site("t", [4, 3]) });
        assert.match(text, /RUNNING, tasks 0, 2 RUNNING, task 1 FAILED/);
        assert.match(text, /no task yet: the source has no consumer group/);
        assert.match(text, /my-topic:2 +3 +none {2}DIFFERENT/);
        assert.match(
            text,
            /^FAILED: the log-end offsets of my-topic differ between the source and the target\.$/m,
        );
        assert.match(text, /^OK: the target refused a write by my-app: /m);
        const open = renderReport({ ...RESULT, isFenced: false });
        assert.match(open, /^FAILED: the target accepted a write by my-app, /m);
    });

    it("has the metrics URL of each worker, when metrics are on", () => {
        assert.match(
            renderReport(RESULT),
            /^Metrics {2}http:\/\/127\.0\.0\.1:9404\/metrics {2}Prometheus$/m,
        );
        assert.doesNotMatch(renderReport({ ...RESULT, metricsUrls: [] }), /Metrics/);
    });

    it("has no line of more than 100 characters", () => {
        const longest = Math.max(
            ...renderReport(RESULT)
                .split("\n")
                .map((line) => line.length),
        );
        assert(longest <= 100, `${longest} characters`);
    });
});

describe("Progress", () => {
    function written(
        isTTY: boolean,
        write: (progress: Progress, wait: (s: number) => void) => void,
    ) {
        const out = Object.assign(new PassThrough(), { isTTY });
        let now = performance.now();
        const progress = new Progress(out, () => now);
        write(progress, (seconds) => {
            now += seconds * 1000;
        });
        return String(out.read() ?? "");
    }

    it("rewrites one line on a terminal and removes it at the end", () => {
        const text = written(true, (progress) => {
            progress.activity("10 %");
            progress.activity("20 %");
            progress.clear();
        });
        assert.match(text, /10 %\r\u001b\[K.*20 %\r\u001b\[K$/);
        assert(!text.includes("\n"));
    });

    it("writes plain lines elsewhere, at most one every five seconds", () => {
        const text = written(false, (progress, wait) => {
            progress.activity("10 %");
            wait(4);
            progress.activity("20 %");
            wait(2);
            progress.activity("30 %");
        });
        assert.equal(text.split("\n").length - 1, 2);
        assert(!text.includes("\u001b") && !text.includes("20 %"));
    });
});
