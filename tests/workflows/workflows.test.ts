import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repositoryRoot } from "../support/rawSettings";
import { runActionlint } from "./actionlint";

interface Step {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
    readonly if?: string;
    readonly permissions?: Readonly<Record<string, string>>;
    readonly concurrency?: { readonly group: string };
    readonly environment?: string;
    readonly "timeout-minutes"?: number;
    readonly strategy?: { readonly matrix: { readonly stack?: readonly string[] } };
    readonly steps: readonly Step[];
}

interface Workflow {
    readonly on: Readonly<Record<string, unknown>>;
    readonly permissions?: Readonly<Record<string, string>>;
    readonly concurrency?: { readonly group: string };
    readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(repositoryRoot, ".github", "workflows");
const files = readdirSync(folder).filter((file) => /\.ya?ml$/.test(file));
const text = (file: string) => readFileSync(join(folder, file), "utf8");
const workflow = (file: string) => parse(text(file)) as Workflow;

/** Every permission beyond reading the repository, and why the job cannot do without. */
const WRITES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "preview.yml preview": { "pull-requests": "write" }, // its comment
};

/** Jobs that hold secrets; all others must hold none. */
const WITH_SECRETS = new Set(["preview.yml preview", "drift.yml drift"]);

function jobs(): { name: string; job: Job; file: string }[] {
    return files.flatMap((file) =>
        Object.entries(workflow(file).jobs).map(([id, job]) => ({
            name: `${file} ${id}`,
            job,
            file,
        })),
    );
}

describe("workflows", () => {
    it("are those that the README promises", () => {
        assert.deepEqual(files.sort(), [
            "ci.yml",
            "drift.yml",
            "preview.yml",
            "supply-chain.yml",
            "test-all.yml",
        ]);
    });

    it("take away every right each night, and for a change of rights or of Kafka", () => {
        const { on, jobs: byId } = workflow("test-all.yml");
        assert.deepEqual(byId["test-all"]?.steps.at(-1), { run: "make test-all" });
        assert("schedule" in on);
        const paths = ["push", "pull_request"].map(
            (event) => (on[event] as { readonly paths: readonly string[] }).paths,
        );
        assert.deepEqual(paths[0], paths[1]);
        for (const entry of paths[0]!) {
            assert(existsSync(join(repositoryRoot, entry.replace(/\/\*\*$/, ""))), entry);
        }
    });

    for (const file of files) {
        it(`${file}: every action is pinned by commit, with its version behind it`, () => {
            const lines = text(file)
                .split("\n")
                .filter((line) => /\buses:/.test(line));
            assert(lines.length > 0);
            for (const line of lines) {
                assert.match(line, /^\s*-? *uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
            }
        });

        it(`${file}: gives nothing to jobs that do not ask`, () => {
            assert.deepEqual(workflow(file).permissions, {});
        });

        it(`${file}: runs no code of a pull request with the rights of its base`, () => {
            const { on } = workflow(file);
            assert.equal("pull_request_target" in on, false);
            assert.equal("workflow_run" in on, false);
        });

        it(`${file}: puts no text of a pull request into a shell`, () => {
            for (const { run } of Object.values(workflow(file).jobs).flatMap(
                ({ steps }) => steps,
            )) {
                assert.doesNotMatch(run ?? "", /\$\{\{/);
            }
        });
    }

    it("pin the same commit of an action everywhere", () => {
        const commits = new Map<string, Set<string>>();
        for (const step of jobs().flatMap(({ job }) => job.steps)) {
            if (step.uses !== undefined) {
                const [action, commit] = step.uses.split("@") as [string, string];
                commits.set(action, (commits.get(action) ?? new Set()).add(commit));
            }
        }
        for (const [action, pinned] of commits) {
            assert.equal(pinned.size, 1, action);
        }
    });

    for (const { name, job, file } of jobs()) {
        it(`${name}: declares the least permissions`, () => {
            assert.deepEqual(job.permissions, { contents: "read", ...WRITES[name] });
        });

        it(`${name}: ends, and not twice at once`, () => {
            assert(job["timeout-minutes"] !== undefined && job["timeout-minutes"] <= 60);
            assert((job.concurrency ?? workflow(file).concurrency)?.group);
        });

        it(`${name}: leaves no token in the checkout`, () => {
            for (const { uses, with: inputs } of job.steps) {
                if (uses?.startsWith("actions/checkout@") === true) {
                    assert.equal(inputs?.["persist-credentials"], false);
                    assert.equal(inputs.ref, undefined);
                }
            }
        });

        it(`${name}: ${WITH_SECRETS.has(name) ? "has secrets of its stack alone" : "has no secrets"}`, () => {
            if (WITH_SECRETS.has(name)) {
                assert.equal(job.environment, "preview-${{ matrix.stack }}");
                assert.deepEqual(job.strategy?.matrix.stack, ["dev", "prod"]);
            } else {
                assert.doesNotMatch(JSON.stringify(job), /secrets\./);
                assert.equal(job.environment, undefined);
            }
        });
    }

    it("preview forks without credentials: the job with secrets is for this repository's branches", () => {
        const { jobs: byId } = workflow("preview.yml");
        assert.match(
            byId.preview?.if ?? "",
            /github\.event\.pull_request\.head\.repo\.full_name == github\.repository/,
        );
        assert.equal(byId["golden-diff"]?.if, undefined);
        assert.match(
            JSON.stringify(byId["golden-diff"]?.steps),
            /goldenDiff\.ts.*GITHUB_STEP_SUMMARY/,
        );
    });

    it("preview in one comment per stack, edited in place; drift expects no change", () => {
        const inputs = (file: string, id: string) =>
            workflow(file).jobs[id]?.steps.find(({ uses }) => uses?.startsWith("pulumi/actions@"))
                ?.with ?? {};
        const preview = inputs("preview.yml", "preview");
        assert.equal(preview.command, "preview");
        assert.equal(preview["comment-on-pr"], true);
        assert.equal(preview["edit-pr-comment"], true);
        const drift = inputs("drift.yml", "drift");
        assert.equal(drift.command, "preview");
        // A source that counts as lost cannot be asked.
        assert.equal(drift.refresh, "${{ steps.phase.outputs.lost != 'true' }}");
        assert.equal(drift["expect-no-changes"], true);
        const { devDependencies } = JSON.parse(
            readFileSync(join(repositoryRoot, "package.json"), "utf8"),
        ) as { devDependencies: Record<string, string> };
        for (const found of [preview, drift]) {
            assert.equal(found["pulumi-version"], devDependencies.pulumi);
        }
    });

    it("pass actionlint", function () {
        if (spawnSync("go", ["version"]).status !== 0) {
            assert.notEqual(process.env.CI, "true", "CI needs Go for actionlint");
            console.log("      actionlint skipped: Go is not installed");
            this.skip();
        }
        const { status, output } = runActionlint([
            "-no-color",
            // Without tools that may or may not be installed, so that it says the same everywhere.
            "-shellcheck=",
            "-pyflakes=",
            ...files.map((file) => join(folder, file)),
        ]);
        assert.equal(status, 0, output);
    });
});
