import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Program, RecordingBackend, type ScriptedKnown } from "../../engine";
import { withIgnoredChanges } from "../../engine/backend";
import { formatPropertyPath, parsePropertyPath } from "../../engine/propertyPath";
import { backendWith, Component, named, run } from "./support";

type HookArgs = pulumi.ResourceHookArgs;
type Data = Record<string, pulumi.Input<string>>;

const NAME = "map";
const inputsOf = (data: Record<string, unknown>) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: NAME },
    data,
});
const knownAs = (data: Record<string, unknown>): ScriptedKnown => ({
    name: NAME,
    id: NAME,
    inputs: inputsOf(data),
});

/** A ConfigMap with both hooks; each records its calls and calls `check`. */
function guarded(
    data: Data,
    calls: unknown[][],
    check: (args: HookArgs) => void = () => undefined,
) {
    const hook = (kind: string, onDryRun = true) =>
        new pulumi.ResourceHook(
            kind,
            (args) => {
                calls.push([kind, args.id, dataOf(args.oldInputs), dataOf(args.newInputs)]);
                check(args);
            },
            { onDryRun },
        );
    return new k8s.core.v1.ConfigMap(
        NAME,
        { metadata: { name: NAME }, data },
        { hooks: { beforeCreate: [hook("create")], beforeUpdate: [hook("update")] } },
    );
}

const dataOf = (inputs: unknown) => (inputs as { data?: unknown } | undefined)?.data;

/** The inodes of the sockets with which this process listens. */
function listeningSockets(): string[] {
    const own = readdirSync("/proc/self/fd").map((fd) => {
        try {
            return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
        } catch {
            return undefined; // the descriptor of the listing itself
        }
    });
    return ["tcp", "tcp6"]
        .flatMap((family) => readFileSync(`/proc/self/net/${family}`, "utf8").split("\n"))
        .map((line) => line.trim().split(/\s+/))
        .filter(([, , , state, , , , , , inode]) => state === "0A" && own.includes(inode))
        .map((columns) => columns[9]!);
}

describe("engine: resource hooks", () => {
    it("run beforeCreate with the inputs of a new resource", async () => {
        const calls: unknown[][] = [];
        const result = await run(() => {
            guarded({ a: "1" }, calls);
        });
        assert.deepEqual(calls, [["create", "", undefined, { a: "1" }]]);
        assert.deepEqual(named(result, NAME).options.hooks, {
            beforeCreate: ["create"],
            beforeUpdate: ["update"],
        });
    });

    it("run beforeUpdate with the old and new inputs and the id", async () => {
        const calls: unknown[][] = [];
        const backend = new RecordingBackend({ known: [knownAs({ a: "1" })] });
        await run(
            () => {
                guarded({ a: "2" }, calls);
            },
            { backend },
        );
        assert.deepEqual(calls, [["update", NAME, { a: "1" }, { a: "2" }]]);
    });

    it("do not run for an unchanged resource", async () => {
        const calls: unknown[][] = [];
        const backend = new RecordingBackend({ known: [knownAs({ a: "1" })] });
        await run(
            () => {
                guarded({ a: "1" }, calls);
            },
            { backend },
        );
        assert.deepEqual(calls, []);
    });

    it("run beforeUpdate for a resource that the last run left unfinished", async () => {
        const calls: unknown[][] = [];
        const { inputs } = knownAs({ a: "1" });
        const backend = backendWith({
            known: () => ({ id: NAME, inputs, outputs: inputs, unfinished: true }),
        });
        await run(
            () => {
                guarded({ a: "1" }, calls);
            },
            { backend },
        );
        assert.equal(calls.length, 1);
    });

    for (const preview of [false, true]) {
        it(`refuse before the backend is asked, in ${preview ? "a preview" : "an update"}`, async () => {
            const created: string[] = [];
            const recording = new RecordingBackend();
            const backend = backendWith({
                create: (registration, context) => {
                    created.push(registration.name);
                    return recording.create(registration, context);
                },
            });
            const program = () => {
                const map = guarded({ a: "1" }, [], () => {
                    throw new Error("not now");
                });
                new k8s.core.v1.ConfigMap("after", { data: { of: map.metadata.name } });
            };
            await assert.rejects(run(program, { backend, preview }), (error: Error) => {
                assert.equal(error.message, 'before hook "create" failed: not now');
                assert.match((error as Error & { urn: string }).urn, /ConfigMap::map$/);
                return true;
            });
            assert.deepEqual(created, []);
        });
    }

    it("run in a preview only with onDryRun, and see unknown values", async () => {
        const seen: string[] = [];
        const program = () => {
            const first = new k8s.core.v1.ConfigMap("first", {});
            const hook = (name: string, onDryRun: boolean) =>
                new pulumi.ResourceHook(
                    name,
                    ({ newInputs }) => {
                        const { id } = dataOf(newInputs) as { id: unknown };
                        seen.push(
                            `${name} ${typeof id === "string" && id !== pulumi.runtime.unknownValue ? id : "unknown"}`,
                        );
                    },
                    { onDryRun },
                );
            const hooks = { beforeCreate: [hook("dry", true), hook("wet", false)] };
            new k8s.core.v1.ConfigMap("second", { data: { id: first.id } }, { hooks });
        };
        await run(program, { preview: true });
        assert.deepEqual(seen.splice(0), ["dry unknown"]);
        await run(program);
        assert.deepEqual(
            seen.map((text) => text.split(" ")[0]),
            ["dry", "wet"],
        );
    });

    it("receive a property that contains a secret as an output, as from Pulumi's engine", async () => {
        let data: unknown;
        await run(() => {
            guarded({ a: pulumi.secret("x"), b: "y" }, [], ({ newInputs }) => {
                data = dataOf(newInputs);
            });
        });
        assert.ok(pulumi.Output.isInstance(data));
    });

    it("may be functions of the resource, and may be asynchronous", async () => {
        const program = () => {
            new k8s.core.v1.ConfigMap(
                NAME,
                {},
                {
                    hooks: {
                        beforeCreate: [
                            async () => {
                                await new Promise(setImmediate);
                                throw new Error(`no, ${pulumi.getStack()}`);
                            },
                        ],
                    },
                },
            );
        };
        await assert.rejects(run(program), /failed: no, stack$/);
    });

    const misuse: Record<string, [Program, RegExp]> = {
        "two of one name": [
            () => [1, 2].map(() => new pulumi.ResourceHook("same", () => undefined)),
            /resource hook already registered for name "same"/,
        ],
        "one that runs after a change": [
            () =>
                new k8s.core.v1.ConfigMap(NAME, {}, { hooks: { afterCreate: [() => undefined] } }),
            /supports the hooks beforeCreate, beforeUpdate, but not afterCreate/,
        ],
        "one of a component": [
            () =>
                new Component(NAME, () => undefined, {
                    hooks: { beforeCreate: [() => undefined] },
                }),
            /supports no hooks of components and providers/,
        ],
        "one whose errors do not count": [
            () => new pulumi.ResourceHook("lax", () => undefined, { ignoreErrors: true }),
            /hook "lax": the in-process engine does not support ignoreErrors/,
        ],
    };
    for (const [what, [program, message]] of Object.entries(misuse)) {
        it(`refuse ${what}`, async () => {
            await assert.rejects(
                run(() => void program()),
                message,
            );
        });
    }

    it("leave no listening socket after the run", async function () {
        if (process.platform !== "linux") {
            this.skip();
        }
        const before = listeningSockets();
        let during: string[] = [];
        await run(() => {
            guarded({}, [], () => {
                during = listeningSockets();
            });
        });
        assert.equal(during.length, before.length + 1);
        const failing: Program[] = [
            () => {
                guarded({}, [], () => {
                    throw new Error("refused");
                });
            },
            () => {
                guarded({}, []);
                throw new Error("thrown at once");
            },
        ];
        for (const program of failing) {
            await assert.rejects(run(program));
        }
        assert.deepEqual(listeningSockets(), before);
    });
});

