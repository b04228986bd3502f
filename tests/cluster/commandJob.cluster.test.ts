import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseSettings } from "../../config/parseSettings";
import type { Settings } from "../../config/settingsSchema";
import { type CommandJobOptions, runCommandJob } from "../../cli/run/commandJob";
import { jobManifest } from "../../cli/run/jobManifest";
import { runJob } from "../../cli/run/runJob";
import { CommandError } from "../../cli/shared/commandError";
import { mirrorByJobs } from "../../cli/shared/mirror/openMirror";
import { targetCluster } from "../../cli/shared/kubernetes/targetCluster";
import type { ApiClient } from "../../cli/shared/kubernetes/apiClient";
import { apiClient } from "../support/kubernetes";
import { waitFor } from "../../lab/process/wait";
import { commandPermissions, commandRole } from "../../rbac/commandRoles";
import type { Verb } from "../../rbac/permission";
import { type Change, changed, rawStack, repositoryRoot } from "../support/rawSettings";
import { testIo } from "../support/testIo";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import { imageRoot } from "./kubelet/imageRoot";
import { JobController } from "./kubelet/jobController";
import { Kubelet } from "./kubelet/kubelet";
import { without } from "./support/rights";
import { deployingAccount, kubeconfigFor } from "./support/serviceAccount";
import { newState } from "./support/stackBackend";
import { deploy, Kubectl, namespacesOf, onApiServers, stackOnApiServers } from "./support/stacks";

const NODE = "command-node";
const IMAGE = `registry.example.com/team/kafka-dr@sha256:${"0".repeat(64)}`;
const namespaces = namespacesOf("command");
const NO_ACCESS = {
    source: { bootstrapServers: "a:9092", ca: undefined, credentials: undefined },
    target: { bootstrapServers: "b:9092", ca: undefined, credentials: undefined },
};

