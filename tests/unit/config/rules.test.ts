import assert from "node:assert/strict";
import { parseSettings } from "../../../config/parseSettings";
import { SettingsError } from "../../../config/problem";
import { rules } from "../../../config/rules";
import { type Change, changed, rawStack } from "../../support/rawSettings";
import { ephemeral, inFlight, refused, warned } from "./ruleCases";

function problemsOf(changes: readonly Change[]) {
    try {
        parseSettings(changed(rawStack("dev"), ...changes), "Pulumi.dev.yaml");
    } catch (error) {
        assert(error instanceof SettingsError, String(error));
        return error.problems;
    }
    return [];
}

describe("rules between settings", () => {
    for (const { rule, changes, key, says, also = [] } of refused) {
        it(`${rule}: refuses ${changes.map(([path]) => path).join(", ")}`, () => {
            const problems = problemsOf(changes).filter((problem) => !also.includes(problem.rule));
            assert.deepEqual(
                problems.map((problem) => [problem.rule, problem.key]),
                [[rule, key]],
            );
            assert(problems[0]!.message.includes(says), problems[0]!.message);
        });
    }

    for (const { rule, changes, key, says } of warned) {
        it(`${rule}: warns of ${changes.map(([path]) => path).join(", ")}`, () => {
            const { warnings } = parseSettings(changed(rawStack("dev"), ...changes), "file");
            assert.deepEqual(
                warnings.map((warning) => [warning.rule, warning.key]),
                [[rule, key]],
            );
            assert(warnings[0]!.message.includes(says), warnings[0]!.message);
        });
    }

    it("has a case for every rule", () => {
        const tested = new Set([...refused, ...warned].map(({ rule }) => rule));
        assert.deepEqual(
            rules.map(({ id }) => id).filter((id) => !tested.has(id)),
            [],
        );
    });

    const allowed: Record<string, readonly Change[]> = {
        "in-flight 5 with idempotence": [
            [inFlight, 5],
            ["mirror/producerOverrides/enable.idempotence", "true"],
        ],
        "in-flight 5 where exactly-once makes the producer idempotent": [
            [inFlight, 5],
            ["mirror/exactlyOnceSourceSupport", "enabled"],
        ],
        "an override of a value that the profile sets": [
            ["mirror/profile", "lan"],
            [inFlight, 1],
            ["mirror/producerOverrides/enable.idempotence", false],
        ],
        "acks -1, which is all": [["mirror/producerOverrides", { acks: "-1" }]],
        "an explicit bootstrap over an internal listener from another cluster": [
            ["target/context", "elsewhere"],
            ["mirror/sourceBootstrapServers", "kafka.internal.example.com:9093"],
        ],
        "the same name in two namespaces": [
            ["target/name", "my-cluster"],
            ["target/alias", "standby"],
        ],
        "an exclude of one's own behind the defaults": [
            ["mirror/topicsExcludePattern", ".*[\\-\\.]internal, .*\\.replica, __.*, test-.*"],
        ],
        "an ingress with its hosts": [
            [
                "source/listeners",
                [
                    {
                        name: "outside",
                        port: 9094,
                        type: "ingress",
                        configuration: { class: "nginx", bootstrap: { host: "kafka.example.com" } },
                    },
                ],
            ],
        ],
        "a heap of exactly 75 % of the limit": [["source/nodePools/1/jvmHeap", "1152m"]],
        "an exception to what Strimzi drops": [
            ["source/config", { "ssl.enabled.protocols": "TLSv1.3" }],
        ],
        "insecure listeners where the stack says so and protects nothing": [
            ["security", { allowInsecureListeners: true }],
            ["source/listeners", [{ name: "plain", port: 9092, tls: false }]],
        ],
        "an anonymous listener without an authorizer": [
            ["security", { allowInsecureListeners: true }],
            ["source/listeners", [{ name: "open", port: 9093, authentication: "none" }]],
            ["source/authorization", "none"],
            ["users", []],
        ],
        "no User Operator without authentication": [
            ["security", { allowInsecureListeners: true }],
            ["target/listeners", [{ name: "open", port: 9093, authentication: "none" }]],
            ["target/authorization", "none"],
            ["target/entityOperator", { userOperator: false }],
            ["users", []],
        ],
        "a request that is the limit": [["mirror/resources/requests", { cpu: 2, memory: "2Gi" }]],
        "three replicas on three brokers of two pools": [
            ["source/nodePools/1/replicas", 2],
            [
                "source/nodePools/2",
                { name: "more", roles: ["broker"], replicas: 1, storage: ephemeral },
            ],
            ["source/config", { "default.replication.factor": 3, "min.insync.replicas": 2 }],
        ],
    };
    for (const [name, changes] of Object.entries(allowed)) {
        it(`allow ${name}`, () => {
            assert.deepEqual(problemsOf(changes), []);
        });
    }
});
