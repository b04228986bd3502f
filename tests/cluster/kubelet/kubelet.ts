import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { ApiError } from "../../../cli/shared/kubernetes/apiClient";
import type { KubernetesObject } from "../../support/kubernetes";
import { createClusterCa } from "../../../lab/kafka/certificateAuthorities";
import type { ApiServer } from "../apiServers/apiServer";
import { Controller, unlessOutdated } from "../operator/controller";
import { ContainerLog } from "./containerLog";
import type { StoredPod } from "./objects";
import { warn } from "./warn";

/** The outcome of the pods in a namespace; by default their commands run. */
export type PodScript =
    | { readonly type: "run" }
    /** The container stays in the state `waiting`, with this reason. */
    | { readonly type: "waiting"; readonly reason: string; readonly message: string }
    /** No node can run the pod. */
    | { readonly type: "unschedulable"; readonly message: string };

interface Running {
    readonly log: ContainerLog;
    child: ChildProcess | undefined;
    /** Set once the process has ended. */
    exitCode: number | undefined;
}

/** Kills the first process of a container and all that it started: a container ends as a whole. */
function killContainer(child: ChildProcess | undefined): void {
    try {
        if (child?.pid !== undefined) {
            process.kill(-child.pid, "SIGKILL");
        }
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
            throw error;
        }
    }
}

/**
 * A stand-in for a node: it is a Node of the API server, runs the command of a pod as a local
 * process, and serves its log on the kubelet's HTTPS port, to which the API server itself connects.
 *
 * It runs no container: image, user, read-only root and network are not those of the pod. Secrets are
 * real files, in a folder instead of `/etc/kafka-dr`.
 */
export class Kubelet extends Controller {
    private readonly pods = new Map<string, Running>();
    private readonly scripts = new Map<string, PodScript>();
    private readonly warned = new Set<string>();
    /** Line counts after which reads of the next pod's log break. */
    private breaks: number[] = [];

    private constructor(
        server: ApiServer,
        readonly node: string,
        private readonly folder: string,
        /** Folder of the repository for commands, like `/app`. */
        private readonly root: string,
        private readonly https: Server,
    ) {
        super(server);
    }

    static async start(
        server: ApiServer,
        node: string,
        folder: string,
        root: string,
    ): Promise<Kubelet> {
        const { key, certificate } = await (await createClusterCa(node)).issue(node);
        const https = createServer({ key, cert: certificate });
        await new Promise<void>((resolve) => https.listen(0, "127.0.0.1", resolve));
        const kubelet = new Kubelet(server, node, folder, root, https);
        https.on("request", (request, response) => {
            const url = new URL(request.url ?? "", "https://kubelet");
            const [, kind, namespace, pod] = url.pathname.split("/");
            const running = kubelet.pods.get(`${namespace ?? ""}/${pod ?? ""}`);
            if (kind !== "containerLogs" || running === undefined) {
                response.writeHead(404).end(`no ${url.pathname} on ${node}`);
                return;
            }
            void running.log.serve(url.searchParams, response);
        });
        await kubelet.register((https.address() as AddressInfo).port);
        return kubelet;
    }

    /** Sets the outcome of the pods in a namespace from now on. */
    script(namespace: string, script: PodScript): void {
        this.scripts.set(namespace, script);
    }

    /** Breaks the first reads of the next pod's log, each after a number of lines. */
    breakNextLog(...afterLines: number[]): void {
        this.breaks = afterLines;
    }

    /** The log of a namespace's newest pod. */
    logOf(namespace: string): ContainerLog {
        const found = [...this.pods].findLast(([id]) => id.startsWith(`${namespace}/`));
        if (found === undefined) {
            throw new Error(`no pod of ${namespace} has run`);
        }
        return found[1].log;
    }

    /** Whether any command still runs. */
    get busy(): boolean {
        return [...this.pods.values()].some(
            ({ child, exitCode }) => child !== undefined && exitCode === undefined,
        );
    }

    /** Kills the processes of a namespace, as after the grace period. */
    kill(namespace: string): void {
        for (const [id, { child, exitCode }] of this.pods) {
            if (id.startsWith(`${namespace}/`) && exitCode === undefined) {
                killContainer(child);
            }
        }
    }

    /** Stops it and every command. @throws the error that ended it before */
    override async stop(): Promise<void> {
        try {
            await super.stop();
        } finally {
            for (const { child, log } of this.pods.values()) {
                killContainer(child);
                log.close();
            }
            this.https.closeAllConnections();
            await new Promise((resolve) => this.https.close(resolve));
        }
    }

    private async register(port: number): Promise<void> {
        await this.client.request({
            method: "POST",
            path: "/api/v1/nodes",
            body: { apiVersion: "v1", kind: "Node", metadata: { name: this.node } },
        });
        await this.client.request({
            method: "PATCH",
            path: `/api/v1/nodes/${this.node}/status`,
            contentType: "application/merge-patch+json",
            body: {
                status: {
                    addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
                    daemonEndpoints: { kubeletEndpoint: { Port: port } },
                },
            },
        });
    }

    protected async reconcileAll(): Promise<void> {
        const { items } = await this.client.request<{ items: StoredPod[] }>({
            path: "/api/v1/pods",
            query: { fieldSelector: `spec.nodeName=${this.node}` },
        });
        for (const pod of items) {
            await this.reconcile(pod).catch(unlessOutdated);
        }
    }

