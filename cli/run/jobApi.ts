import * as k8s from "@kubernetes/client-node";
import { ApiClient, ApiError } from "../shared/kubernetes/apiClient";
import { ask, explained, find } from "../shared/kubernetes/request";
import { CONTAINER, type JobManifest } from "./jobManifest";
import type { PendingJob, WarningEvent } from "./pendingReason";

/** The state of a pod and its one container. */
export interface PodState {
    readonly name: string;
    /** Whether the container has started: only then it has a log. */
    readonly started: boolean;
    /** How the container terminated; undefined before that. */
    readonly ended:
        | { readonly exitCode: number; readonly reason: string; readonly message: string }
        | undefined;
    /** Why the pod as a whole failed, such as `Evicted`. */
    readonly failure: string | undefined;
}

/** The requests of one Job to the API server. */
export class JobApi {
    private readonly batch: k8s.BatchV1Api;
    private readonly core: k8s.CoreV1Api;
    readonly name: string;
    readonly namespace: string;

    constructor(
        private readonly config: k8s.KubeConfig,
        private readonly job: JobManifest,
    ) {
        this.batch = config.makeApiClient(k8s.BatchV1Api);
        this.core = config.makeApiClient(k8s.CoreV1Api);
        this.name = job.metadata.name;
        this.namespace = job.metadata.namespace;
    }

    /** The command that deletes the Job, for when this process cannot. */
    get deleteCommand(): string {
        const { namespace, name } = this;
        return `kubectl --context ${this.config.getCurrentContext()} --namespace ${namespace} delete job ${name} --cascade=foreground`;
    }

    async create(): Promise<void> {
        const body = this.job as unknown as k8s.V1Job;
        await this.asking("create", this.batch.createNamespacedJob({ ...this.place, body }));
    }

    /** Deletes the Job, which stays until its pods are gone. */
    async delete(): Promise<void> {
        const { name } = this;
        await find(
            this.config,
            `delete the Job ${this.id}`,
            this.batch.deleteNamespacedJob({
                ...this.place,
                name,
                propagationPolicy: "Foreground",
            }),
        );
    }

    async isGone(): Promise<boolean> {
        const job = await find(
            this.config,
            `read the Job ${this.id}`,
            this.batch.readNamespacedJob({ ...this.place, name: this.name }),
        );
        return job === undefined && (await this.pods()).length === 0;
    }

    /** The newest pod of the Job; undefined before it is created and after it is deleted. */
    async pod(): Promise<PodState | undefined> {
        const pod = (await this.pods()).at(-1);
        return pod === undefined ? undefined : viewOf(pod);
    }

    /** The Job, its newest pod and their Warning events. */
    async pending(): Promise<PendingJob> {
        const [job, pods, events] = await Promise.all([
            find(
                this.config,
                `read the Job ${this.id}`,
                this.batch.readNamespacedJob({ ...this.place, name: this.name }),
            ),
            this.pods(),
            this.asking(
                "read the events of",
                this.core.listNamespacedEvent({
                    ...this.place,
                    fieldSelector: "type=Warning",
                }),
            ),
        ]);
        const pod = pods.at(-1);
        const eventsOf = (kind: string, name: string | undefined): WarningEvent[] =>
            events.items
                .filter(
                    ({ involvedObject }) =>
                        involvedObject.kind === kind && involvedObject.name === name,
                )
                .sort((one, other) => timeOf(one) - timeOf(other))
                .map(({ reason = "", message = "" }) => ({ reason, message }));
        return {
            job: {
                conditions: conditionsOf(job?.status?.conditions),
                events: eventsOf("Job", this.name),
            },
            pod: pod && {
                conditions: conditionsOf(pod.status?.conditions),
                events: eventsOf("Pod", pod.metadata?.name),
                waiting: waitingOf(pod),
            },
        };
    }

    /**
     * The log since a time, each line with its timestamp.
     *
     * @throws CommandError without the right to read it; otherwise the error of the request, which may be temporary.
     */
    async log(
        pod: string,
        sinceTime: string | undefined,
        follow: boolean,
        signal: AbortSignal,
    ): Promise<NodeJS.ReadableStream> {
        const query = {
            container: CONTAINER,
            timestamps: "true",
            follow: String(follow),
            ...(sinceTime !== undefined && { sinceTime }),
        };
        const path = `/api/v1/namespaces/${this.namespace}/pods/${pod}/log`;
        try {
            return await new ApiClient(this.config).stream({ path, query }, signal);
        } catch (cause) {
            const isForbidden = cause instanceof ApiError && [401, 403].includes(cause.status);
            throw isForbidden
                ? explained(this.config, `read the log of the Job ${this.id}`, cause)
                : cause;
        }
    }

    private async pods(): Promise<k8s.V1Pod[]> {
        const labelSelector = `batch.kubernetes.io/job-name=${this.name}`;
        const { items } = await this.asking(
            "read the pods of",
            this.core.listNamespacedPod({ ...this.place, labelSelector }),
        );
        return items.sort((one, other) => createdOf(one) - createdOf(other));
    }

    private async asking<T>(doing: string, request: Promise<T>): Promise<T> {
        return ask(this.config, `${doing} the Job ${this.id}`, request);
    }

    private get place() {
        return { namespace: this.namespace };
    }

    private get id(): string {
        return `${this.namespace}/${this.name}`;
    }
}

function viewOf({ metadata, status }: k8s.V1Pod): PodState {
    const state = status?.containerStatuses?.find(({ name }) => name === CONTAINER)?.state;
    const terminated = state?.terminated;
    return {
        name: metadata?.name ?? "",
        started: state?.running !== undefined || terminated !== undefined,
        ended: terminated && {
            exitCode: terminated.exitCode,
            reason: terminated.reason ?? "",
            message: terminated.message ?? "",
        },
        failure:
            status?.phase === "Failed" && status.reason !== undefined
                ? [status.reason, status.message ?? ""].filter((text) => text !== "").join(": ")
                : undefined,
    };
}

function waitingOf({ status }: k8s.V1Pod) {
    const waiting = status?.containerStatuses?.find(({ name }) => name === CONTAINER)?.state
        ?.waiting;
    return waiting && { reason: waiting.reason ?? "", message: waiting.message ?? "" };
}

function conditionsOf(
    conditions:
        readonly { type: string; status: string; reason?: string; message?: string }[] | undefined,
) {
    return (conditions ?? []).map(({ type, status, reason = "", message = "" }) => ({
        type,
        status,
        reason,
        message,
    }));
}

function timeOf({ lastTimestamp, eventTime, metadata }: k8s.CoreV1Event): number {
    return (lastTimestamp ?? eventTime ?? metadata.creationTimestamp)?.getTime() ?? 0;
}

function createdOf({ metadata }: k8s.V1Pod): number {
    return metadata?.creationTimestamp?.getTime() ?? 0;
}
