import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { providerUrn, RecordingBackend, urnName } from "../../engine";
import { backendWith, Component, named, run } from "./support";

const configMap = (name: string, options?: pulumi.CustomResourceOptions, data = {}) =>
    new k8s.core.v1.ConfigMap(name, { metadata: { name }, data }, options);

/** A resource of any type, with `data` as an output. */
class Plain extends pulumi.CustomResource {
    declare readonly data: pulumi.Output<unknown>;
}

describe("engine: what a program registers", () => {
    it("gives URNs the types of all ancestors except the root stack", async () => {
        const result = await run(() => {
            new Component("outer", (outer) => {
                new Component(
                    "inner",
                    (inner) => configMap("leaf", { parent: inner }),
                    { parent: outer },
                    "test:index:Inner",
                );
            });
        });
        assert.equal(
            named(result, "leaf").urn,
            "urn:pulumi:stack::project::test:index:Component$test:index:Inner$kubernetes:core/v1:ConfigMap::leaf",
        );
        assert.equal(named(result, "leaf").options.parent, named(result, "inner").urn);
        assert.equal(named(result, "outer").options.parent, result.stackUrn);
        assert.equal(result.registrations[0]!.urn, result.stackUrn);
    });

    it("does not confuse equal names under different kinds of components", async () => {
        const child = (parent: Component) => configMap("same", { parent });
        const result = await run(() => {
            new Component("one", child, {}, "test:index:One");
            new Component("two", child, {}, "test:index:Two");
        });
        assert.equal(new Set(result.registrations.map(({ urn }) => urn)).size, 5);
    });

    it("keeps the order of dependsOn and outputs", async () => {
        const finished: string[] = [];
        const recording = new RecordingBackend();
        const backend = backendWith({
            create: async (registration, context) => {
                // The first is the slowest, so only waiting for it gives the right order.
                const turns = { first: 20, second: 10 }[registration.name] ?? 0;
                for (let turn = 0; turn < turns; turn++) {
                    await new Promise(setImmediate);
                }
                finished.push(registration.name);
                return recording.create(registration, context);
            },
        });
        const result = await run(
            () => {
                const first = configMap("first");
                const second = configMap("second", { dependsOn: first });
                configMap("third", {}, { of: second.metadata.name });
            },
            { backend },
        );
        assert.deepEqual(finished, ["first", "second", "third"]);
        assert.deepEqual(named(result, "second").options.dependencies, [
            named(result, "first").urn,
        ]);
        assert.deepEqual(named(result, "third").options.propertyDependencies.data, [
            named(result, "second").urn,
        ]);
    });

    it("waits for the children of a component that something depends on", async () => {
        const result = await run(() => {
            const component = new Component("parent", (parent) => configMap("child", { parent }));
            configMap("after", { dependsOn: component });
        });
        assert.deepEqual(named(result, "after").options.dependencies, [named(result, "child").urn]);
    });

    it("gives each component's children its provider, and the backend that provider's inputs", async () => {
        const contexts = new Map<string, unknown>();
        const recording = new RecordingBackend();
        const backend = backendWith({
            create: (registration, context) => {
                const provider = context.provider(registration.options.provider);
                contexts.set(registration.name, provider?.inputs.context);
                return recording.create(registration, context);
            },
        });
        const result = await run(
            () => {
                for (const site of ["source", "target"]) {
                    const provider = new k8s.Provider(`${site}-provider`, {
                        context: `${site}-ctx`,
                    });
                    new Component(site, (parent) => configMap(`${site}-map`, { parent }), {
                        provider,
                    });
                }
                configMap("default");
            },
            { backend },
        );
        assert.deepEqual(Object.fromEntries(contexts), {
            "source-map": "source-ctx",
            "target-map": "target-ctx",
            default: undefined,
        });
        const reference = named(result, "source").options.providers.kubernetes!;
        assert.equal(urnName(providerUrn(reference)), "source-provider");
    });

    it("refuses default providers when the stack's config disables them", async () => {
        const config = { "pulumi:disable-default-providers": '["kubernetes"]' };
        await assert.rejects(
            run(() => configMap("homeless"), { config }),
            /^EngineError: Default provider for 'kubernetes' disabled. '.*::homeless' must use/,
        );
        await run(
            () => {
                const provider = new k8s.Provider("provider", {});
                new Component("component", (parent) => configMap("housed", { parent }), {
                    provider,
                });
                new random.RandomPassword("password", { length: 12 });
            },
            { config },
        );
    });

    it("lets children inherit protect, retainOnDelete and deletedWith", async () => {
        const result = await run(() => {
            const namespace = new k8s.core.v1.Namespace("namespace");
            new Component(
                "component",
                (parent) => {
                    configMap("child", { parent });
                    configMap("exception", { parent, protect: false, retainOnDelete: false });
                },
                { protect: true, retainOnDelete: true, deletedWith: namespace },
            );
        });
        const { protect, retainOnDelete, deletedWith } = named(result, "child").options;
        assert.deepEqual(
            { protect, retainOnDelete, deletedWith },
            { protect: true, retainOnDelete: true, deletedWith: named(result, "namespace").urn },
        );
        assert.equal(named(result, "exception").options.protect, false);
        assert.equal(named(result, "exception").options.retainOnDelete, false);
    });

    it("sees the other options", async () => {
        const result = await run(() =>
            configMap("all", {
                ignoreChanges: ["data"],
                replaceOnChanges: ["metadata.name"],
                deleteBeforeReplace: true,
                customTimeouts: { create: "15m" },
                additionalSecretOutputs: ["data"],
                aliases: [{ name: "earlier" }],
            }),
        );
        const { options } = named(result, "all");
        assert.deepEqual(options.ignoreChanges, ["data"]);
        assert.deepEqual(options.replaceOnChanges, ["metadata.name"]);
        assert.equal(options.deleteBeforeReplace, true);
        assert.deepEqual(options.customTimeouts, { create: "15m" });
        assert.deepEqual(options.additionalSecretOutputs, ["data"]);
        const own = { name: "earlier", parent: result.stackUrn };
        assert.deepEqual(options.aliases[0], own);
    });

    it("represents a resource as a value by its id, a component by its URN", async () => {
        const result = await run(() => {
            const custom = configMap("custom");
            const component = new Component("component", () => undefined);
            new Plain("test:index:Holder", "holder", { custom, component });
        });
        const { inputs } = named(result, "holder");
        assert.deepEqual(inputs, { custom: "custom", component: named(result, "component").urn });
    });

    it("returns the id and the outputs of the backend to the program", async () => {
        const backend = new RecordingBackend({
            creates: [{ name: "pod", outputs: { status: { phase: "Running" } } }],
        });
        const result = await run(
            () => {
                const pod = new k8s.core.v1.Pod("pod", { metadata: { name: "p", namespace: "n" } });
                return { id: pod.id, phase: pod.status.phase };
            },
            { backend },
        );
        assert.deepEqual(result.outputs, { id: "n/p", phase: "Running" });
        assert.deepEqual(result.unknownOutputs, []);
    });
});

