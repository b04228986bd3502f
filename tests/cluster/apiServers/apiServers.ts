import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { apiClient, kubeConfigFor } from "../../support/kubernetes";
import type { Supervisor } from "../../../lab/process/supervisor";
import { waitFor } from "../../../lab/process/wait";
import { repositoryRoot } from "../../support/rawSettings";
import { type ApiServer, startApiServer } from "./apiServer";
import type { ServerPrograms } from "./goServers";

const CRD_FOLDER = path.join(repositoryRoot, "strimzi", "generated", "crds");
const CRD_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Two Kubernetes clusters from a program's view: API servers with Strimzi's CRDs. */
export interface ApiServers {
    readonly source: ApiServer;
    readonly target: ApiServer;
    /** A kubeconfig file with the contexts `source` and `target` of the deployer. */
    readonly kubeconfig: string;
}

/** Starts both clusters. They run until the supervisor stops. */
export async function startApiServerPair(
    programs: ServerPrograms,
    supervisor: Supervisor,
): Promise<ApiServers> {
    const start = async (name: string): Promise<ApiServer> => {
        const server = await startApiServer(name, programs, supervisor);
        await installCrds(server, strimziCrds(), supervisor.signal);
        return server;
    };
    const [source, target] = await Promise.all([start("source"), start("target")]);
    const kubeconfig = path.join(supervisor.folder, "kubeconfig.yaml");
    await writeFile(kubeconfig, kubeconfigText([source, target]), { mode: 0o600 });
    return { source, target, kubeconfig };
}

/** A kubeconfig with the deployer's context of each server, with the server's name. */
export function kubeconfigText(servers: readonly ApiServer[]): string {
    const accesses = servers.map(({ name, access: { deployer } }) => ({
        ...deployer,
        context: name,
    }));
    return kubeConfigFor(accesses).exportConfig();
}

/** A CustomResourceDefinition whose served versions include `v1`. */
export interface CustomResourceDefinition {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly group: string; readonly names: { readonly plural: string } };
    readonly status?: {
        readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
}

function strimziCrds(): CustomResourceDefinition[] {
    return readdirSync(CRD_FOLDER).map(
        (file) =>
            parse(readFileSync(path.join(CRD_FOLDER, file), "utf8")) as CustomResourceDefinition,
    );
}

/** Creates the definitions and waits until their objects can be created. */
export async function installCrds(
    server: ApiServer,
    crds: readonly CustomResourceDefinition[],
    signal?: AbortSignal,
): Promise<void> {
    const client = apiClient(server.access.operator);
    await Promise.all(
        crds.map(async (crd) => {
            await client.request({ method: "POST", path: CRD_PATH, body: crd });
            const { name } = crd.metadata;
            await waitFor(
                `${name} is Established`,
                async () => {
                    const { status, spec } = await client.request<CustomResourceDefinition>({
                        path: `${CRD_PATH}/${name}`,
                    });
                    // Until its storage is ready, the server answers "try again".
                    await client.request({
                        path: `/apis/${spec.group}/v1/${spec.names.plural}`,
                        query: { resourceVersion: "0" },
                    });
                    return status?.conditions?.find(
                        (condition) =>
                            condition.type === "Established" && condition.status === "True",
                    );
                },
                { timeoutMs: 300_000, ...(signal !== undefined && { signal }) },
            );
        }),
    );
}
