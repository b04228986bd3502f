import { ApiError } from "../../../cli/shared/kubernetes/apiClient";
import type { ApiServer } from "../apiServers/apiServer";
import { Controller, unlessOutdated } from "../operator/controller";
import type { StoredJob, StoredPod } from "./objects";
import { warn } from "./warn";

const FOREGROUND = "foregroundDeletion";

/**
 * A stand-in for the Job controller, the scheduler and the garbage collector of Kubernetes: it creates
 * one pod for each Job on the node of the test, or an event with the reason of a failure, and removes a
 * Job that is deleted in the foreground after its pod.
 */
export class JobController extends Controller {
    private readonly done = new Set<string>();

    constructor(
        server: ApiServer,
        private readonly node: string,
    ) {
        super(server);
    }

    protected async reconcileAll(): Promise<void> {
        const { items } = await this.client.request<{ items: StoredJob[] }>({
            path: "/apis/batch/v1/jobs",
        });
        for (const job of items) {
            await this.reconcile(job).catch(unlessOutdated);
        }
    }

    private async reconcile(job: StoredJob): Promise<void> {
        const { uid, name, namespace, deletionTimestamp } = job.metadata;
        if (deletionTimestamp !== undefined) {
            await this.collect(job);
            return;
        }
        if (this.done.has(uid)) {
            return;
        }
        this.done.add(uid);
        try {
            await this.client.request({
                method: "POST",
                path: `/api/v1/namespaces/${namespace}/pods`,
                body: podOf(job, this.node),
            });
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            const message = `Error creating: ${error.message}`;
            const about = { apiVersion: "batch/v1", kind: "Job", name, namespace, uid };
            await warn(this.client, about, "FailedCreate", message);
        }
    }

    private async collect(job: StoredJob): Promise<void> {
        const { uid, name, namespace, finalizers = [] } = job.metadata;
        const { items } = await this.client.request<{ items: StoredPod[] }>({
            path: `/api/v1/namespaces/${namespace}/pods`,
        });
        const pods = items.filter(({ metadata }) =>
            metadata.ownerReferences?.some((owner) => owner.uid === uid),
        );
        for (const { metadata } of pods.filter((pod) => !pod.metadata.deletionTimestamp)) {
            await this.client.request({
                method: "DELETE",
                path: `/api/v1/namespaces/${namespace}/pods/${metadata.name}`,
            });
        }
        if (pods.length === 0 && finalizers.includes(FOREGROUND)) {
            await this.client.request({
                method: "PATCH",
                path: `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`,
                contentType: "application/merge-patch+json",
                body: {
                    metadata: { finalizers: finalizers.filter((found) => found !== FOREGROUND) },
                },
            });
        }
    }
}

function podOf({ metadata: { name, uid }, spec: { template } }: StoredJob, node: string) {
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
            ...template.metadata,
            name: `${name}-x2x4z`,
            ownerReferences: [
                {
                    apiVersion: "batch/v1",
                    kind: "Job",
                    name,
                    uid,
                    controller: true,
                    blockOwnerDeletion: true,
                },
            ],
        },
        spec: { ...template.spec, nodeName: node },
    };
}