    private async reconcile(pod: StoredPod): Promise<void> {
        const { name, namespace, deletionTimestamp } = pod.metadata;
        const id = `${namespace}/${name}`;
        const running = this.pods.get(id);
        if (deletionTimestamp !== undefined) {
            if (running?.child !== undefined && running.exitCode === undefined) {
                running.child.kill("SIGTERM");
                return;
            }
            await this.client.request({
                method: "DELETE",
                path: `/api/v1/namespaces/${namespace}/pods/${name}`,
                body: { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0 },
            });
            return;
        }
        if (running === undefined) {
            await this.begin(id, pod);
        } else if (running.exitCode !== undefined) {
            const { exitCode } = running;
            await this.report(pod, exitCode === 0 ? "Succeeded" : "Failed", {
                terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error" },
            });
        }
    }

    private async begin(id: string, pod: StoredPod): Promise<void> {
        const script = this.scripts.get(pod.metadata.namespace) ?? { type: "run" };
        if (script.type === "waiting") {
            const { reason, message } = script;
            await this.report(pod, "Pending", { waiting: { reason, message } });
            return;
        }
        if (script.type === "unschedulable") {
            await this.status(pod, {
                phase: "Pending",
                conditions: [
                    {
                        type: "PodScheduled",
                        status: "False",
                        reason: "Unschedulable",
                        message: script.message,
                    },
                ],
            });
            return;
        }
        const folder = path.join(this.folder, pod.metadata.uid);
        if (!(await this.mount(pod, folder))) {
            return;
        }
        const log = new ContainerLog();
        log.breaksAfter = this.breaks;
        this.breaks = [];
        const running: Running = { log, child: undefined, exitCode: undefined };
        this.pods.set(id, running);
        const [{ command, args }] = pod.spec.containers;
        const [program, ...first] = command;
        const child = spawn(
            program === "node" ? process.execPath : program,
            [...first, ...args.map((arg) => arg.replace(/^\/etc\/kafka-dr/, folder))],
            {
                cwd: this.root,
                env: { PATH: process.env.PATH, TMPDIR: folder, DISABLE_V8_COMPILE_CACHE: "1" },
                stdio: ["ignore", "pipe", "pipe"],
                // A process group of its own, as a container has processes of its own.
                detached: true,
            },
        );
        running.child = child;
        child.once("exit", () => {
            killContainer(child);
        });
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
            log.write(text);
        });
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            log.write(text);
        });
        child.once("close", (code) => {
            running.exitCode = code ?? 137;
            log.close();
        });
        await this.report(pod, "Running", { running: { startedAt: new Date().toISOString() } });
    }

    /** Writes the files of the volumes; false, with an event, while a Secret is missing. */
    private async mount({ metadata, spec }: StoredPod, folder: string): Promise<boolean> {
        const [{ volumeMounts }] = spec.containers;
        for (const { name, secret, downwardAPI } of spec.volumes) {
            const at = volumeMounts.find((mount) => mount.name === name)?.mountPath ?? "";
            const target = path.join(folder, at.replace("/etc/kafka-dr", ""));
            if (secret !== undefined) {
                const data = await this.secret(metadata.namespace, secret.secretName);
                if (data === undefined) {
                    const message = `MountVolume.SetUp failed for volume "${name}" : secret "${secret.secretName}" not found`;
                    if (!this.warned.has(metadata.uid)) {
                        this.warned.add(metadata.uid);
                        const about = { apiVersion: "v1", kind: "Pod", ...metadata };
                        await warn(this.client, about, "FailedMount", message);
                    }
                    return false;
                }
                await mkdir(target, { recursive: true });
                const items = secret.items ?? Object.keys(data).map((key) => ({ key, path: key }));
                for (const item of items) {
                    const content = Buffer.from(data[item.key] ?? "", "base64");
                    await writeFile(path.join(target, item.path), content);
                }
            }
            for (const item of downwardAPI?.items ?? []) {
                const key = /^metadata\.annotations\['(.+)'\]$/.exec(item.fieldRef.fieldPath)?.[1];
                await mkdir(folder, { recursive: true });
                await writeFile(
                    path.join(folder, item.path),
                    metadata.annotations?.[key ?? ""] ?? "",
                );
            }
        }
        return true;
    }

    private async secret(
        namespace: string,
        name: string,
    ): Promise<Readonly<Record<string, string>> | undefined> {
        try {
            const secret = await this.client.request<
                KubernetesObject & { data?: Readonly<Record<string, string>> }
            >({ path: `/api/v1/namespaces/${namespace}/secrets/${name}` });
            return secret.data ?? {};
        } catch (error) {
            if (error instanceof ApiError && error.status === 404) {
                return undefined;
            }
            throw error;
        }
    }

    private async report(pod: StoredPod, phase: string, state: object): Promise<void> {
        const [{ name }] = pod.spec.containers;
        await this.status(pod, {
            phase,
            containerStatuses: [
                { name, state, ready: false, restartCount: 0, image: "", imageID: "" },
            ],
        });
    }

    private async status({ metadata }: StoredPod, status: object): Promise<void> {
        await this.client.request({
            method: "PATCH",
            path: `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/status`,
            contentType: "application/merge-patch+json",
            body: { status },
        });
    }
}
