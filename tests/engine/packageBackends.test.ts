import assert from "node:assert/strict";
import * as kubernetes from "@pulumi/kubernetes";
import * as random from "@pulumi/random";
import { RecordingBackend, runProgram, unknown } from "../../engine";
import { PackageBackends, RandomBackend, type RandomState } from "../support/packageBackends";

/** Runs a program whose one password has these inputs; returns the password. */
async function passwordWith(
    state: RandomState,
    args: random.RandomPasswordArgs = { length: 32, special: false },
    preview = false,
) {
    const { outputs, secretOutputs } = await runProgram(
        () => ({ password: new random.RandomPassword("password", args).result }),
        {
            project: "project",
            stack: "stack",
            config: {},
            preview,
            backend: new RandomBackend(state),
        },
    );
    return { password: outputs.password, secretOutputs };
}

describe("the backend of @pulumi/random", () => {
    it("generates a password once, from the requested characters", async () => {
        const state: RandomState = new Map();
        const { password, secretOutputs } = await passwordWith(state);
        assert.match(String(password), /^[A-Za-z0-9]{32}$/);
        assert.deepEqual(secretOutputs, ["password"]);
        assert.equal((await passwordWith(state)).password, password);
        assert.equal((await passwordWith(state, undefined, true)).password, password);
        assert.notEqual((await passwordWith(new Map())).password, password);
        const digits = { length: 40, special: false, lower: false, upper: false };
        assert.match(String((await passwordWith(state, digits)).password), /^\d{40}$/);
    });

    it("knows no password in the preview of a new one, and keeps none", async () => {
        const state: RandomState = new Map();
        assert.equal((await passwordWith(state, undefined, true)).password, unknown);
        assert.equal(state.size, 0);
    });

    it("forgets passwords that are not kept", async () => {
        const state: RandomState = new Map();
        const { password } = await passwordWith(state);
        const backend = new RandomBackend(state);
        backend.forget({ keep: new Set(state.keys()) });
        assert.equal((await passwordWith(state)).password, password);
        backend.forget({ keep: new Set() });
        assert.equal(state.size, 0);
    });

    it("refuses impossible inputs and other resources", async () => {
        await assert.rejects(
            passwordWith(new Map(), { length: 0 }),
            /length must be a whole number of at least 1/,
        );
        await assert.rejects(
            runProgram(() => new random.RandomPet("pet"), {
                project: "project",
                stack: "stack",
                config: {},
                backend: new RandomBackend(),
            }),
            /only RandomPassword/,
        );
    });
});

describe("backends by package", () => {
    it("receive the resources of their package; other packages are refused", async () => {
        const run = (backend: PackageBackends) =>
            runProgram(
                () => {
                    new random.RandomPassword("password", { length: 8 });
                    new kubernetes.core.v1.Secret("secret", { metadata: { name: "secret" } });
                },
                { project: "project", stack: "stack", config: {}, backend },
            );
        const objects = new RecordingBackend({
            creates: [{ type: "kubernetes:core/v1:Secret", id: "given" }],
        });
        const { states } = await run(
            new PackageBackends({ kubernetes: objects, random: new RandomBackend() }),
        );
        assert([...states.values()].some(({ id }) => id === "given"));
        await assert.rejects(
            run(new PackageBackends({ kubernetes: objects })),
            /RandomPassword: only kubernetes has a backend/,
        );
    });

    it("return the known resources of each", async () => {
        const values = new RandomBackend();
        const inputs = { metadata: { name: "secret" } };
        const backends = new PackageBackends({
            kubernetes: new RecordingBackend({ known: [{ name: "secret", id: "given", inputs }] }),
            random: values,
        });
        const { registrations } = await runProgram(
            () => new random.RandomPassword("password", { length: 8 }),
            { project: "project", stack: "stack", config: {}, backend: values },
        );
        const { urn } = registrations.find(({ name }) => name === "password")!;
        const secretUrn = "urn:pulumi:s::p::a:b:C$kubernetes:core/v1:Secret::secret";
        assert.equal(backends.known(urn)?.inputs.length, 8);
        assert.equal(backends.known(secretUrn)?.id, "given");
        assert.equal(backends.known(`${urn}-other`), undefined);
    });
});
