import type { Settings } from "../../config/settingsSchema";
import {
    COMMANDS_APP,
    commandsPodLabels,
    RESTRICTED_CONTAINER,
} from "../../strimzi/builders/podTemplate";
import { CommandError } from "../shared/commandError";
import { DEFAULT_DEADLINE_SECONDS } from "./options";
import { mountedSite, mountedStackFile } from "./jobMounts";
import type { JobAccesses } from "./siteAccess";

/** Name of the only container. */
export const CONTAINER = "command";

/** Seconds after its end that a Job is deleted if this process could not delete it. */
const TTL_SECONDS = 600;

/** Folder of the repository in the image. */
const ROOT = "/app";

/**
 * Resources of a command. It keeps a window of the records in memory, whatever the size of the topics.
 * It has no CPU limit, to use idle CPUs, and requests few of them: on a full cluster a failover must not
 * wait for a node.
 */
export const COMMAND_RESOURCES = {
    requests: { cpu: "100m", memory: "1Gi" },
    limits: { memory: "1Gi" },
} as const;

export interface JobBuild {
    readonly settings: Pick<Settings, "target" | "mirror" | "images">;
    /** The command and its arguments, without connection options. */
    readonly args: readonly string[];
    readonly accesses: JobAccesses;
    /** Makes the name unique: lower-case letters and digits. */
    readonly suffix: string;
    /** Instead of `kafka-dr:images.commands`. */
    readonly image?: string;
    /** The local stack file, which the command reads with `--stack`. */
    readonly stackFile?: { readonly name: string; readonly text: string };
    /** Seconds after which Kubernetes ends the Job; {@link DEFAULT_DEADLINE_SECONDS} if absent. */
    readonly deadlineSeconds?: number;
}

/**
 * The Job that runs a command in the target's namespace. It has no token of the Kubernetes API and no
 * secrets in arguments or environment, and complies with the restricted Pod Security Standard.
 *
 * @throws CommandError with exit code 2 without an image.
 */
export function jobManifest(build: JobBuild) {
    const { settings, args, accesses, suffix, stackFile } = build;
    const command = args[0] ?? "";
    const labels = {
        ...commandsPodLabels(settings.mirror),
        "app.kubernetes.io/component": labelValue(command),
        "app.kubernetes.io/part-of": "kafka-dr",
        "app.kubernetes.io/managed-by": "kafka-dr",
    };
    const sites = (["source", "target"] as const).map((side) => mountedSite(side, accesses[side]));
    const file = stackFile === undefined ? undefined : mountedStackFile(ROOT, stackFile);
    return {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: {
            name: jobName(settings.mirror.name, command, suffix),
            namespace: settings.target.namespace,
            labels,
        },
        spec: {
            backoffLimit: 0,
            completions: 1,
            parallelism: 1,
            activeDeadlineSeconds: build.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS,
            ttlSecondsAfterFinished: TTL_SECONDS,
            template: {
                metadata: {
                    labels,
                    ...(file !== undefined && { annotations: file.annotations }),
                },
                spec: {
                    restartPolicy: "Never",
                    automountServiceAccountToken: false,
                    enableServiceLinks: false,
                    // The image sets the user; OpenShift replaces it.
                    securityContext: {
                        runAsNonRoot: true,
                        seccompProfile: { ...RESTRICTED_CONTAINER.seccompProfile },
                    },
                    containers: [
                        {
                            name: CONTAINER,
                            image: imageOf(build),
                            imagePullPolicy: "IfNotPresent",
                            workingDir: ROOT,
                            command: ["node", "dist/cli/container.js"],
                            args: [...args, ...sites.flatMap((site) => site.args)],
                            env: [{ name: "TMPDIR", value: "/tmp" }],
                            resources: {
                                requests: { ...COMMAND_RESOURCES.requests },
                                limits: { ...COMMAND_RESOURCES.limits },
                            },
                            securityContext: {
                                ...RESTRICTED_CONTAINER,
                                capabilities: { drop: [...RESTRICTED_CONTAINER.capabilities.drop] },
                                seccompProfile: { ...RESTRICTED_CONTAINER.seccompProfile },
                                readOnlyRootFilesystem: true,
                            },
                            volumeMounts: [
                                { name: "tmp", mountPath: "/tmp" },
                                ...sites.flatMap((site) => site.mounts),
                                ...(file?.mounts ?? []),
                            ],
                        },
                    ],
                    volumes: [
                        { name: "tmp", emptyDir: { sizeLimit: "1Gi" } },
                        ...sites.flatMap((site) => site.volumes),
                        ...(file?.volumes ?? []),
                    ],
                },
            },
        },
    };
}

function imageOf({ settings, image }: JobBuild): string {
    const found = image ?? settings.images.commands;
    if (found === undefined) {
        throw new CommandError(
            "WrongSettings",
            "The image of the commands is not configured.",
            "Build and push an image (docs/operate/kubernetes-job.md), then set kafka-dr:images.commands to its digest, or give --image.",
        );
    }
    return found;
}

/** A pod adds 6 characters to the name of its Job, and the name is a label value of at most 63. */
function jobName(mirror: string, command: string, suffix: string): string {
    const readable = `${mirror}-${labelValue(command).toLowerCase()}`.slice(0, 50);
    return `${readable.replace(/[^a-z0-9]+$/, "")}-${suffix}`;
}

/** The name of a command, or a valid replacement: the API server rejects other label values. */
function labelValue(command: string): string {
    return /^[a-z][a-z-]{0,30}[a-z]$/.test(command) ? command : COMMANDS_APP;
}

export type JobManifest = ReturnType<typeof jobManifest>;
