import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { EngineError, type Program, RecordingBackend } from "../../engine";
import { backendWith, Component, named, run } from "./support";

const configMap = (name: string, options?: pulumi.CustomResourceOptions) =>
    new k8s.core.v1.ConfigMap(name, { metadata: { name } }, options);

describe("engine: a run", () => {
    it("passes project, stack, organization, config and secrets to the program", async () => {
        const result = await run(
            () => {
                const config = new pulumi.Config();
                return {
                    names: [pulumi.getProject(), pulumi.getStack(), pulumi.getOrganization()],
                    plain: config.requireObject("plain"),
                    hidden: config.requireSecret("hidden"),
                };
            },
            {
                project: "p",
                stack: "s",
                organization: "o",
                config: { "p:plain": '{"a":1}', "p:hidden": "h" },
                secretKeys: ["p:hidden"],
            },
        );
        assert.deepEqual(result.outputs, { names: ["p", "s", "o"], plain: { a: 1 }, hidden: "h" });
        assert.deepEqual(result.secretOutputs, ["hidden"]);
    });

    it("has its own state, even when runs overlap", async () => {
        const program = (name: string) => async () => {
            await setImmediate();
            return { id: configMap(name).id, value: new pulumi.Config("p").get("key") };
        };
        const config = { "p:key": "first" };
        const first = await run(program("one"), { config, preview: true });
        const [second, third] = await Promise.all([
            run(program("two"), { config: { "p:key": "second" } }),
            run(program("two"), { stack: "other" }),
        ]);
        assert.deepEqual(first.unknownOutputs, ["id"]);
        assert.deepEqual(second.outputs, { id: "two", value: "second" });
        assert.deepEqual(third.outputs, { id: "two" });
        assert.deepEqual(
            [first, second, third].map((result) => result.registrations.length),
            [2, 2, 2],
        );
        assert.match(third.stackUrn, /^urn:pulumi:other::/);
    });

    it("collects what the program logs", async () => {
        const seen: string[] = [];
        const result = await run(
            () => {
                void pulumi.log.info("hello", configMap("map"));
                void pulumi.log.warn("careful");
            },
            { onLog: ({ message }) => seen.push(message) },
        );
        const { urn } = named(result, "map");
        assert.deepEqual(result.logs, [
            { severity: "info", message: "hello", urn },
            { severity: "warning", message: "careful" },
        ]);
        assert.deepEqual(seen, ["hello", "careful"]);
    });
});

