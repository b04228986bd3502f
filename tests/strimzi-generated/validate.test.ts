import * as assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { validateStrimziObject } from "../../strimzi/schema/validate";

const EXAMPLES = path.join(__dirname, "examples");

function example(name: string): unknown {
    return parse(readFileSync(path.join(EXAMPLES, `${name}.yaml`), "utf8"));
}

/** The example with one field replaced, added or (undefined) taken away. */
function changed(name: string, field: (string | number)[], value: unknown): unknown {
    const object = example(name);
    let parent = object as Record<string | number, unknown>;
    for (const step of field.slice(0, -1)) {
        assert.ok(step in parent, `the example ${name} has ${step}`);
        parent = parent[step] as Record<string | number, unknown>;
    }
    const last = field.at(-1)!;
    if (value === undefined) {
        assert.ok(last in parent, `the example ${name} has ${last}`);
        assert.ok(Reflect.deleteProperty(parent, last));
    } else {
        parent[last] = value;
    }
    return object;
}

describe("validateStrimziObject", () => {
    for (const file of readdirSync(EXAMPLES).sort()) {
        it(`accepts ${file}`, () => {
            assert.deepEqual(validateStrimziObject(example(path.basename(file, ".yaml"))), []);
        });
    }

    const mm2 = "mirror-maker-2-full";
    const certificate = ["spec", "target", "tls", "trustedCertificates", 0];
    const mutations: [string, string, (string | number)[], unknown, RegExp][] = [
        [
            "an unknown field",
            mm2,
            ["spec", "mirrors", 0, "heartbeatConnector"],
            {},
            /^spec\.mirrors\[0\]\.heartbeatConnector: unknown field, allowed: .*checkpointConnector/,
        ],
        [
            "an unknown field of metadata",
            mm2,
            ["metadata", "label"],
            {},
            /^metadata\.label: unknown field, allowed: name, namespace, labels, annotations$/,
        ],
        [
            "an unknown top-level field",
            mm2,
            ["specs"],
            {},
            /^specs: unknown field, allowed: apiVersion, kind, metadata, spec, status$/,
        ],
        [
            "a value outside of the enum",
            mm2,
            ["spec", "mirrors", 0, "sourceConnector", "state"],
            "pause",
            /^spec\.mirrors\[0\]\.sourceConnector\.state: must be .*"paused".*, is "pause"$/,
        ],
        [
            "a type that is gone in v1",
            mm2,
            ["spec", "target", "authentication", "type"],
            "oauth",
            /^spec\.target\.authentication\.type: must be .*"custom", is "oauth"$/,
        ],
        [
            "a string for an integer",
            mm2,
            ["spec", "replicas"],
            "3",
            /^spec\.replicas: must be integer, is "3"$/,
        ],
        [
            "a number for a string",
            mm2,
            ["spec", "version"],
            4.3,
            /^spec\.version: must be string, is 4\.3$/,
        ],
        ["a missing required field", mm2, ["spec", "target"], undefined, /^spec\.target: missing/],
        ["a missing spec", mm2, ["spec"], undefined, /^spec: missing/],
        ["a missing namespace", mm2, ["metadata", "namespace"], undefined, /^metadata\.namespace:/],
        [
            "a name that is not a DNS name",
            mm2,
            ["metadata", "name"],
            "My_MM2",
            /^metadata\.name: must/,
        ],
        [
            "an alias that does not match",
            mm2,
            ["spec", "target", "alias"],
            "a b",
            /^spec\.target\.alias: must match pattern/,
        ],
        [
            "tasksMax below 1",
            mm2,
            ["spec", "mirrors", 0, "sourceConnector", "tasksMax"],
            0,
            /tasksMax: must be >= 1, is 0$/,
        ],
        [
            "two alternatives at once",
            mm2,
            [...certificate, "certificate"],
            "ca.crt",
            /trustedCertificates\[0\]: must have exactly one of certificate or pattern$/,
        ],
        [
            "none of the alternatives",
            mm2,
            [...certificate, "pattern"],
            undefined,
            /trustedCertificates\[0\]: must have exactly one of certificate or pattern$/,
        ],
        [
            "a quantity that is neither integer nor string",
            mm2,
            ["spec", "resources", "limits", "cpu"],
            true,
            /^spec\.resources\.limits\.cpu: must be integer or string.*, is true$/,
        ],
        [
            "an old API version",
            mm2,
            ["apiVersion"],
            "kafka.strimzi.io/v1beta2",
            /^apiVersion: must be "kafka\.strimzi\.io\/v1", is "kafka\.strimzi\.io\/v1beta2"$/,
        ],
        ["an unknown kind", mm2, ["kind"], "KafkaConnect", /^kind: must be one of .*KafkaTopic/],
        ["ZooKeeper", "kafka", ["spec", "zookeeper"], {}, /^spec\.zookeeper: unknown field/],
        ["no listeners", "kafka", ["spec", "kafka", "listeners"], [], /listeners: must NOT have/],
        [
            "an unknown role",
            "kafka-node-pool",
            ["spec", "roles", 0],
            "leader",
            /roles\[0\]: must be/,
        ],
        [
            "operation in the singular",
            "kafka-user",
            ["spec", "authorization", "acls", 0, "operation"],
            "Read",
            /operation: unknown field, allowed: .*operations/,
        ],
        ["no partitions", "kafka-topic", ["spec", "partitions"], 0, /partitions: must be >= 1/],
    ];
    for (const [what, name, field, value, expected] of mutations) {
        it(`refuses ${what}, in one message that names the place`, () => {
            const errors = validateStrimziObject(changed(name, field, value));
            assert.equal(errors.length, 1, errors.join("\n"));
            assert.match(errors[0]!, expected);
        });
    }

    it("accepts any value in the free-form config maps", () => {
        for (const value of ["x", 1, true, -1.5]) {
            const object = changed(mm2, ["spec", "target", "config", "some.key"], value);
            assert.deepEqual(validateStrimziObject(object), []);
        }
    });

    it("reports all errors together", () => {
        const object = changed(mm2, ["spec", "replicas"], "x") as Record<string, unknown>;
        object.metadata = { name: "a" };
        assert.equal(validateStrimziObject(object).length, 2);
    });

    it("refuses what is not an object of a kind", () => {
        for (const value of [undefined, null, 1, "Kafka", [], {}]) {
            assert.equal(validateStrimziObject(value).length, 1);
        }
    });
});
