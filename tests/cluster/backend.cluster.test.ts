import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Program, runProgram, unknown } from "../../engine";
import { KubernetesBackend, type KubernetesState } from "../support/kubernetes";
import { unmet, waitPlan } from "../support/kubernetes/waitFor";
import { freePorts } from "../../lab/process/ports";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import { Kubectl } from "./support/stacks";

describeOnApiServers("the backend on an API server", (apiServers) => {
    const namespace = "backend";
    const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

    before(async () => {
        await new Kubectl(apiServers().source).createNamespace(namespace);
    });

    async function run(
        program: (provider: kubernetes.Provider) => unknown,
        state: KubernetesState = new Map(),
        options: { preview?: boolean; kubeconfig?: string } = {},
    ) {
        const { preview = false, kubeconfig = apiServers().kubeconfig } = options;
        const whole: Program = () =>
            program(new kubernetes.Provider("provider", { kubeconfig, context: "source" }));
        const backend = new KubernetesBackend({ state, propagationPolicy: "Background" });
        return await runProgram(whole, {
            project: "project",
            stack: "stack",
            config: {},
            preview,
            backend,
        });
    }

    function configMap(
        provider: kubernetes.Provider,
        name: string,
        data: pulumi.Input<Record<string, pulumi.Input<string>>> = {},
        where = namespace,
    ) {
        return new kubernetes.core.v1.ConfigMap(
            name,
            { metadata: { name, namespace: where }, data },
            { provider },
        );
    }

    it("has the server reject unknown fields", async () => {
        await assert.rejects(
            run(
                (provider) =>
                    new kubernetes.apiextensions.CustomResource(
                        "unknown-field",
                        {
                            apiVersion: "v1",
                            kind: "ConfigMap",
                            metadata: { name: "unknown-field", namespace },
                            nonsense: 1,
                        },
                        { provider },
                    ),
            ),
            /strict decoding error: unknown field "nonsense"/,
        );
    });

    it("reads existing objects, and reports missing ones", async () => {
        const { outputs } = await run((provider) => {
            const read = kubernetes.core.v1.Namespace.get("read", namespace, { provider });
            return { uid: read.metadata.uid };
        });
        const found = await new Kubectl(apiServers().source).get(
            "kubernetes:core/v1:Namespace",
            namespace,
        );
        assert.equal(outputs.uid, found.metadata.uid);
        await assert.rejects(
            run((provider) => {
                kubernetes.core.v1.Secret.get("read", `${namespace}/missing`, { provider });
            }),
            /resource 'backend\/missing' does not exist/,
        );
    });

    it("returns the inputs in a preview of unknown values or a missing namespace", async () => {
        const before = apiServers().source.audit.position;
        const { outputs } = await run(
            (provider) => {
                const first = configMap(provider, "first");
                const second = configMap(provider, "second", { id: first.id, plain: "text" });
                const nowhere = configMap(provider, "nowhere", { plain: "text" }, "not-yet");
                return {
                    first: first.metadata.name,
                    id: first.id,
                    second: second.data,
                    nowhere: nowhere.data,
                };
            },
            new Map(),
            { preview: true },
        );
        assert.equal(outputs.first, "first");
        assert.equal(outputs.id, unknown);
        assert.equal(outputs.second, unknown);
        assert.deepEqual(outputs.nowhere, { plain: "text" });
        const asked = apiServers()
            .source.audit.since(before, "deployer")
            .filter(({ verb }) => verb === "create");
        assert.deepEqual(asked.map(({ status }) => status).sort(), [201, 404]);
        assert(asked.every(({ writes }) => !writes));
        const kubectl = new Kubectl(apiServers().source);
        assert.equal(await kubectl.find(CONFIG_MAP, `${namespace}/first`), undefined);
    });

    it("leaves the status of a new object unknown in a preview", async () => {
        const { outputs } = await run(
            (provider) => {
                const metadata = { name: "not-yet" };
                const created = new kubernetes.core.v1.Namespace("new", { metadata }, { provider });
                return { status: created.status };
            },
            new Map(),
            { preview: true },
        );
        assert.equal(outputs.status, unknown);
    });

    it("removes fields that the program no longer sets, and keeps those of others", async () => {
        const state: KubernetesState = new Map();
        const kubectl = new Kubectl(apiServers().source);
        const id = `${namespace}/shrinking`;
        const dataAfter = async (data: Record<string, string>) => {
            await run((provider) => configMap(provider, "shrinking", data), state);
            return (await kubectl.get(CONFIG_MAP, id)).data;
        };
        assert.deepEqual(await dataAfter({ a: "1", b: "2", c: "3" }), { a: "1", b: "2", c: "3" });
        await kubectl.patch(CONFIG_MAP, id, { data: { a: "other", foreign: "4" } });
        assert.deepEqual(await dataAfter({ a: "1", b: "2" }), { a: "1", b: "2", foreign: "4" });
        assert.deepEqual(await dataAfter({ a: "1" }), { a: "1", foreign: "4" });
    });

    it("refuses changes for which Pulumi replaces an object", async () => {
        const state: KubernetesState = new Map();
        const program = (name: string) => (provider: kubernetes.Provider) => {
            new kubernetes.core.v1.ConfigMap(
                "same",
                { metadata: { name, namespace } },
                { provider },
            );
        };
        await run(program("one"), state);
        await assert.rejects(run(program("two"), state), /would be replaced/);
    });

    it("reports which server is unreachable", async () => {
        const folder = mkdtempSync(path.join(tmpdir(), "kafka-dr-kubeconfig-"));
        try {
            const [port] = await freePorts(1);
            const kubeconfig = path.join(folder, "config");
            writeFileSync(kubeconfig, kubeconfigOf(`https://127.0.0.1:${port}`));
            await assert.rejects(
                run((provider) => configMap(provider, "lost"), new Map(), { kubeconfig }),
                new RegExp(
                    `API server is unreachable: context "source" \\(https://127.0.0.1:${port}\\): .*ECONNREFUSED`,
                ),
            );
        } finally {
            rmSync(folder, { recursive: true });
        }
    });
});

