import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime";
import * as strimzi from "../../strimzi/resources";

describe("the resources of strimzi/resources", () => {
    const registered: MockResourceArgs[] = [];
    const status = { observedGeneration: 1, url: "http://mm2:8083" };

    beforeEach(async () => {
        registered.length = 0;
        await pulumi.runtime.setMocks({
            call: () => ({}),
            newResource: (args) => {
                registered.push(args);
                return { id: args.id ?? "kafka/x", state: { ...(args.inputs as object), status } };
            },
        });
    });

    const metadata = { name: "x", namespace: "kafka" };
    const make = {
        Kafka: () => {
            const listeners = [
                { name: "plain", port: 9092, type: "internal" as const, tls: false },
            ];
            return new strimzi.Kafka("r", { metadata, spec: { kafka: { listeners } } });
        },
        KafkaNodePool: () => {
            const storage = { type: "ephemeral" as const };
            const spec = { replicas: 1, roles: ["broker" as const], storage };
            return new strimzi.KafkaNodePool("r", { metadata, spec });
        },
        KafkaMirrorMaker2: () => {
            const target = {
                alias: "target",
                // As in a component that takes the address from a resource.
                bootstrapServers: pulumi.output("target:9093"),
                groupId: "__mm2",
                configStorageTopic: "__mm2-config",
                offsetStorageTopic: "__mm2-offset",
                statusStorageTopic: "__mm2-status",
            };
            const source = { alias: "source", bootstrapServers: pulumi.output("source:9093") };
            const spec = { replicas: pulumi.output(1), target, mirrors: [{ source }] };
            return new strimzi.KafkaMirrorMaker2("r", { metadata: pulumi.output(metadata), spec });
        },
        KafkaUser: () =>
            new strimzi.KafkaUser("r", { metadata, spec: { authentication: { type: "tls" } } }),
        KafkaTopic: () => new strimzi.KafkaTopic("r", { metadata, spec: { partitions: 3 } }),
    };

    for (const [kind, create] of Object.entries(make)) {
        it(`${kind} registers its token and inputs, and has a status`, async () => {
            const resource = create();
            assert.deepEqual(await valueOf(resource.status), status);
            assert.equal(registered.length, 1);
            assert.equal(registered[0]!.type, `kubernetes:kafka.strimzi.io/v1:${kind}`);
            const inputs = registered[0]!.inputs as Record<string, unknown>;
            assert.deepEqual(Object.keys(inputs).sort(), [
                "apiVersion",
                "kind",
                "metadata",
                "spec",
            ]);
            assert.equal(inputs.apiVersion, "kafka.strimzi.io/v1");
            assert.equal(inputs.kind, kind);
            assert.deepEqual(inputs.metadata, metadata);
            assert.deepEqual(await valueOf(resource.metadata), metadata);
        });
    }

    it("resolves Outputs deep in the spec", async () => {
        const resource = make.KafkaMirrorMaker2();
        const spec = await valueOf(resource.spec);
        assert.equal(spec.replicas, 1);
        assert.equal(spec.target.bootstrapServers, "target:9093");
        assert.equal(spec.mirrors[0]!.source.bootstrapServers, "source:9093");
    });

    it("get reads an object by its id, with spec and status", async () => {
        const kinds = [
            strimzi.Kafka,
            strimzi.KafkaNodePool,
            strimzi.KafkaMirrorMaker2,
            strimzi.KafkaUser,
            strimzi.KafkaTopic,
        ];
        for (const kind of kinds) {
            const resource = kind.get("read", "kafka/mine");
            assert.equal(await valueOf(resource.id), "kafka/mine");
            assert.deepEqual(await valueOf<unknown>(resource.status), status);
            assert.equal(await valueOf<string>(resource.kind), kind.name);
        }
        assert.deepEqual(
            registered.map(({ id }) => id),
            kinds.map(() => "kafka/mine"),
        );
    });
});

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => {
        output.apply((value) => {
            resolve(value);
        });
    });
}
