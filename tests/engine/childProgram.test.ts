import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChildProgramOptions, RecordingBackend, runChildProgram } from "../../engine";
import { named, stackOf } from "./support";

describe("engine: a program in a child process", () => {
    let directory: string;

    before(() => {
        directory = mkdtempSync(join(tmpdir(), "child-program-"));
        symlinkSync(join(__dirname, "../../node_modules"), join(directory, "node_modules"));
        writeFileSync(join(directory, "package.json"), '{ "main": "index.ts" }');
    });
    after(() => {
        rmSync(directory, { recursive: true });
    });

    function runSource(source: string, options: Partial<ChildProgramOptions> = {}) {
        writeFileSync(
            join(directory, "index.ts"),
            `import * as pulumi from "@pulumi/pulumi";
             class Thing extends pulumi.CustomResource {
                 declare readonly state: pulumi.Output<string>;
                 constructor(name: string, args: object, options?: pulumi.CustomResourceOptions) {
                     super("test:index:Thing", name, { ...args, state: undefined }, options);
                 }
             }
             ${source}`,
        );
        return runChildProgram({
            ...stackOf,
            directory,
            backend: new RecordingBackend(),
            env: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
            ...options,
        });
    }

    it("has the same result as in this process", async () => {
        const ended = await runSource(
            `const thing = new Thing("thing", { key: new pulumi.Config().requireSecret("key") });
             void pulumi.log.info("made", thing);
             console.log("on stdout");
             console.error("on stderr");
             export const state = thing.state;
             export const key = new Thing("other", { a: thing.id }).id;`,
            {
                config: { "project:key": "k3y" },
                secretKeys: ["project:key"],
                backend: new RecordingBackend({
                    creates: [{ name: "thing", outputs: { state: "up" } }],
                }),
            },
        );
        assert.equal(ended.stderr, "on stderr\n");
        assert.equal(ended.stdout, "on stdout\n");
        assert.equal(ended.exitCode, 0);
        assert.equal(ended.failure, undefined);
        const { result } = ended;
        assert.deepEqual(result.outputs, { key: "other-id", state: "up" });
        assert.deepEqual(named(result, "thing").inputs, { key: "k3y" });
        assert.deepEqual(named(result, "thing").secretPaths, ["key"]);
        const { urn } = named(result, "thing");
        assert.deepEqual(named(result, "other").options.dependencies, [urn]);
        assert.deepEqual(result.logs, [{ severity: "info", message: "made", urn }]);
    });

    it("runs a preview, and reports each registration", async () => {
        let registrations = 0;
        const { exitCode, result } = await runSource(
            `export const id = new Thing("thing", {}).id;`,
            {
                preview: true,
                onRegistration: () => {
                    registrations += 1;
                },
            },
        );
        assert.equal(exitCode, 0);
        // The stack, the thing, and the stack's outputs.
        assert.equal(registrations, 3);
        assert.deepEqual(result.unknownOutputs, ["id"]);
    });

    it("reports an error of the program as the CLI does, with exit code 32", async () => {
        const { exitCode, result } = await runSource(
            `throw new pulumi.RunError("settings are wrong");`,
        );
        assert.equal(exitCode, 32);
        assert.deepEqual(
            result.logs.map(({ severity, message }) => [severity, message]),
            [["error", "settings are wrong"]],
        );
    });

    it("reports an error of an apply with its stack trace", async () => {
        const { exitCode, result } = await runSource(
            `new Thing("thing", {}).id.apply(() => { throw new Error("no such id"); });`,
        );
        assert.equal(exitCode, 32);
        assert.match(result.logs[0]!.message, /Error: no such id\n +at .*index\.ts:\d+/);
    });

    it("reports the backend's failure", async () => {
        const { failure } = await runSource(`export const state = new Thing("thing", {}).state;`, {
            backend: new RecordingBackend({ creates: [{ error: "disk full" }] }),
        });
        assert.equal(failure?.message, "disk full");
        assert.match(failure.urn ?? "", /::thing$/);
    });

    it("kills a program that does not end", async () => {
        const { exitCode, timedOut } = await runSource("setInterval(() => undefined, 1000);", {
            timeoutMs: 200,
        });
        assert.equal(timedOut, true);
        assert.equal(exitCode, null);
    });

    it("runs the program's hooks, and fails when one fails", async () => {
        const program = `
            const check = new pulumi.ResourceHook("check", ({ name, oldInputs, newInputs }) => {
                console.log(name, oldInputs?.size, newInputs?.size);
                if (newInputs?.size === 0) {
                    throw new Error("nothing is left");
                }
            });
            const hooks = { beforeCreate: [check], beforeUpdate: [check] };
            new Thing("new", { size: 1 }, { hooks });
            new Thing("changed", { size: SIZE }, { hooks });`;
        const backend = new RecordingBackend({ known: [{ name: "changed", inputs: { size: 3 } }] });
        const fine = await runSource(program.replace("SIZE", "2"), { backend });
        assert.equal(fine.stderr, "");
        assert.equal(fine.exitCode, 0);
        assert.deepEqual(fine.stdout.trim().split("\n").sort(), ["changed 3 2", "new undefined 1"]);

        const { failure } = await runSource(program.replace("SIZE", "0"), { backend });
        assert.equal(failure?.message, 'before hook "check" failed: nothing is left');
        assert.match(failure.urn ?? "", /::changed$/);
    });
});
