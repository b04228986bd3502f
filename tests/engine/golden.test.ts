import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { parseAllDocuments } from "yaml";
import { RecordingBackend, renderGolden } from "../../engine";
import { Component, run } from "./support";

function program() {
    const provider = new k8s.Provider("cluster", { context: "kind" });
    const password = new random.RandomPassword("password", { length: 12 });
    const component = new Component(
        "component",
        (parent) => {
            new k8s.core.v1.ConfigMap(
                "map",
                {
                    metadata: { name: "map", namespace: "n" },
                    data: { "z.yml": "first: 1\nsecond: 2\n", "a.b": password.result },
                },
                {
                    parent,
                    retainOnDelete: true,
                    ignoreChanges: ["data"],
                    customTimeouts: { create: "5m" },
                },
            );
        },
        { provider, protect: true },
    );
    const pod = new k8s.core.v1.Pod(
        "pod",
        {
            metadata: { name: "pod" },
            spec: { containers: [], volumes: [{ name: "v", emptyDir: {} }] },
        },
        { provider, dependsOn: component },
    );
    const secret = k8s.core.v1.Secret.get("read", "n/secret", { provider });
    return { ip: pod.status.podIP, token: password.result, ca: secret.metadata.name };
}
const backend = new RecordingBackend({
    reads: [{ name: "read", outputs: { metadata: { name: "secret" } } }],
    creates: [{ name: "pod", outputs: { status: { podIP: "10.0.0.1" } } }],
});

const expected = `type: kubernetes:core/v1:Pod
name: pod
provider: cluster
dependsOn:
  - ConfigMap/map
inputs:
  apiVersion: v1
  kind: Pod
  metadata:
    name: pod
  spec:
    containers: []
    volumes:
      - emptyDir: {}
        name: v
---
type: kubernetes:core/v1:Secret
name: read
read: n/secret
provider: cluster
additionalSecretOutputs:
  - data
  - stringData
---
type: pulumi:providers:kubernetes
name: cluster
inputs:
  context: kind
---
type: random:index/randomPassword:RandomPassword
name: password
additionalSecretOutputs:
  - bcryptHash
  - result
inputs:
  length: 12
---
type: kubernetes:core/v1:ConfigMap
name: map
parent: Component/component
provider: cluster
protect: true
retainOnDelete: true
dependsOn:
  - RandomPassword/password
ignoreChanges:
  - data
customTimeouts:
  create: 5m
inputs:
  apiVersion: v1
  data:
    a.b: "[secret]"
    z.yml: |
      first: 1
      second: 2
  kind: ConfigMap
  metadata:
    name: map
    namespace: n
---
type: test:index:Component
name: component
providers:
  kubernetes: cluster
protect: true
---
outputs:
  ca: secret
  ip: 10.0.0.1
  token: "[secret]"
`;

describe("engine: golden files", () => {
    it("show resources and outputs, and no secret", async () => {
        const result = await run(program, { backend });
        const golden = renderGolden(result);
        assert.equal(golden, expected);
        assert.equal(golden.includes(String(result.outputs.token)), false);
    });

    it("are the same in every run, whatever the order of registration", async () => {
        const inOrder = (names: string[]) => () => {
            for (const name of names) {
                new random.RandomPet(name);
            }
        };
        const [one, other] = await Promise.all([
            run(inOrder(["a", "B", "c"])),
            run(inOrder(["c", "a", "B"])),
        ]);
        assert.equal(renderGolden(one), renderGolden(other));
        assert.equal(renderGolden(await run(program, { backend })), expected);
    });

    it("mark values that a preview does not know", async () => {
        const made = () => {
            const map = new k8s.core.v1.ConfigMap("map");
            new k8s.core.v1.ConfigMap("next", { data: { id: map.id } });
            return { hidden: pulumi.secret(map.id), id: map.id };
        };
        const documents = parseAllDocuments(renderGolden(await run(made, { preview: true })));
        const [, next, outputs] = documents.map((document) => document.toJS() as object);
        assert.deepEqual((next as { inputs: { data: object } }).inputs.data, { id: "[unknown]" });
        assert.deepEqual(outputs, { outputs: { hidden: "[secret]", id: "[unknown]" } });
    });
});

describe("engine: the recording backend", () => {
    it("names objects without a name, the same in every run", async () => {
        const made = () => {
            const map = new k8s.core.v1.ConfigMap("map", { metadata: { namespace: "n" } });
            return { id: map.id, name: map.metadata.name, annotations: map.metadata.annotations };
        };
        const { outputs } = await run(made);
        assert.match(String(outputs.name), /^map-[0-9a-f]{7}$/);
        assert.equal(outputs.id, `n/${String(outputs.name)}`);
        assert.deepEqual(outputs.annotations, { "pulumi.com/autonamed": "true" });
        assert.deepEqual((await run(made)).outputs, outputs);
    });

    it("returns values in the format of each random resource, different for each", async () => {
        const made = () => ({
            one: new random.RandomPassword("one", { length: 40 }).result,
            two: new random.RandomPassword("two", { length: 40 }).result,
            id: new random.RandomId("id", { byteLength: 4 }).hex,
            uuid: new random.RandomUuid("uuid").result,
            number: new random.RandomInteger("number", { min: 5, max: 6 }).result,
            bytes: new random.RandomBytes("bytes", { length: 40 }).hex,
        });
        const { outputs, secretOutputs } = await run(made);
        assert.match(String(outputs.one), /^[A-Za-z0-9]{40}$/);
        assert.notEqual(outputs.one, outputs.two);
        assert.match(String(outputs.id), /^[0-9a-f]{8}$/);
        assert.match(String(outputs.uuid), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        assert.ok([5, 6].includes(Number(outputs.number)));
        assert.equal(String(outputs.bytes).length, 80);
        assert.deepEqual([...secretOutputs].sort(), ["bytes", "one", "two"]);
        assert.deepEqual((await run(made, { preview: true })).unknownOutputs.length, 6);
    });

    it("fails the scripted resources", async () => {
        const broken = new RecordingBackend({
            creates: [{ name: "map", error: "quota exceeded" }],
        });
        await assert.rejects(
            run(() => new k8s.core.v1.ConfigMap("map"), { backend: broken }),
            /quota exceeded/,
        );
    });
});
