import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseSettings } from "../../../config/parseSettings";
import { SettingsError } from "../../../config/problem";
import { RENAMED_SETTINGS, RENAMED_VALUES } from "../../../config/renamed";
import { type Change, changed, rawStack } from "../../support/rawSettings";

function errorOf(...changes: readonly Change[]): SettingsError {
    try {
        parseSettings(changed(rawStack("dev"), ...changes), "Pulumi.dev.yaml");
    } catch (error) {
        assert(error instanceof SettingsError, String(error));
        return error;
    }
    throw new Error("The settings were accepted.");
}

describe("parseSettings", () => {
    for (const stack of ["dev", "prod", "lab"] as const) {
        it(`accepts Pulumi.${stack}.yaml without a warning`, () => {
            assert.deepEqual(parseSettings(rawStack(stack), `Pulumi.${stack}.yaml`).warnings, []);
        });
    }

    it("fills in defaults that are safe for disaster recovery", () => {
        const { settings } = parseSettings(rawStack("dev"), "Pulumi.dev.yaml");
        assert.equal(settings.mirror.offsetSyncsTopicLocation, "target");
        assert.equal(settings.mirror.syncGroupOffsetsEnabled, true);
        assert.equal(settings.mirror.syncTopicAclsEnabled, false);
        assert.deepEqual(settings.mirror.autoRestart, { enabled: true });
        assert.equal(settings.mirror.replicationPolicy, "identity");
        assert.match(settings.mirror.topicsExcludePattern, /__\.\*/);
        assert(settings.mirror.refreshTopicsIntervalSeconds <= 60);
        assert(settings.mirror.emitCheckpointsIntervalSeconds <= 10);
        assert(settings.source.managed);
        assert.deepEqual(settings.source.listeners, [
            {
                name: "tls",
                port: 9093,
                type: "internal",
                tls: true,
                authentication: "scram-sha-512",
            },
        ]);
        assert.equal(settings.source.authorization, "simple");
        assert.equal(settings.security.allowInsecureListeners, false);
    });

    const shapes: readonly [string, Change, string, string, string][] = [
        ["a wrong type", ["mirror/replicas", "3"], "wrong-type", "mirror.replicas", "whole number"],
        ["a fraction", ["mirror/tasksMax", 1.5], "wrong-type", "mirror.tasksMax", "whole number"],
        ["no task", ["mirror/tasksMax", 0], "out-of-range", "mirror.tasksMax", "at least 1"],
        [
            "a missing value",
            ["source/context", undefined],
            "required",
            "source.context",
            "required",
        ],
        ["a missing section", ["target", undefined], "required", "target", "required"],
        ["null", ["mirror/name", null], "wrong-type", "mirror.name", "not null"],
        ["a list for an object", ["mirror", []], "wrong-type", "mirror", "not an array"],
        ["text for a list", ["topics", "my-topic"], "wrong-type", "topics", "not a string"],
        [
            "an unknown version",
            ["source/kafkaVersion", "3.9.0"],
            "not-allowed",
            "source.kafkaVersion",
            '"4.3.1"',
        ],
        [
            "an unknown role",
            ["target/nodePools/0/roles", ["zookeeper"]],
            "not-allowed",
            "target.nodePools[0].roles[0]",
            '"controller" or "broker"',
        ],
        [
            "an unknown storage",
            ["target/nodePools/0/storage", { type: "jbod" }],
            "wrong-type",
            "target.nodePools[0].storage.type",
            "persistent-claim",
        ],
        [
            "an invalid size",
            ["target/nodePools/0/storage", { type: "persistent-claim", size: "lots" }],
            "quantity",
            "target.nodePools[0].storage.size",
            "2Gi",
        ],
        ["an invalid heap", ["mirror/jvmHeap", "1Gi"], "heap-size", "mirror.jvmHeap", "512m"],
        [
            "a flag of the JVM with its dashes",
            ["mirror/jvmFlags", { "-XX:UseParallelGC": true }],
            "jvm-flag",
            'mirror.jvmFlags["-XX:UseParallelGC"]',
            "UseParallelGC",
        ],
        [
            "a flag of the JVM that would be two",
            ["mirror/jvmFlags", { OnError: "a -XX:+ShowCodeDetails" }],
            "jvm-flag",
            "mirror.jvmFlags.OnError",
            "without blanks",
        ],
        [
            "a name that Kubernetes refuses",
            ["source/name", "My_Cluster"],
            "kubernetes-name",
            "source.name",
            "lower-case",
        ],
        [
            "a name that is too long",
            ["source/name", "a".repeat(41)],
            "kubernetes-name",
            "source.name",
            "at most 40",
        ],
        [
            "an alias that MM2 refuses",
            ["source/alias", "a->b"],
            "alias",
            "source.alias",
            "1 to 100 letters",
        ],
        [
            "a topic that Kafka refuses",
            ["topics/0/name", "a/b"],
            "topic-name",
            "topics[0].name",
            "Kafka topic name",
        ],
        [
            "a port below 9092",
            ["source/listeners", [{ name: "a", port: 80 }]],
            "out-of-range",
            "source.listeners[0].port",
            "at least 9092",
        ],
        [
            "the port of the metrics",
            ["source/listeners", [{ name: "a", port: 9404 }]],
            "listener-port",
            "source.listeners[0].port",
            "9404",
        ],
        [
            "a broken pattern",
            ["mirror/topicsPattern", "orders("],
            "invalid-pattern",
            "mirror.topicsPattern",
            '"orders("',
        ],
        [
            "a comma in a quantifier",
            ["mirror/topicsPattern", "a{1,3}"],
            "invalid-pattern",
            "mirror.topicsPattern",
            "splits the list at every comma",
        ],
        [
            "an empty pattern",
            ["mirror/groupsPattern", "a,,b"],
            "invalid-pattern",
            "mirror.groupsPattern",
            "is empty",
        ],
        [
            "a line break in an override",
            ["mirror/producerOverrides", { "client.rack": "a\nb" }],
            "single-line",
            'mirror.producerOverrides["client.rack"]',
            "one line",
        ],
        [
            "an object as an override",
            ["mirror/producerOverrides", { "batch.size": {} }],
            "wrong-type",
            'mirror.producerOverrides["batch.size"]',
            "a string, a number or a boolean",
        ],
        [
            "a throughput without a rate",
            ["mirror/throughput", { recordBytes: 100, partitions: 3 }],
            "throughput-rate",
            "mirror.throughput",
            "either recordsPerSecond or megabytesPerSecond",
        ],
        [
            "a round trip below 0",
            [
                "mirror/throughput",
                { recordsPerSecond: 1, recordBytes: 100, partitions: 3, roundTripMs: -1 },
            ],
            "out-of-range",
            "mirror.throughput.roundTripMs",
            "a number of at least 0 ms",
        ],
        [
            "the earlier name of a value",
            ["mirror/profile", "default"],
            "renamed-value",
            "mirror.profile",
            'is now called "kafka"; rename the value',
        ],
        [
            "a profile that does not exist",
            ["mirror/profile", "fast"],
            "not-allowed",
            "mirror.profile",
            '"kafka" or "tutorial" or "lan" or "wan"',
        ],
        [
            "a name that is no configuration",
            ["mirror/workerConfig", { "a b": 1 }],
            "config-name",
            'mirror.workerConfig["a b"]',
            "Kafka configuration name",
        ],
        [
            "brokers without a port",
            ["mirror/sourceBootstrapServers", "kafka"],
            "bootstrap-servers",
            "mirror.sourceBootstrapServers",
            "9094",
        ],
        [
            "a separator that no topic may have",
            ["mirror/replicationPolicySeparator", "/"],
            "wrong-format",
            "mirror.replicationPolicySeparator",
            "topic name",
        ],
        [
            "a misspelt field",
            ["mirror/taskMax", 3],
            "unknown-key",
            "mirror.taskMax",
            'did you mean "tasksMax"?',
        ],
        ["a misspelt key", ["mirorr", {}], "unknown-key", "mirorr", 'did you mean "mirror"?'],
        [
            "a misspelt field of a pool",
            ["source/nodePools/0/replica", 3],
            "unknown-key",
            "source.nodePools[0].replica",
            'did you mean "replicas"?',
        ],
        [
            "the earlier name of a field",
            ["mirror/generation", 2],
            "renamed-key",
            "mirror.generation",
            'is now called "epoch"; rename the key',
        ],
        [
            "the earlier name of a field in a list",
            ["users/0/credentialsGeneration", 2],
            "renamed-key",
            "users[0].credentialsGeneration",
            'is now called "credentialsRevision"; rename the key',
        ],
        [
            "a field of a managed cluster at an existing one",
            ["source/managed", false],
            "unknown-key",
            "source.nodePools",
            "did you mean",
        ],
    ];
    for (const [name, change, rule, key, says] of shapes) {
        it(`refuses ${name} (${key})`, () => {
            const found = errorOf(change).problems.find((problem) => problem.rule === rule);
            assert(found !== undefined, errorOf(change).message);
            assert.equal(found.key, `kafka-dr:${key}`);
            assert(found.message.includes(says), found.message);
        });
    }

    it("finds every renamed setting and value in the changelog", () => {
        const lines = readFileSync("CHANGELOG.md", "utf8").split("\n");
        const settings = Object.entries(RENAMED_SETTINGS).map(([before, name]) => [
            before,
            before.replace(/[^.]+$/, name),
        ]);
        const values = Object.entries(RENAMED_VALUES).flatMap(([key, renamed]) =>
            Object.entries(renamed).map(([before, now]) => [`${key}: ${before}`, `${key}: ${now}`]),
        );
        for (const row of [...settings, ...values]) {
            assert(
                lines.some((line) => row.every((key) => line.includes(`\`kafka-dr:${key}\``))),
                row.join(" -> "),
            );
        }
    });

    it("refuses a CA that is not PEM", () => {
        const existing = {
            managed: false,
            name: "legacy",
            namespace: "kafka",
            context: "kind-kafka-dr",
            bootstrapServers: "legacy:9093",
        };
        for (const pem of [
            "",
            "ca.crt",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        ]) {
            const { problems } = errorOf(
                ["source", { ...existing, caCertificates: pem }],
                ["topics", []],
                ["users", []],
            );
            assert.deepEqual(
                problems.map(({ rule, key }) => [rule, key]),
                [["pem", "kafka-dr:source.caCertificates"]],
            );
        }
    });

    it("reports shape and rules of all sections together", () => {
        const error = errorOf(
            ["mirror/replicas", "three"],
            ["mirror/producerOverrides", { acks: "1" }],
            ["source/nodePools/0/jvmHeap", "9g"],
            ["target/alias", "my-cluster"],
            ["extra", 1],
        );
        assert.deepEqual(error.problems.map((problem) => problem.rule).sort(), [
            "acks-not-all",
            "heap-above-memory-limit",
            "same-alias",
            "unknown-key",
            "wrong-type",
        ]);
    });

    it("names file, count, key, value, message and rule in its text", () => {
        const { message } = errorOf(["mirror/tasksMax", 0]);
        assert.equal(
            message,
            "Pulumi.dev.yaml: 1 setting is wrong; nothing was changed.\n" +
                "  kafka-dr:mirror.tasksMax = 0: must be a whole number of at least 1 task [out-of-range]",
        );
    });

    it("shows a hostile value on one line, shortened", () => {
        const { message } = errorOf(["source/name", `x\n\u001b[2J${"y".repeat(500)}`]);
        assert.equal(message.split("\n").length, 2);
        assert(!message.includes("\u001b"));
        assert(message.length < 500, message);
    });

    it("accepts CPUs as a number, as in the YAML `cpu: 2`", () => {
        const raw = changed(rawStack("dev"), ["mirror/resources/limits/cpu", 2]);
        assert.equal(parseSettings(raw, "file").settings.mirror.resources?.limits.cpu, "2");
    });
});
