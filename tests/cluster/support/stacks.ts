import { type StackFile } from "../../../config/stackFile";
import {
    type ProgramResult,
    type Registration,
    runProgram,
    type RunOptions,
} from "../../../engine";
import { type ApiClient, ApiError } from "../../../cli/shared/kubernetes/apiClient";
import {
    apiClient,
    type KubernetesObject,
    objectTypeOf,
    RestMapper,
} from "../../support/kubernetes";
import { program } from "../../../program";
import type { ApiServer } from "../apiServers/apiServer";
import type { AuditedRequest } from "../apiServers/auditLog";
import type { ApiServers } from "../apiServers/apiServers";
import { StackBackend, type StackState } from "./stackBackend";
import { type Change, rawStack } from "../../support/rawSettings";
import { stackFile } from "../../support/recordedStack";

/** Namespaces of a test's sites, so that tests on the same API servers do not conflict. */
export interface Namespaces {
    readonly source: string;
    readonly target: string;
}

export function namespacesOf(test: string): Namespaces {
    return { source: `${test}-source`, target: `${test}-target` };
}

/** Changes that move a stack to the API servers: `dev` to one of them, `prod` to both. */
export function onApiServers(
    stack: "dev" | "prod",
    { kubeconfig }: ApiServers,
    namespaces: Namespaces,
): readonly Change[] {
    const { source, target } = rawStack(stack) as Record<string, { context: string }>;
    return [
        ["source/context", "source"],
        ["source/kubeconfig", kubeconfig],
        ["source/namespace", namespaces.source],
        ["target/context", source?.context === target?.context ? "source" : "target"],
        ["target/kubeconfig", kubeconfig],
        ["target/namespace", namespaces.target],
    ];
}

/** A stack of the repository on the API servers, with further changes. */
export function stackOnApiServers(
    stack: "dev" | "prod",
    apiServers: ApiServers,
    namespaces: Namespaces,
    changes: readonly Change[] = [],
): StackFile {
    return stackFile(stack, [...onApiServers(stack, apiServers, namespaces), ...changes]);
}

/** Runs the program of the repository against the API servers, like an update of the stack. */
export async function deploy(
    file: StackFile,
    state: StackState,
    options: Partial<RunOptions> = {},
): Promise<ProgramResult> {
    const backend = new StackBackend(state);
    const result = await runProgram(program, { ...file, backend, ...options });
    if (options.preview !== true) {
        await backend.deleteStale(result);
    }
    return result;
}

/** Deletes the objects of the stack, like `pulumi destroy`. */
export async function destroy(state: StackState): Promise<void> {
    const backend = new StackBackend(state);
    await backend.destroy();
}

/** Creates the namespaces of a test, one in each cluster: `prod` does not create them. */
export async function namespacesFor(apiServers: ApiServers, test: string): Promise<Namespaces> {
    const namespaces = namespacesOf(test);
    await new Kubectl(apiServers.source).createNamespace(namespaces.source);
    await new Kubectl(apiServers.target).createNamespace(namespaces.target);
    return namespaces;
}

type Context = "source" | "target";

/** The ends of both audit logs. */
export function auditPositions(apiServers: ApiServers): Record<Context, number> {
    return { source: apiServers.source.audit.position, target: apiServers.target.audit.position };
}

/** The program's requests to both clusters since the positions. */
export function requestsSince(
    apiServers: ApiServers,
    positions: Readonly<Record<Context, number>>,
): AuditedRequest[] {
    return (["source", "target"] as const).flatMap((context) =>
        apiServers[context].audit.since(positions[context], "deployer"),
    );
}

/** Reads and prepares the objects of a cluster, like kubectl. */
export class Kubectl {
    private readonly client: ApiClient;
    private readonly mapper: RestMapper;

    constructor(server: ApiServer) {
        this.client = apiClient(server.access.operator);
        this.mapper = new RestMapper(this.client.config);
    }

    async createNamespace(name: string): Promise<void> {
        await this.create("kubernetes:core/v1:Namespace", {
            apiVersion: "v1",
            kind: "Namespace",
            metadata: { name },
        });
    }

    async create(token: string, object: KubernetesObject, dryRun = false): Promise<void> {
        await this.client.request({
            method: "POST",
            path: await this.mapper.path(objectTypeOf(token), object.metadata.namespace),
            query: { fieldValidation: "Strict", ...(dryRun && { dryRun: "All" }) },
            body: object,
        });
    }

    /** A JSON merge patch: null removes a field. The status has a path of its own. */
    async patch(token: string, id: string, change: object, subresource?: "status"): Promise<void> {
        const path = await this.mapper.pathOfId(objectTypeOf(token), id);
        await this.client.request({
            method: "PATCH",
            path: subresource === undefined ? path : `${path}/${subresource}`,
            body: change,
            contentType: "application/merge-patch+json",
        });
    }

    /** The object of an id, `namespace/name` or `name`; undefined where there is none. */
    async find(token: string, id: string): Promise<KubernetesObject | undefined> {
        const path = await this.mapper.pathOfId(objectTypeOf(token), id);
        try {
            return await this.client.request<KubernetesObject>({ path });
        } catch (error) {
            if (error instanceof ApiError && error.status === 404) {
                return undefined;
            }
            throw error;
        }
    }

    async get(token: string, id: string): Promise<KubernetesObject> {
        const found = await this.find(token, id);
        if (found === undefined) {
            throw new Error(`${token} ${id} does not exist`);
        }
        return found;
    }
}

/** The Kubernetes objects among a program's resources. */
export function kubernetesObjects(result: ProgramResult): Registration[] {
    return result.registrations.filter(({ type }) => type.startsWith("kubernetes:"));
}

/** The context that a resource's provider was given. */
export function contextOf(result: ProgramResult, { options }: Registration): string {
    const urn = options.provider?.slice(0, options.provider.lastIndexOf("::"));
    const provider = result.registrations.find((candidate) => candidate.urn === urn);
    return String(provider?.inputs.context);
}
