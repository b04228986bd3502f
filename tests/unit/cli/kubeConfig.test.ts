import assert from "node:assert/strict";
import { CommandError } from "../../../cli/shared/commandError";
import { kubeConfigOf, loadKubeConfig } from "../../../cli/shared/kubernetes/kubeConfig";

const CONTENTS = JSON.stringify({
    "current-context": "one",
    contexts: [
        { name: "one", context: { cluster: "one", user: "me" } },
        { name: "two", context: { cluster: "two", user: "me" } },
        { name: "broken", context: { cluster: "gone", user: "me" } },
    ],
    clusters: [
        { name: "one", cluster: { server: "https://one.example.com:6443" } },
        { name: "two", cluster: { server: "https://two.example.com:6443" } },
    ],
    users: [{ name: "me", user: { token: "secret" } }],
});

describe("loadKubeConfig", () => {
    const environment = process.env.KUBECONFIG;

    afterEach(() => {
        if (environment === undefined) {
            delete process.env.KUBECONFIG;
        } else {
            process.env.KUBECONFIG = environment;
        }
    });

    it("selects the current context, or another one by name", () => {
        const current = loadKubeConfig({ kubeconfig: CONTENTS });
        assert.equal(current.getCurrentCluster()?.server, "https://one.example.com:6443");
        assert.equal(current.getCurrentUser()?.token, "secret");
        const other = loadKubeConfig({ kubeconfig: CONTENTS, context: "two" });
        assert.equal(other.getCurrentContext(), "two");
        assert.equal(other.getCurrentCluster()?.server, "https://two.example.com:6443");
    });

    const refusals: readonly (readonly [
        what: string,
        source: Parameters<typeof loadKubeConfig>[0],
        message: RegExp,
    ])[] = [
        [
            "a missing file",
            { kubeconfig: "/nowhere/config", context: "one" },
            /^the kubeconfig \/nowhere\/config cannot be read: ENOENT/,
        ],
        [
            "an unknown context, with the existing ones",
            { kubeconfig: CONTENTS, context: "nowhere" },
            /^the kubeconfig given as text has no context "nowhere"; its contexts: one, two, broken$/,
        ],
        [
            "a context whose cluster is missing",
            { kubeconfig: CONTENTS, context: "broken" },
            /^the context "broken" in .* refers to the cluster "gone", which does not exist$/,
        ],
        [
            "a missing current context",
            { kubeconfig: CONTENTS.replace('"current-context":"one",', "") },
            /has no current-context; its contexts: one, two, broken$/,
        ],
        ["other YAML", { kubeconfig: "[]\n", context: "one" }, /^the kubeconfig given as text /],
        ["invalid YAML", { kubeconfig: "{a: [}\n" }, /given as text cannot be read: /],
    ];
    for (const [what, source, message] of refusals) {
        it(`refuses ${what}`, () => {
            assert.throws(
                () => loadKubeConfig(source),
                (error) => error instanceof Error && message.test(error.message),
            );
        });
    }

    it("refuses a missing file of the environment", () => {
        process.env.KUBECONFIG = "/nowhere/other";
        assert.throws(
            () => loadKubeConfig({ context: "one" }),
            /the default kubeconfig cannot be read: ENOENT.*\/nowhere\/other/,
        );
    });
});

describe("the kubeconfig of a site", () => {
    it("names the setting to correct", () => {
        for (const [context, kubeconfig, setting] of [
            ["nowhere", CONTENTS, "context"],
            ["one", "/nowhere/config", "kubeconfig"],
        ] as const) {
            assert.throws(
                () => kubeConfigOf("target", { context, kubeconfig }),
                (error) =>
                    error instanceof CommandError &&
                    error.exitCode === 4 &&
                    error.message.startsWith(`kafka-dr:target.${setting} cannot be used: `) &&
                    error.remedy.startsWith("Set "),
            );
        }
    });
});
