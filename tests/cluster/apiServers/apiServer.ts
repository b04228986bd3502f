import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { type ApiClient, textOf } from "../../../cli/shared/kubernetes/apiClient";
import { apiClient, type ClusterAccess } from "../../support/kubernetes";
import { createClusterCa } from "../../../lab/kafka/certificateAuthorities";
import { freePorts } from "../../../lab/process/ports";
import type { ManagedProcess } from "../../../lab/process/managedProcess";
import type { Supervisor } from "../../../lab/process/supervisor";
import { waitFor } from "../../../lab/process/wait";
import { AuditLog } from "./auditLog";
import type { ServerPrograms } from "./goServers";

const LOOPBACK = "127.0.0.1";
const START_TIMEOUT_MS = 300_000;
/** Memory instead of CPU: a quarter of the garbage collections of Go's default of 100. */
const GO_ENVIRONMENT = { GOGC: "400" };
/** A group that no role can restrict. */
const ADMINS = "system:masters";

/** The users of an API server: one deploys, the other is Strimzi's operator. */
export const USERS = ["deployer", "operator"] as const;
export type User = (typeof USERS)[number];

/** A ready kube-apiserver with its own etcd, with only the system's namespaces. */
export interface ApiServer {
    readonly name: string;
    /** The access of each user. */
    readonly access: Readonly<Record<User, ClusterAccess>>;
    readonly audit: AuditLog;
    /** False from the call of {@link stop} until it answers again. */
    readonly running: boolean;
    /** Kills it, like the loss of its machine. etcd keeps its objects. */
    stop(): Promise<void>;
    /** Starts it again after a stop: same address, same objects. Does nothing while it runs. */
    start(): Promise<void>;
}

/**
 * Starts an API server on free ports of the loopback address. There are no controllers and no
 * nodes: objects are stored, validated and defaulted, and nothing acts on them. The {@link USERS} have
 * all rights, a service account those of its roles.
 */
export async function startApiServer(
    name: string,
    programs: ServerPrograms,
    supervisor: Supervisor,
): Promise<ApiServer> {
    const folder = path.join(supervisor.folder, name);
    await mkdir(folder);
    const [clientPort, peerPort, securePort] = (await freePorts(3)) as [number, number, number];
    const etcdUrl = `http://${LOOPBACK}:${clientPort}`;
    const peerUrl = `http://${LOOPBACK}:${peerPort}`;
    await supervisor.spawn({
        name: `etcd of ${name}`,
        command: programs.etcd,
        args: flags({
            "data-dir": path.join(folder, "etcd"),
            "listen-client-urls": etcdUrl,
            "advertise-client-urls": etcdUrl,
            "listen-peer-urls": peerUrl,
            "initial-advertise-peer-urls": peerUrl,
            "initial-cluster": `default=${peerUrl}`,
            // Durability does not matter here.
            "unsafe-no-fsync": "true",
            "log-level": "warn",
        }),
        cwd: folder,
        logFile: path.join(folder, "etcd.log"),
        env: GO_ENVIRONMENT,
    });
    const files = await writeFiles(folder, name);
    const program = {
        name: `kube-apiserver of ${name}`,
        command: programs["kube-apiserver"],
        args: flags({
            "etcd-servers": etcdUrl,
            "bind-address": LOOPBACK,
            "secure-port": String(securePort),
            "cert-dir": folder,
            "tls-cert-file": files.certificate,
            "tls-private-key-file": files.key,
            "token-auth-file": files.tokens,
            "anonymous-auth": "false",
            "authorization-mode": "RBAC",
            "service-account-issuer": `https://${LOOPBACK}:${securePort}`,
            "service-account-key-file": files.serviceAccountKey,
            "service-account-signing-key-file": files.serviceAccountKey,
            "service-cluster-ip-range": "10.96.0.0/24",
            "endpoint-reconciler-type": "none",
            // It waits for service accounts of a controller that does not run.
            "disable-admission-plugins": "ServiceAccount",
            "audit-policy-file": files.auditPolicy,
            "audit-log-path": files.auditLog,
            v: "0",
        }),
        cwd: folder,
        logFile: path.join(folder, "kube-apiserver.log"),
        env: GO_ENVIRONMENT,
    };
    const accessOf = (user: User): ClusterAccess => ({
        context: name,
        server: `https://${LOOPBACK}:${securePort}`,
        ca: files.ca,
        token: files.tokenOf(user),
    });
    const access = { deployer: accessOf("deployer"), operator: accessOf("operator") };
    const launch = async () => {
        const launched = await supervisor.spawn(program);
        await untilReady(name, apiClient(access.operator), supervisor.signal);
        return launched;
    };
    let current: ManagedProcess | undefined = await launch();
    return {
        name,
        access,
        audit: new AuditLog(files.auditLog),
        get running() {
            return current !== undefined;
        },
        async stop() {
            const stopped = current;
            current = undefined;
            stopped?.kill("SIGKILL");
            await stopped?.exited;
        },
        async start() {
            if (current === undefined) {
                const launched = await launch();
                await untilServing(apiClient(access.operator), supervisor.signal);
                current = launched;
            }
        },
    };
}

