import assert from "node:assert/strict";
import { parse } from "yaml";
import { parseSettings } from "../../../config/parseSettings";
import { run } from "../../../cli/main";
import { sizeReport, sizeRequest } from "../../../cli/size/size";
import { sizeText } from "../../../cli/size/sizeText";
import { type Change, changed, rawStack } from "../../support/rawSettings";
import { testIo } from "../../support/testIo";

async function sized(...args: string[]) {
    const io = testIo();
    const code = await run(["size", ...args], io);
    return { code, out: io.stdoutText(), err: io.stderrText() };
}

const FAR = ["--partitions", "12", "--record-size", "1000", "--round-trip", "40"];

function settingsWith(...changes: readonly Change[]) {
    return parseSettings(changed(rawStack("dev"), ...changes), "Pulumi.dev.yaml").settings;
}

describe("kafka-dr size", () => {
    it("prints a size, its limits and settings that the stack accepts", async () => {
        const { code, out, err } = await sized(...FAR, "--megabytes-per-second", "50");
        assert.deepEqual([code, err], [0, ""]);
        assert.match(out, /^Wanted: 50,000 records\/s of 1000 bytes \(50 MB\/s\) in 12 partitions/);
        assert.match(out, /This size carries .* limited by /);
        assert.match(out, /^ {2}tasks +\d+$/m);
        const [, fragment = ""] = out.split("For Pulumi.<stack>.yaml:\n");
        const { config } = parse(fragment) as { config: Record<string, object> };
        const raw = changed(
            rawStack("dev"),
            ["mirror", { name: "m", ...config["kafka-dr:mirror"] }],
            ["source/config", Reflect.get(config["kafka-dr:source"] ?? {}, "config")],
        );
        const { settings, warnings } = parseSettings(raw, "file");
        assert.equal(settings.mirror.throughput?.recordsPerSecond, 50_000);
        assert.deepEqual(
            warnings.filter(({ rule }) => rule !== "idle-tasks"),
            [],
        );
    });

    it("prints one JSON document", async () => {
        const { out } = await sized(...FAR, "--records-per-second", "50000", "--json");
        const report = JSON.parse(out) as Record<string, unknown>;
        assert.deepEqual(Object.keys(report), [
            "recordsPerSecond",
            "workload",
            "size",
            "settings",
            "profiles",
            "limit",
        ]);
    });

    it("exits with 3 when the rate is not reachable, and names the limit and the remedy", async () => {
        const { code, out } = await sized(
            ...FAR,
            ...["--records-per-second", "1000000", "--link-mbit", "100"],
        );
        assert.equal(code, 3);
        assert.match(
            out,
            /Not reachable\. The limit is the bandwidth of the link to the source\. To raise it:/,
        );
        assert.match(out, /The maximum is 11,[0-9]+ records\/s/);
    });

    it("predicts what a stack carries, and sizes it for its throughput settings", () => {
        const throughput = {
            recordsPerSecond: 50_000,
            recordBytes: 100,
            partitions: 3,
            targetRoundTripMs: 50,
        };
        const settings = settingsWith(["mirror/throughput", throughput]);
        const report = sizeReport({ stack: "dev" }, settings);
        assert.equal(report.stack?.reaches, false);
        assert.equal(report.stack.prediction.limit, "round-trip");
        assert(report.size.reachable);
        assert(report.profiles.tutorial > 1.5 * report.profiles.kafka);
        const text = sizeText(report);
        assert.match(
            text,
            /^Pulumi\.dev\.yaml with its settings carries 8,\d+ records\/s .*: not enough\./m,
        );
        assert.match(text, /^For Pulumi\.dev\.yaml:$/m);
    });

    it("exits with 3 when the stack does not reach the rate of an option, otherwise with 0", async () => {
        const dev = ["--stack", "dev", "--record-size", "100", "--partitions", "3"];
        const far = [...dev, "--target-round-trip", "50", "--records-per-second"];
        assert.equal((await sized(...far, "9000")).code, 3);
        assert.equal((await sized(...far, "8000")).code, 0);
    });

    it("runs the examples of its help", async () => {
        const { out } = await sized("--help");
        const examples = [...out.matchAll(/^ {2}kafka-dr size (.+)$/gm)].map(
            ([, args = ""]) => args,
        );
        assert.equal(examples.length, 2);
        for (const example of examples) {
            const { code, err } = await sized(...example.split(" "));
            assert.deepEqual([code, err], [0, ""], example);
        }
    });

    it("lets options override the settings of the stack", () => {
        const settings = settingsWith([
            "mirror/throughput",
            {
                megabytesPerSecond: 2,
                recordBytes: 100,
                partitions: 3,
                roundTripMs: 7,
                targetRoundTripMs: 4,
            },
        ]);
        const request = sizeRequest(
            { recordSize: 200, roundTrip: 9, plaintext: true, brokers: 5, cpus: 3 },
            settings,
        );
        assert.deepEqual(request, {
            recordsPerSecond: 10_000,
            mostCpus: 3,
            exactlyOnce: false,
            workload: {
                partitions: 3,
                recordBytes: 200,
                sourceRoundTripMs: 9,
                targetRoundTripMs: 4,
                linkMbitPerSecond: undefined,
                compressionRatio: 1,
                tls: false,
                sourceBrokers: 5,
                targetBrokers: 5,
            },
        });
    });

    for (const [args, message] of [
        [["--records-per-second", "5"], /^kafka-dr: missing: --record-size, --partitions\./],
        [[...FAR], /missing: --records-per-second or --megabytes-per-second\. Example/],
        [["--stack", "dev"], /set kafka-dr:mirror\.throughput in Pulumi\.dev\.yaml/],
        [
            [...FAR, "--records-per-second", "1", "--megabytes-per-second", "1"],
            /both given\. Both set the wanted rate/,
        ],
        [
            [...FAR, "--records-per-second", "1", "--tls", "--plaintext"],
            /--tls and --plaintext are both given\. Connections are either encrypted or not/,
        ],
        [[...FAR, "--records-per-second", "many"], /number of at least 0\.001/],
        [[...FAR, "--records-per-second", "0"], /number of at least 0\.001/],
        [["--record-size", "1.5"], /whole number of at least 1/],
        [["--compression-ratio", "0.5"], /number of at least 1/],
    ] as const) {
        it(`refuses "${args.join(" ")}"`, async () => {
            const { code, out, err } = await sized(...args);
            assert.equal(code, 2);
            assert.equal(out, "");
            assert.match(err, message);
        });
    }
});