describe("engine: secrets", () => {
    it("unwraps them for the backend, keeps their paths, wraps the outputs again", async () => {
        const result = await run(() => {
            const map = configMap("map", {}, { "a.b": pulumi.secret("s3cret"), plain: "text" });
            return { data: map.data, name: map.metadata.name };
        });
        const { inputs, secretPaths } = named(result, "map");
        assert.deepEqual(inputs.data, { "a.b": "s3cret", plain: "text" });
        assert.deepEqual(secretPaths, ['data["a.b"]']);
        assert.deepEqual(result.outputs.data, { "a.b": "s3cret", plain: "text" });
        assert.deepEqual(result.secretOutputs, ["data"]);
    });

    it("keeps the outputs of a Secret and additionalSecretOutputs secret", async () => {
        const backend = new RecordingBackend({
            creates: [{ name: "secret", outputs: { data: { key: "dmFsdWU=" } } }],
        });
        const result = await run(
            () => {
                // Not the class of the Kubernetes SDK, which asks for secret outputs by itself.
                const secret = new Plain("kubernetes:core/v1:Secret", "secret", {
                    data: undefined,
                });
                const map = configMap("map", { additionalSecretOutputs: ["data"] }, { a: "b" });
                const password = new random.RandomPassword("password", { length: 20 });
                return { secret: secret.data, map: map.data, password: password.result };
            },
            { backend },
        );
        assert.deepEqual([...result.secretOutputs].sort(), ["map", "password", "secret"]);
        assert.equal(String(result.outputs.password).length, 20);
    });
});