describe("engine: a run that fails", () => {
    const failing = backendWith({
        create: () => Promise.reject(new Error("port 9092 is taken")),
    });
    const strays: unknown[] = [];
    const noteStray = (reason: unknown) => strays.push(reason);

    before(() => process.on("unhandledRejection", noteStray));
    after(() => process.off("unhandledRejection", noteStray));
    afterEach(async () => {
        await setImmediate();
        await setImmediate();
        assert.deepEqual(strays.splice(0), []);
        assert.ok(process.listeners("unhandledRejection").includes(noteStray));
        // A failure must not block the next run.
        const next = await run(() => {
            const map = configMap("next");
            void pulumi.log.info("still logging", map);
            return { id: map.id };
        });
        assert.deepEqual(next.outputs, { id: "next" });
        assert.equal(next.logs.length, 1);
    });

    it("names the failed resource with the backend's message", async () => {
        const program = () => {
            const broker = configMap("broker");
            void pulumi.log.info("about to fail", broker);
            configMap("dependent", { dependsOn: broker });
            return { id: broker.id };
        };
        await assert.rejects(run(program, { backend: failing }), (error) => {
            assert.ok(error instanceof EngineError);
            assert.equal(error.message, "port 9092 is taken");
            assert.equal(
                error.urn,
                "urn:pulumi:stack::project::kubernetes:core/v1:ConfigMap::broker",
            );
            return true;
        });
    });

    it("stops calling the backend, and waits for operations in progress", async () => {
        const started: string[] = [];
        let slowIsDone = false;
        let aborted: AbortSignal | undefined;
        const recording = new RecordingBackend();
        const backend = backendWith({
            create: async (registration, context) => {
                started.push(registration.name);
                if (registration.name === "bad") {
                    throw new Error("no");
                }
                if (registration.name === "slow") {
                    aborted = context.signal;
                    for (let turn = 0; turn < 20; turn++) {
                        await setImmediate();
                    }
                    slowIsDone = true;
                }
                return recording.create(registration, context);
            },
        });
        const program = () => {
            const slow = configMap("slow");
            const bad = configMap("bad");
            configMap("after-bad", { dependsOn: bad });
            configMap("after-slow", { dependsOn: slow });
        };
        await assert.rejects(run(program, { backend }), /^EngineError: no$/);
        assert.equal(slowIsDone, true);
        assert.equal(aborted?.aborted, true);
        assert.deepEqual(started.sort(), ["bad", "slow"]);
    });

    const boom = new Error("boom");
    const programs: Record<string, Program> = {
        "throws at once": () => {
            throw boom;
        },
        "rejects later": async () => {
            new Component("component", (parent) => configMap("child", { parent }));
            await setImmediate();
            throw boom;
        },
        "throws in an apply whose result is unused": () => {
            configMap("map").id.apply(() => {
                throw boom;
            });
        },
        "throws in an apply that is an output": () => ({
            out: configMap("map").id.apply(() => {
                throw boom;
            }),
        }),
        "leaves a rejected promise unhandled": () => {
            void setImmediate().then(() => Promise.reject(boom));
        },
    };
    for (const [what, program] of Object.entries(programs)) {
        it(`rejects with what the program ${what}`, async () => {
            await assert.rejects(run(program), boom);
        });
    }

    const messages: Record<string, [Program, RegExp]> = {
        "an input that fails": [
            () =>
                new k8s.core.v1.ConfigMap("map", {
                    data: pulumi.output(1).apply(() => {
                        throw new Error("no data");
                    }),
                }),
            /^Error: error serializing property "data": no data$/,
        ],
        "a URN that exists": [
            () => {
                configMap("twin");
                configMap("twin");
            },
            /^EngineError: Duplicate resource URN '.*::twin'; try giving it a unique name$/,
        ],
        "a read that fails": [
            () => k8s.core.v1.Secret.get("gone", "n/gone"),
            /^EngineError: no script for the read of kubernetes:core\/v1:Secret "n\/gone"$/,
        ],
        "an output that another stack does not have": [
            () => new pulumi.StackReference("organization/other/dev").requireOutput("url"),
            /^EngineError: no script/,
        ],
        "a provider function": [
            () => pulumi.runtime.invoke("test:index:function", {}),
            /^Error: the backend has no provider function test:index:function$/,
        ],
        "an error that is logged": [() => pulumi.log.error("wrong"), /^Error: wrong$/],
        "a transform": [
            () => configMap("map", { transforms: [() => undefined] }),
            /does not support transforms/,
        ],
    };
    for (const [what, [program, message]] of Object.entries(messages)) {
        it(`fails by ${what}`, async () => {
            await assert.rejects(run(program), message);
        });
    }

    it("ends when it is aborted", async () => {
        const controller = new AbortController();
        const backend = backendWith({
            create: (_registration, { signal }) =>
                new Promise((_resolve, reject) => {
                    signal.addEventListener("abort", () => {
                        reject(new Error("cancelled"));
                    });
                    controller.abort(boom);
                }),
        });
        const { signal } = controller;
        await assert.rejects(
            run(() => configMap("map"), { backend, signal }),
            boom,
        );
    });

    it("leaves rejections outside a run to the other listeners", async () => {
        const foreign = new Error("not of this run");
        const outside = new Promise((_resolve, reject) => {
            globalThis.setImmediate(reject, foreign);
        });
        void outside;
        await run(async () => {
            await setImmediate();
            await setImmediate();
        });
        assert.deepEqual(strays.splice(0), [foreign]);
    });
});