describe("engine: ignoreChanges", () => {
    const seenBy = async (
        ignoreChanges: string[],
        data: Record<string, string>,
        known?: object,
    ) => {
        let inputs: unknown;
        const recording = new RecordingBackend(
            known === undefined ? {} : { known: [knownAs(known as Record<string, string>)] },
        );
        const backend = backendWith({
            known: (urn) => recording.known(urn),
            create: (registration, context) => {
                inputs = registration.inputs.data;
                return recording.create(registration, context);
            },
        });
        await run(
            () =>
                new k8s.core.v1.ConfigMap(
                    NAME,
                    { metadata: { name: NAME }, data },
                    { ignoreChanges },
                ),
            { backend },
        );
        return inputs;
    };

    it("keeps the old value, even if a property was added or removed", async () => {
        const paths = ["data.a", 'data["b.c"]', "data.gone", "data.deep.er"];
        assert.deepEqual(
            await seenBy(paths, { a: "2", "b.c": "2", d: "2" }, { a: "1", gone: "1" }),
            {
                a: "1",
                d: "2",
                gone: "1",
            },
        );
    });

    it("takes the new value the first time", async () => {
        assert.deepEqual(await seenBy(["data.a"], { a: "2" }), { a: "2" });
    });

    it("refuses unsupported paths", async () => {
        await assert.rejects(seenBy(["data[*]"], {}, {}), /"data\[\*\]" is not a property path/);
    });

    it("parses the paths that it formats", () => {
        for (const path of [["spec", "items", 0, "a.b", 'q"', "c-d"], ["x"]]) {
            assert.deepEqual(parsePropertyPath(formatPropertyPath(path)), path);
        }
    });

    it("resets an item of a list, unless the lengths differ", () => {
        const inputs = { list: [{ a: 1 }, { a: 2 }] };
        const registration = { inputs, options: { ignoreChanges: ["list[1].a", "list[2].a"] } };
        const known = { id: "i", inputs: { list: [{ a: 8 }, { a: 9 }] }, outputs: {} };
        const changed = withIgnoredChanges(registration as never, known);
        assert.deepEqual(changed.inputs, { list: [{ a: 1 }, { a: 9 }] });
        assert.deepEqual(inputs, { list: [{ a: 1 }, { a: 2 }] });
    });
});
