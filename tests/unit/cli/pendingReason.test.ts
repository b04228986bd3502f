import assert from "node:assert/strict";
import { type PendingJob, pendingReason } from "../../../cli/run/pendingReason";

const JOB = { conditions: [], events: [] };
const POD = { conditions: [], events: [], waiting: undefined };

function pod(changes: Partial<NonNullable<PendingJob["pod"]>>): PendingJob {
    return { job: JOB, pod: { ...POD, ...changes } };
}

function rejected(message: string): PendingJob {
    return {
        job: { conditions: [], events: [{ reason: "FailedCreate", message }] },
        pod: undefined,
    };
}

function waiting(reason: string, message = ""): PendingJob {
    return pod({ waiting: { reason, message } });
}

function event(reason: string, message: string): PendingJob {
    return pod({ events: [{ reason, message }] });
}

const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    reason,
    message,
});

describe("why a command does not start", () => {
    const cases: readonly (readonly [
        what: string,
        job: PendingJob,
        permanent: boolean,
        message: RegExp,
        remedy: RegExp,
    ])[] = [
        [
            "Pod Security",
            rejected(
                'pods "x" is forbidden: violates PodSecurity "restricted:v1.30": runAsNonRoot',
            ),
            true,
            /Pod Security of the namespace rejects the pod: .*runAsNonRoot/,
            /admission webhook/,
        ],
        [
            "a quota",
            rejected("exceeded quota: small, requested: requests.memory=1Gi"),
            true,
            /exceeded quota: small/,
            /ResourceQuota/,
        ],
        ["another rejection", rejected("no such service account"), true, /service account/, /Fix/],
        [
            "the deadline",
            {
                job: {
                    conditions: [condition("Failed", "True", "DeadlineExceeded", "too long")],
                    events: [],
                },
                pod: undefined,
            },
            true,
            /DeadlineExceeded: too long/,
            /--job-deadline/,
        ],
        [
            "an image that cannot be pulled",
            waiting("ImagePullBackOff", "Back-off pulling"),
            true,
            /ImagePullBackOff: Back-off pulling/,
            /imagePullSecrets/,
        ],
        [
            "an invalid image name",
            waiting("InvalidImageName"),
            true,
            /InvalidImageName$/,
            /registry has it/,
        ],
        [
            "an image that runs as root",
            waiting("CreateContainerConfigError", "container has runAsNonRoot"),
            true,
            /runAsNonRoot/,
            /numeric user/,
        ],
        [
            "a missing Secret",
            event("FailedMount", 'MountVolume.SetUp failed for volume "x" : secret "y" not found'),
            true,
            /secret "y" not found/,
            /make up/,
        ],
        [
            "a missing key of a Secret",
            event("FailedMount", "references non-existent secret key: password"),
            true,
            /non-existent secret key/,
            /make up/,
        ],
        [
            "a mount that is retried",
            event("FailedMount", "timed out waiting for the condition"),
            false,
            /timed out/,
            /keeps trying/,
        ],
        [
            "no node",
            pod({ conditions: [condition("PodScheduled", "False", "Unschedulable", "0/3 nodes")] }),
            false,
            /No node can run the pod: 0\/3 nodes/,
            /100m CPU and 1Gi/,
        ],
        [
            "any other warning",
            event("FailedCreatePodSandBox", "no network"),
            false,
            /FailedCreatePodSandBox: no network/,
            /keeps trying/,
        ],
    ];
    for (const [what, job, permanent, message, remedy] of cases) {
        it(`is ${what}, which ${permanent ? "ends the wait" : "may pass"}`, () => {
            const reason = pendingReason(job)!;
            assert.equal(reason.permanent, permanent);
            assert.match(reason.message, message);
            assert.match(reason.remedy, remedy);
        });
    }

    for (const [what, job] of [
        ["no pod exists yet", { job: JOB, pod: undefined }],
        ["the container is being created", waiting("ContainerCreating")],
        ["an image is pulled for the first time", waiting("ErrImagePull")],
        ["it is scheduled", pod({ conditions: [condition("PodScheduled", "True", "", "")] })],
    ] as const) {
        it(`is undefined while ${what}`, () => {
            assert.equal(pendingReason(job), undefined);
        });
    }
});
