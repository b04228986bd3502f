import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { ApiClient } from "../../../cli/shared/kubernetes/apiClient";
import { apiClient, type KubernetesObject } from "../../support/kubernetes";
import { waitFor } from "../../../lab/process/wait";
import type { Permission } from "../../../rbac/permission";
import { bindingObject, type BoundRole, roleObject, type Subject } from "../../../rbac/roles";
import type { ApiServer } from "../apiServers/apiServer";
import { kubeconfigText } from "../apiServers/apiServers";
import { Kubectl } from "./stacks";

/** A service account of one API server that deploys. */
export interface DeployingAccount {
    readonly server: ApiServer;
    /** Its name in the API server's audit log. */
    readonly user: string;
}

const NAME = "deployer";

/**
 * Creates a service account in a new namespace and binds the roles to it. Returns when the API server
 * applies them, which takes a moment.
 */
export async function deployingAccount(
    server: ApiServer,
    namespace: string,
    roles: readonly BoundRole[],
): Promise<DeployingAccount> {
    const kubectl = new Kubectl(server);
    await kubectl.createNamespace(namespace);
    await kubectl.create("kubernetes:core/v1:ServiceAccount", {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: NAME, namespace },
    });
    const subject: Subject = { kind: "ServiceAccount", namespace, name: NAME };
    for (const role of roles) {
        for (const object of [roleObject(role), bindingObject(role, subject)]) {
            await kubectl.create(typeOf(object), object);
        }
    }
    const token = await tokenOf(server, namespace);
    const { deployer } = server.access;
    const access = { ...server.access, deployer: { ...deployer, token } };
    const account = {
        server: { ...server, access },
        user: `system:serviceaccount:${namespace}:${NAME}`,
    };
    const client = apiClient(access.deployer);
    for (const { rules } of roles) {
        const last = rules.at(-1)?.permission;
        if (last !== undefined) {
            await waitFor("the roles apply", () => isAllowed(client, last), {
                timeoutMs: 300_000,
            });
        }
    }
    return account;
}

/** A kubeconfig with the deployer's context of each server. */
export async function kubeconfigFor(
    folder: string,
    name: string,
    servers: readonly ApiServer[],
): Promise<string> {
    const file = path.join(folder, `${name}.yaml`);
    await writeFile(file, kubeconfigText(servers), { mode: 0o600 });
    return file;
}

function typeOf({ apiVersion, kind }: KubernetesObject): string {
    return `kubernetes:${String(apiVersion)}:${String(kind)}`;
}

async function tokenOf(server: ApiServer, namespace: string): Promise<string> {
    const client = apiClient(server.access.operator);
    const { status } = await client.request<{ status: { token: string } }>({
        method: "POST",
        path: `/api/v1/namespaces/${namespace}/serviceaccounts/${NAME}/token`,
        body: {
            apiVersion: "authentication.k8s.io/v1",
            kind: "TokenRequest",
            spec: { expirationSeconds: 3600 },
        },
    });
    return status.token;
}

/** Asks the API server whether the client itself has a right. */
async function isAllowed(client: ApiClient, permission: Permission): Promise<true | undefined> {
    const { namespace, apiGroup, resource, resourceNames, verbs } = permission;
    const { status } = await client.request<KubernetesObject & { status: { allowed: boolean } }>({
        method: "POST",
        path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        body: {
            apiVersion: "authorization.k8s.io/v1",
            kind: "SelfSubjectAccessReview",
            spec: {
                resourceAttributes: {
                    ...(namespace !== undefined && { namespace }),
                    group: apiGroup,
                    resource,
                    verb: verbs[0],
                    ...(resourceNames?.[0] !== undefined && { name: resourceNames[0] }),
                },
            },
        },
    });
    return status.allowed || undefined;
}
