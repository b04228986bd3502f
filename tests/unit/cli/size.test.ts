import assert from "node:assert/strict";
import { parse } from "yaml";
import { parseSettings } from "../../../config/parseSettings";
import { run } from "../../../cli/main";
import { sizeReport } from "../../../cli/size/runSize";
import { sizeRequest } from "../../../cli/size/sizeRequest";
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

    it("ends with 3 where the rate is out of reach, names the limit and what would help", async () => {
        const { code, out } = await sized(
            ...FAR,
            ...["--records-per-second", "1000000", "--link-mbit", "100"],
        );
        assert.equal(code, 3);
        assert.match(out, /Out of reach, by the bandwidth of the link to the source\. What would/);
        assert.match(out, /The most that can be had is 11,[0-9]+ records\/s/);
    });

    it("judges a stack as it is, and sizes for what it states", () => {
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
        assert(report.profiles.tutorial > 1.5 * report.profiles.default);
        const text = sizeText(report);
        assert.match(
            text,
            /^Pulumi\.dev\.yaml as it is carries 8,\d+ records\/s .*: not enough\./m,
        );
        assert.match(text, /^For Pulumi\.dev\.yaml:$/m);
    });

    it("ends with 3 where the stack does not reach what an option wants, else with 0", async () => {
        const dev = ["--stack", "dev", "--record-size", "100", "--partitions", "3"];
        const far = [...dev, "--target-round-trip", "50", "--records-per-second"];
        assert.equal((await sized(...far, "9000")).code, 3);
        assert.equal((await sized(...far, "8000")).code, 0);
    });

    it("puts options before what the stack states", () => {
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

    for (const [args, said] of [
        [["--records-per-second", "5"], /^kafka-dr: --record-size, --partitions not given\./],
        [[...FAR], /--records-per-second or --megabytes-per-second not given\. Example/],
        [["--stack", "dev"], /Pulumi\.dev\.yaml may state them in kafka-dr:mirror\.throughput/],
        [[...FAR, "--records-per-second", "1", "--megabytes-per-second", "1"], /both given/],
        [[...FAR, "--records-per-second", "many"], /number of at least 0\.001/],
        [[...FAR, "--records-per-second", "0"], /number of at least 0\.001/],
        [["--record-size", "1.5"], /whole number of at least 1/],
        [["--compression-ratio", "0.5"], /number of at least 1/],
    ] as const) {
        it(`"${args.join(" ")}" is wrong input`, async () => {
            const { code, out, err } = await sized(...args);
            assert.equal(code, 2);
            assert.equal(out, "");
            assert.match(err, said);
        });
    }
});