describe("engine: reads", () => {
    const reads = [
        { type: "kubernetes:core/v1:Secret", outputs: { data: { "ca.crt": "Q0E=" } } },
        {
            type: "pulumi:pulumi:StackReference",
            outputs: {
                name: "organization/other/dev",
                outputs: { url: "http://here", token: "t0ken" },
                secretOutputNames: ["token"],
            },
        },
    ];
    const backend = new RecordingBackend({ reads });

    it("returns what the backend read, with the data of a Secret as a secret", async () => {
        const result = await run(
            () => {
                const provider = new k8s.Provider("provider", {});
                const secret = k8s.core.v1.Secret.get("ca", "kafka/ca-cert", { provider });
                return { ca: secret.data["ca.crt"] };
            },
            { backend },
        );
        assert.deepEqual(result.outputs, { ca: "Q0E=" });
        assert.deepEqual(result.secretOutputs, ["ca"]);
        assert.equal(result.reads[0]!.id, "kafka/ca-cert");
        assert.equal(urnName(providerUrn(result.reads[0]!.provider!)), "provider");
    });

    it("reads another stack's outputs and keeps its secrets secret", async () => {
        const result = await run(
            () => {
                const other = new pulumi.StackReference("organization/other/dev");
                const all = other.outputs;
                return { url: other.requireOutput("url"), token: other.getOutput("token"), all };
            },
            { backend },
        );
        const all = { url: "http://here", token: "t0ken" };
        assert.deepEqual(result.outputs, { ...all, all });
        assert.deepEqual([...result.secretOutputs].sort(), ["all", "token"]);
    });

    it("reads in a preview, unless the id is unknown", async () => {
        const program = () => {
            const made = configMap("made");
            const known = k8s.core.v1.Secret.get("known", "n/known");
            const later = k8s.core.v1.Secret.get("later", pulumi.interpolate`${made.id}-ca`);
            return { known: known.data, later: later.data };
        };
        const result = await run(program, { backend, preview: true });
        assert.deepEqual(result.reads.map(({ name, id }) => [name, id]).sort(), [
            ["known", "n/known"],
            ["later", undefined],
        ]);
        assert.deepEqual(result.unknownOutputs, ["later"]);
        assert.deepEqual(result.outputs.known, { "ca.crt": "Q0E=" });
        const up = await run(program, { backend });
        assert.deepEqual(up.unknownOutputs, []);
    });
});

describe("engine: previews", () => {
    it("knows the inputs but neither ids nor status, nor values derived from them", async () => {
        let applied = 0;
        const program = () => {
            const pod = new k8s.core.v1.Pod("pod", { metadata: { name: "p" } });
            configMap("map", {}, { ip: pod.status.podIP, name: pod.metadata.name });
            pod.status.apply(() => applied++);
            return { id: pod.id, name: pod.metadata.name };
        };
        const result = await run(program, { preview: true });
        assert.deepEqual(named(result, "map").unknownPaths, ["data.ip"]);
        assert.deepEqual(result.unknownOutputs, ["id"]);
        assert.equal(result.outputs.name, "p");
        assert.equal(applied, 0);
        await run(program);
        assert.equal(applied, 1);
    });
});