function flags(values: Readonly<Record<string, string>>): string[] {
    return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

async function untilReady(name: string, client: ApiClient, signal: AbortSignal): Promise<void> {
    await waitFor(
        `kube-apiserver of ${name} is ready`,
        async () => {
            return textOf(await client.stream({ path: "/readyz" }, signal));
        },
        { timeoutMs: START_TIMEOUT_MS, signal },
    );
}

/**
 * Waits for the objects of a server that had some before it was ready: it reads the storage of each
 * kind in the background, and until then rejects requests with "storage is (re)initializing".
 */
async function untilServing(client: ApiClient, signal: AbortSignal): Promise<void> {
    const list = (path: string) =>
        waitFor(`${path} is served`, () => client.request<StoredDefinitions>({ path }), {
            timeoutMs: START_TIMEOUT_MS,
            signal,
        });
    const { items } = await list("/apis/apiextensions.k8s.io/v1/customresourcedefinitions");
    const custom = items.map(({ spec }) => `/apis/${spec.group}/v1/${spec.names.plural}`);
    await Promise.all([...BUILT_IN, ...custom].map((path) => list(path)));
}

interface StoredDefinitions {
    readonly items: readonly {
        readonly spec: { readonly group: string; readonly names: { readonly plural: string } };
    }[];
}

/** Lists of the kinds of Kubernetes itself that stacks have. */
const BUILT_IN = [
    "/api/v1/namespaces",
    "/api/v1/secrets",
    "/api/v1/configmaps",
    "/apis/networking.k8s.io/v1/networkpolicies",
];

/** Metadata of all requests except those of the server itself. */
const AUDIT_POLICY = {
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    omitStages: ["RequestReceived"],
    rules: [
        { level: "Metadata", users: USERS },
        { level: "Metadata", userGroups: ["system:serviceaccounts"] },
        { level: "None" },
    ],
};

async function writeFiles(folder: string, name: string) {
    const ca = await createClusterCa(name);
    const serving = await ca.issue("kube-apiserver");
    const serviceAccount = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const tokens = new Map(USERS.map((user) => [user, randomBytes(24).toString("hex")]));
    const write = async (file: string, text: string): Promise<string> => {
        const full = path.join(folder, file);
        await writeFile(full, text, { mode: 0o600 });
        return full;
    };
    return {
        ca: ca.certificate,
        tokenOf: (user: User) => tokens.get(user) ?? "",
        certificate: await write("serving.crt", serving.certificate),
        key: await write("serving.key", serving.key),
        serviceAccountKey: await write(
            "service-account.key",
            serviceAccount.privateKey.export({ type: "sec1", format: "pem" }).toString(),
        ),
        tokens: await write(
            "tokens.csv",
            [...tokens].map(([user, token]) => `${token},${user},${user},${ADMINS}\n`).join(""),
        ),
        auditPolicy: await write("audit-policy.json", JSON.stringify(AUDIT_POLICY)),
        auditLog: path.join(folder, "audit.log"),
    };
}
