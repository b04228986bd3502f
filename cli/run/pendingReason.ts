import { COMMAND_RESOURCES } from "./jobManifest";

/** A Job whose command has not started: conditions, Warning events and the waiting container. */
export interface PendingJob {
    readonly job: {
        readonly conditions: readonly Condition[];
        readonly events: readonly WarningEvent[];
    };
    /** Undefined before the Job controller has created it. */
    readonly pod:
        | {
              readonly conditions: readonly Condition[];
              readonly events: readonly WarningEvent[];
              /** State `waiting` of the container. */
              readonly waiting: { readonly reason: string; readonly message: string } | undefined;
          }
        | undefined;
}

interface Condition {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
}

export interface WarningEvent {
    readonly reason: string;
    readonly message: string;
}

/** Why a command does not start, and what to do. */
export interface PendingReason {
    /** Whether waiting longer cannot help. */
    readonly permanent: boolean;
    readonly message: string;
    readonly remedy: string;
}

const { cpu, memory } = COMMAND_RESOURCES.requests;
const NEEDED = `${cpu} CPU and ${memory} of memory`;

const IMAGE_REMEDY =
    "Check the image (kafka-dr:images.commands or --image), that the registry has it, and that the namespace's default ServiceAccount has imagePullSecrets for the registry.";
const SECRET_REMEDY =
    "The stack creates these Secrets with the users of the commands: run make up with this version.";

/** Reasons of a waiting container that do not pass, with the remedy. */
const PERMANENT_REASONS: Readonly<Record<string, string>> = {
    ImagePullBackOff: IMAGE_REMEDY,
    ErrImageNeverPull: IMAGE_REMEDY,
    InvalidImageName: IMAGE_REMEDY,
    ImageInspectError: IMAGE_REMEDY,
    CreateContainerConfigError:
        "The image must set a numeric user other than root, as the Dockerfile of this repository does.",
    CreateContainerError: "Check that the image is built from the Dockerfile of this repository.",
    RunContainerError: "Check that the image is built from the Dockerfile of this repository.",
};

/** Why the command of a Job does not start, as Kubernetes reports it; undefined without a reason. */
export function pendingReason({ job, pod }: PendingJob): PendingReason | undefined {
    const failed = job.conditions.find(
        ({ type, status }) => type === "Failed" && status === "True",
    );
    if (failed !== undefined) {
        return {
            permanent: true,
            message: `Kubernetes ended the Job: ${failed.reason}: ${failed.message}`,
            remedy: "Run the command again; --job-deadline gives it more time.",
        };
    }
    return pod === undefined ? creationReason(job.events) : podReason(pod);
}

/** Why the Job controller cannot create the pod. */
function creationReason(events: readonly WarningEvent[]): PendingReason | undefined {
    const rejected = events.findLast(({ reason }) => reason === "FailedCreate");
    if (rejected === undefined) {
        return undefined;
    }
    const { message } = rejected;
    if (message.includes("violates PodSecurity")) {
        return {
            permanent: true,
            message: `Pod Security of the namespace rejects the pod: ${message}`,
            remedy: "The Job complies with the restricted profile: check whether an admission webhook changes the pod.",
        };
    }
    return {
        permanent: true,
        message: `Kubernetes rejects the pod: ${message}`,
        remedy: message.includes("quota")
            ? `Raise the ResourceQuota of the namespace: the command needs ${NEEDED}.`
            : "Fix the cause and run the command again.",
    };
}

function podReason({
    conditions,
    events,
    waiting,
}: NonNullable<PendingJob["pod"]>): PendingReason | undefined {
    const remedy = PERMANENT_REASONS[waiting?.reason ?? ""];
    if (waiting !== undefined && remedy !== undefined) {
        const detail = waiting.message === "" ? "" : `: ${waiting.message}`;
        return {
            permanent: true,
            message: `The container does not start: ${waiting.reason}${detail}`,
            remedy,
        };
    }
    const scheduled = conditions.find(({ type }) => type === "PodScheduled");
    if (scheduled?.status === "False") {
        // An autoscaler may add a node.
        return {
            permanent: false,
            message: `No node can run the pod: ${scheduled.message}`,
            remedy: `The pod needs ${NEEDED} on one node.`,
        };
    }
    const mount = events.findLast(({ reason }) => reason === "FailedMount");
    if (mount !== undefined) {
        const isMissing = /secret "?[^ ]+"? not found|references non-existent secret key/.test(
            mount.message,
        );
        return {
            permanent: isMissing,
            message: `A volume of the pod cannot be mounted: ${mount.message}`,
            remedy: isMissing ? SECRET_REMEDY : "Kubernetes keeps trying.",
        };
    }
    const last = events.at(-1);
    return last === undefined
        ? undefined
        : {
              permanent: false,
              message: `The pod has not started yet: ${last.reason}: ${last.message}`,
              remedy: "Kubernetes keeps trying.",
          };
}