describeOnApiServers("a command as a Job", (apiServers) => {
    let folder: string;
    let kubelet: Kubelet;
    let controller: JobController;
    let client: ApiClient;
    /** The settings of an account with only the role of the commands. */
    let settings: Settings;

    before(async () => {
        folder = mkdtempSync(path.join(tmpdir(), "kafka-dr-job-"));
        const server = apiServers().source;
        client = apiClient(server.access.operator);
        await deploy(stackOnApiServers("dev", apiServers(), namespaces), newState());
        kubelet = await Kubelet.start(server, NODE, folder, imageRoot(folder));
        controller = new JobController(server, NODE);
        settings = await settingsFor("command-identity");
    });

    after(async () => {
        await controller.stop();
        await kubelet.stop();
        rmSync(folder, { recursive: true });
    });

    function settingsWith(...changes: Change[]): Settings {
        const raw = changed(
            rawStack("dev"),
            ...onApiServers("dev", apiServers(), namespaces),
            ...changes,
        );
        return parseSettings(raw, "Pulumi.dev.yaml").settings;
    }

    async function settingsFor(
        name: string,
        permissions = commandPermissions(settingsWith()),
    ): Promise<Settings> {
        const role = commandRole("dev", settingsWith(), permissions);
        const { server } = await deployingAccount(apiServers().source, name, [
            { ...role, name: `${role.name}-${name}` },
        ]);
        const kubeconfig = await kubeconfigFor(path.dirname(apiServers().kubeconfig), name, [
            server,
        ]);
        return settingsWith(["source/kubeconfig", kubeconfig], ["target/kubeconfig", kubeconfig]);
    }

    async function run(
        args: readonly string[],
        options: Partial<CommandJobOptions> & { readonly signal?: AbortSignal } = {},
    ) {
        const io = testIo(options.signal);
        const result = { code: undefined as number | undefined, error: undefined as unknown };
        try {
            result.code = await runCommandJob(
                {
                    stack: "dev",
                    settings,
                    args,
                    image: IMAGE,
                    root: repositoryRoot,
                    ...options,
                },
                io,
            );
        } catch (error) {
            result.error = error;
        }
        return { ...result, stdout: io.stdoutText(), stderr: io.stderrText() };
    }

    async function left(): Promise<string[]> {
        const lists = await Promise.all(
            [
                `/apis/batch/v1/namespaces/${namespaces.target}/jobs`,
                `/api/v1/namespaces/${namespaces.target}/pods`,
            ].map((path) =>
                client.request<{ items: { metadata: { name: string } }[] }>({
                    path,
                }),
            ),
        );
        return lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.name));
    }

    afterEach("nothing is left", async () => {
        kubelet.script(namespaces.target, { type: "run" });
        assert.deepEqual(await left(), []);
        assert.equal(kubelet.busy, false);
    });

    it("connects like MirrorMaker 2, as read-only users, and exits with its exit code", async () => {
        const { code, error, stdout, stderr } = await run(["show", "3"]);
        assert.equal(error, undefined);
        assert.equal(code, 3);
        assert.equal(stderr, "looking\ndone\n");
        const { args, sites } = JSON.parse(stdout) as {
            args: string[];
            sites: Record<string, string>[];
        };
        assert.deepEqual(args.slice(0, 2), ["--stack", "dev"]);
        const kubectl = new Kubectl(apiServers().source);
        for (const [side, site] of [
            ["source", sites[0]],
            ["target", sites[1]],
        ] as const) {
            const { name, namespace } = settings[side];
            assert.equal(site!.bootstrap, `${name}-kafka-bootstrap.${namespace}.svc:9093`);
            assert.equal(site!.user, `my-mm2-cluster-commands-${side}-1`);
            const secretData = async (id: string) =>
                (await kubectl.get("kubernetes:core/v1:Secret", id)).data as Record<string, string>;
            const text = (base64: string | undefined) =>
                Buffer.from(base64 ?? "", "base64").toString();
            const ca = await secretData(`${namespace}/${name}-cluster-ca-cert`);
            assert.equal(site!.ca, `${text(ca["ca.crt"]).trim()}\n`);
            const user = await secretData(
                `${namespace}/my-mm2-cluster-commands-${side}-1-password`,
            );
            assert.equal(site!.password, text(user.password));
        }
    });

    it("connects to the active site as a user of the settings with --as", async () => {
        const { code, stdout } = await run(["show", "0"], { as: "my-app" });
        assert.equal(code, 0);
        const { sites } = JSON.parse(stdout) as { sites: { user: string }[] };
        assert.deepEqual(
            sites.map(({ user }) => user),
            ["my-app", "my-mm2-cluster-commands-target-1"],
        );
    });

    it("loses and repeats no line when the log breaks repeatedly", async () => {
        kubelet.breakNextLog(1, 7, 90, 30, 101);
        const { code, error, stdout, stderr } = await run(["count", "0"]);
        assert.equal(error, undefined);
        assert.equal(code, 0);
        const lines = Array.from({ length: 400 }, (_, index) => `line ${index + 1}\n`);
        assert.equal(stdout, lines.join(""));
        assert.equal(stderr, "100 lines\n200 lines\n300 lines\n400 lines\n");
        assert(kubelet.logOf(namespaces.target).reads >= 5);
    });

    it("stops at Ctrl-C: the command gets the signal, its last output is shown, the Job is deleted", async () => {
        const interrupt = new AbortController();
        const io = testIo(interrupt.signal);
        const running = runCommandJob(
            { stack: "dev", settings, args: ["wait"], image: IMAGE, root: repositoryRoot },
            io,
        );
        await waitFor(
            "the command waits",
            () => Promise.resolve(io.stderrText().includes("waiting") || undefined),
            { timeoutMs: 300_000 },
        );
        interrupt.abort();
        assert.equal(await running, 130);
        assert.match(io.stderrText(), /^waiting\nInterrupted: .*\ncleaned up\n$/);
        assert.deepEqual(await left(), []);
    });

    it("returns at once at the second Ctrl-C, and prints the command that deletes the Job", async () => {
        const [interrupt, leave] = [new AbortController(), new AbortController()];
        const io = testIo(interrupt.signal);
        const running = runCommandJob(
            {
                stack: "dev",
                settings,
                args: ["stubborn"],
                image: IMAGE,
                root: repositoryRoot,
                leave: leave.signal,
            },
            io,
        );
        await waitFor(
            "the command waits",
            () => Promise.resolve(io.stderrText().includes("waiting") || undefined),
            { timeoutMs: 300_000 },
        );
        interrupt.abort();
        await waitFor(
            "the Job is being deleted",
            async () =>
                ((await left()).length > 0 && io.stderrText().includes("Interrupted")) || undefined,
            { timeoutMs: 300_000 },
        );
        leave.abort();
        assert.equal(await running, 130);
        const [, name] = /delete job (my-mm2-cluster-stubborn-\w+) --cascade=foreground\n$/.exec(
            io.stderrText(),
        )!;
        assert((await left()).includes(name!));
        kubelet.kill(namespaces.target);
        await waitFor("it goes", async () => (await left()).length === 0 || undefined, {
            timeoutMs: 300_000,
        });
    });

    for (const [what, mode, second, last] of [
        ["stops at a real Ctrl-C", "wait", false, /\nInterrupted: .*\ncleaned up\n$/],
        [
            "leaves at a second real one",
            "stubborn",
            true,
            /\nDid not wait for the deletion\. If the Job still exists: kubectl .*\n$/,
        ],
    ] as const) {
        it(`${what}, with exit code 130`, async () => {
            const child = spawn(
                process.execPath,
                [
                    "--require",
                    "tsx/cjs",
                    path.join(__dirname, "support", "runCli.ts"),
                    settings.target.kubeconfig ?? "",
                    namespaces.source,
                    namespaces.target,
                    IMAGE,
                    mode,
                ],
                { cwd: repositoryRoot, stdio: ["ignore", "ignore", "pipe"] },
            );
            let stderr = "";
            child.stderr.setEncoding("utf8").on("data", (text: string) => {
                stderr += text;
            });
            const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
            const prints = (text: string) =>
                waitFor(
                    `it prints ${text}`,
                    () => Promise.resolve(stderr.includes(text) || undefined),
                    {
                        timeoutMs: 300_000,
                    },
                );
            await prints("waiting");
            child.kill("SIGINT");
            await prints("Interrupted");
            if (second) {
                child.kill("SIGINT");
            }
            assert.equal(await closed, 130);
            assert.match(stderr, last);
            kubelet.kill(namespaces.target);
            await waitFor("it goes", async () => (await left()).length === 0 || undefined, {
                timeoutMs: 300_000,
            });
        });
    }

    it("fails when the container terminates before the command ends", async () => {
        const { error, stdout } = await run(["die"]);
        assert(error instanceof CommandError);
        assert.match(error.message, /terminated before the command ended.*exit code 137/);
        assert.equal(stdout, "");
    });

    it("returns the result of a mirror operation, or its error", async () => {
        const io = testIo();
        const reach = { stack: "dev", image: IMAGE };
        const operations = mirrorByJobs(settings, "forward", 1, reach, io);
        const { given, args } = (await operations.progress({
            records: true,
            watchSeconds: 0,
        })) as unknown as {
            given: unknown[];
            args: string[];
        };
        assert.deepEqual(given, [{ records: true, watchSeconds: 0 }]);
        const option = (name: string) => args[args.indexOf(name) + 1];
        assert.deepEqual(["--direction", "--epoch", "--stack"].map(option), [
            "forward",
            "1",
            "dev",
        ]);
        assert.match(option("--source-bootstrap") ?? "", /^my-cluster-kafka-bootstrap\./);
        assert.equal(await operations.checkpointSeconds(), undefined);
        // The result goes to the command, not to its output.
        assert.equal(io.stdoutText(), "");
        assert.equal(io.stderrText(), "asking\nasking\n");
        await assert.rejects(
            operations.stop(5),
            (error) =>
                error instanceof CommandError &&
                error.exitCode === 4 &&
                error.message === 'the Job of "stop" ended with exit code 4',
        );
        assert.match(io.stderrText(), /Kafka Connect does not answer\n$/);
    });

    describe("reports why it does not start:", () => {
        it("a missing Secret", async () => {
            const { error } = await run(["show"], {
                settings: { ...settings, mirror: { ...settings.mirror, credentialsRevision: 7 } },
            });
            assert(error instanceof CommandError);
            assert.match(
                error.message,
                /secret "my-mm2-cluster-commands-source-7-password" not found/,
            );
            assert.match(error.remedy, /make up/);
        });

        it("an image that cannot be pulled", async () => {
            const message = `Back-off pulling image "${IMAGE}"`;
            kubelet.script(namespaces.target, {
                type: "waiting",
                reason: "ImagePullBackOff",
                message,
            });
            const { error } = await run(["show"]);
            assert(error instanceof CommandError);
            assert(error.message.includes(`ImagePullBackOff: ${message}`), error.message);
            assert.match(error.remedy, /kafka-dr:images\.commands/);
        });

        it("Pod Security, when a part of the restricted profile is missing", async () => {
            const job = jobManifest({
                settings,
                args: ["show"],
                accesses: NO_ACCESS,
                suffix: "unsafe",
                image: IMAGE,
            });
            const { spec } = job.spec.template;
            const unsafe = {
                ...spec,
                containers: spec.containers.map((container) => ({
                    ...container,
                    securityContext: { ...container.securityContext, capabilities: { drop: [] } },
                })),
            };
            const template = { ...job.spec.template, spec: unsafe };
            await assert.rejects(
                runJob({
                    kubeConfig: targetCluster(settings),
                    job: { ...job, spec: { ...job.spec, template } },
                    io: testIo(),
                }),
                /Pod Security of the namespace rejects the pod: .*violates PodSecurity "restricted:v1\.30": unrestricted capabilities/,
            );
        });

        it("an exhausted quota, with the message of the API server", async () => {
            const path = `/api/v1/namespaces/${namespaces.target}/resourcequotas`;
            await client.request({
                method: "POST",
                path,
                body: {
                    apiVersion: "v1",
                    kind: "ResourceQuota",
                    metadata: { name: "small" },
                    spec: { hard: { "requests.memory": "10Mi" } },
                },
            });
            try {
                // Without a quota controller the test sets the usage.
                await client.request({
                    method: "PATCH",
                    path: `${path}/small/status`,
                    contentType: "application/merge-patch+json",
                    body: {
                        status: {
                            hard: { "requests.memory": "10Mi" },
                            used: { "requests.memory": "0" },
                        },
                    },
                });
                const { error } = await run(["show"]);
                assert(error instanceof CommandError);
                assert.match(
                    error.message,
                    /exceeded quota: small, requested: requests.memory=1Gi/,
                );
                assert.match(error.remedy, /ResourceQuota/);
            } finally {
                await client.request({ method: "DELETE", path: `${path}/small` });
            }
        });

        it("no node, after the start timeout", async () => {
            const message = "0/3 nodes are available: 3 Insufficient memory.";
            kubelet.script(namespaces.target, { type: "unschedulable", message });
            const { error, stderr } = await run(["show"], { startTimeoutSeconds: 1 });
            assert(error instanceof CommandError);
            // A machine that is slow sees the reason only when the time is over.
            assert(["", `Waiting: No node can run the pod: ${message}\n`].includes(stderr), stderr);
            assert.match(error.message, /Insufficient memory/);
        });
    });

    it("reports each missing right", async () => {
        const all = commandPermissions(settingsWith());
        const cases: readonly (readonly [resource: string, verb: Verb])[] = [
            ["jobs", "create"],
            ["jobs", "get"],
            ["pods", "list"],
            ["pods/log", "get"],
            ["events", "list"],
            ["kafkamirrormaker2s", "get"],
        ];
        for (const [index, [resource, verb]] of cases.entries()) {
            const rest = without(all, [verb], (found) => found.resource === resource);
            const restricted = await settingsFor(`command-without-${index}`, rest);
            const { error, stderr } = await run(["count"], { settings: restricted });
            const text =
                error instanceof CommandError ? `${error.message} ${error.remedy}` : stderr;
            assert.match(text, /403/, `${verb} ${resource}: ${text}`);
            assert(
                text.includes(`cannot ${verb} resource "${resource}"`),
                `${verb} ${resource}: ${text}`,
            );
            // Without these it cannot observe the deletion, and reports that; the Job is deleted anyway.
            await waitFor("the Job is gone", async () => (await left()).length === 0 || undefined, {
                timeoutMs: 300_000,
            });
        }
    });

    it("prints the command that deletes the Job when it may not delete it", async () => {
        const rest = commandPermissions(settingsWith()).map((permission) =>
            permission.resource === "jobs"
                ? { ...permission, verbs: ["create" as const, "get" as const] }
                : permission,
        );
        const restricted = await settingsFor("command-undeleted", rest);
        const { code, stderr } = await run(["count"], { settings: restricted });
        assert.equal(code, 0);
        const [, name] =
            /could not be deleted: .*cannot delete resource "jobs".*\nDelete it: kubectl .* delete job (\S+) /.exec(
                stderr,
            )!;
        await client.request({
            method: "DELETE",
            path: `/apis/batch/v1/namespaces/${namespaces.target}/jobs/${name}`,
            query: { propagationPolicy: "Foreground" },
        });
        await waitFor("it goes", async () => (await left()).length === 0 || undefined, {
            timeoutMs: 300_000,
        });
    });
});
