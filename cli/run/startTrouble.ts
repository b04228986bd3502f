/** What is seen of a Job whose command has not started, as far as it tells why. */
export interface StartView {
    readonly job: {
        readonly conditions: readonly Condition[];
        readonly events: readonly SeenEvent[];
    };
    /** Undefined before Kubernetes has made it. */
    readonly pod:
        | {
              readonly conditions: readonly Condition[];
              readonly events: readonly SeenEvent[];
              /** Why the container waits. */
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

/** A Warning event. */
export interface SeenEvent {
    readonly reason: string;
    readonly message: string;
}

/** Why a command does not start, and what to do. */
export interface StartTrouble {
    /** Whether waiting longer cannot help. */
    readonly final: boolean;
    readonly message: string;
    readonly remedy: string;
}

const IMAGE_REMEDY =
    "Check the image (kafka-dr:images.commands or --image), that it is pushed, and that the namespace's default ServiceAccount has the registry's imagePullSecrets.";
const SECRET_REMEDY =
    "The stack makes these Secrets with the users of the commands: run make up with this version.";

/** Why the container waits, where waiting longer cannot help. */
const FINAL_WAITING: Readonly<Record<string, string>> = {
    ImagePullBackOff: IMAGE_REMEDY,
    ErrImageNeverPull: IMAGE_REMEDY,
    InvalidImageName: IMAGE_REMEDY,
    ImageInspectError: IMAGE_REMEDY,
    CreateContainerConfigError:
        "The image must have a numeric user other than root, as this repository's Dockerfile gives it.",
    CreateContainerError: "Check that the image is one of this repository's Dockerfile.",
    RunContainerError: "Check that the image is one of this repository's Dockerfile.",
};

/** What stands in the way of a command, by all that Kubernetes says; undefined while nothing does. */
export function startTrouble({ job, pod }: StartView): StartTrouble | undefined {
    const failed = job.conditions.find(
        ({ type, status }) => type === "Failed" && status === "True",
    );
    if (failed !== undefined) {
        return {
            final: true,
            message: `Kubernetes ended the Job: ${failed.reason}: ${failed.message}`,
            remedy: "Run the command again; --job-deadline gives it more time.",
        };
    }
    return pod === undefined ? creationTrouble(job.events) : podTrouble(pod);
}

/** The Job's controller could not make the pod. */
function creationTrouble(events: readonly SeenEvent[]): StartTrouble | undefined {
    const refused = events.findLast(({ reason }) => reason === "FailedCreate");
    if (refused === undefined) {
        return undefined;
    }
    const { message } = refused;
    if (message.includes("violates PodSecurity")) {
        return {
            final: true,
            message: `The namespace's Pod Security refuses the pod: ${message}`,
            remedy: "The Job keeps to the restricted profile: an admission webhook may have changed the pod.",
        };
    }
    return {
        final: true,
        message: `Kubernetes refuses the pod: ${message}`,
        remedy: message.includes("quota")
            ? "Make room in the namespace's ResourceQuota: the command needs 500m CPU and 1Gi of memory."
            : "Mend what it names and run the command again.",
    };
}

function podTrouble({
    conditions,
    events,
    waiting,
}: NonNullable<StartView["pod"]>): StartTrouble | undefined {
    const remedy = FINAL_WAITING[waiting?.reason ?? ""];
    if (waiting !== undefined && remedy !== undefined) {
        const said = waiting.message === "" ? "" : `: ${waiting.message}`;
        return {
            final: true,
            message: `The container does not start: ${waiting.reason}${said}`,
            remedy,
        };
    }
    const scheduled = conditions.find(({ type }) => type === "PodScheduled");
    if (scheduled?.status === "False") {
        // An autoscaler may bring a node.
        return {
            final: false,
            message: `No node takes the pod: ${scheduled.message}`,
            remedy: "It needs 500m CPU and 1Gi of memory on one node.",
        };
    }
    const mount = events.findLast(({ reason }) => reason === "FailedMount");
    if (mount !== undefined) {
        const isMissing = /secret "?[^ ]+"? not found|references non-existent secret key/.test(
            mount.message,
        );
        return {
            final: isMissing,
            message: `A volume of the pod cannot be mounted: ${mount.message}`,
            remedy: isMissing ? SECRET_REMEDY : "Kubernetes goes on trying.",
        };
    }
    const last = events.at(-1);
    return last === undefined
        ? undefined
        : {
              final: false,
              message: `The pod does not start yet: ${last.reason}: ${last.message}`,
              remedy: "Kubernetes goes on trying.",
          };
}