function kubeconfigOf(server: string): string {
    return JSON.stringify({
        "current-context": "source",
        contexts: [{ name: "source", context: { cluster: "one", user: "me" } }],
        clusters: [{ name: "one", cluster: { server } }],
        users: [{ name: "me", user: { token: "secret" } }],
    });
}

describe("pulumi.com/waitFor", () => {
    const object = (status: object, generation = 1) =>
        ({ metadata: { name: "name", generation }, status }) as Parameters<typeof unmet>[1];
    const ready = { conditions: [{ type: "Ready", status: "True" }], url: "http://x", list: [1] };
    const cases: readonly (readonly [
        waitFor: string,
        of: Parameters<typeof unmet>[1],
        unmet: readonly string[],
    ])[] = [
        ["condition=Ready", object(ready), []],
        ["condition=Ready", object({}), ["condition=Ready"]],
        ["condition=Ready=False", object(ready), ["condition=Ready=False"]],
        ["condition=Ready", object({ ...ready, observedGeneration: 2 }, 2), []],
        ["condition=Ready", object({ ...ready, observedGeneration: 1 }, 2), ["condition=Ready"]],
        ["jsonpath={.status.url}", object(ready), []],
        ["jsonpath={.status.url}=http://x", object(ready), []],
        ["jsonpath={.status.url}=other", object(ready), ["jsonpath={.status.url}=other"]],
        ["jsonpath={.status.list[0]}=1", object(ready), []],
        ["jsonpath={.status.a.b}", object(ready), ["jsonpath={.status.a.b}"]],
        [
            '["condition=Ready","jsonpath={.status.a}"]',
            object({ ...ready, observedGeneration: 1 }, 2),
            ["condition=Ready", "jsonpath={.status.a}"],
        ],
    ];
    for (const [waitFor, of, expected] of cases) {
        it(`${waitFor} of ${JSON.stringify(of)}`, () => {
            const plan = waitPlan({ "pulumi.com/waitFor": waitFor });
            assert.deepEqual(unmet(plan!, of), expected);
        });
    }

    it("is optional, and refused with an unsupported expression", () => {
        assert.equal(waitPlan({}), undefined);
        for (const waitFor of ["Ready", "jsonpath=.status", "jsonpath={.a[*].b}", "[1]"]) {
            assert.throws(() => waitPlan({ "pulumi.com/waitFor": waitFor }), /pulumi.com\/waitFor/);
        }
    });
});
