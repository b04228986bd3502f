import assert from "node:assert/strict";
import { type StartView, startTrouble } from "../../../cli/run/startTrouble";

const JOB = { conditions: [], events: [] };
const POD = { conditions: [], events: [], waiting: undefined };

function pod(changes: Partial<NonNullable<StartView["pod"]>>): StartView {
    return { job: JOB, pod: { ...POD, ...changes } };
}

function refused(message: string): StartView {
    return {
        job: { conditions: [], events: [{ reason: "FailedCreate", message }] },
        pod: undefined,
    };
}

function waiting(reason: string, message = ""): StartView {
    return pod({ waiting: { reason, message } });
}

function event(reason: string, message: string): StartView {
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
        view: StartView,
        final: boolean,
        message: RegExp,
        remedy: RegExp,
    ])[] = [
        [
            "Pod Security",
            refused('pods "x" is forbidden: violates PodSecurity "restricted:v1.30": runAsNonRoot'),
            true,
            /Pod Security refuses the pod: .*runAsNonRoot/,
            /admission webhook/,
        ],
        [
            "a quota",
            refused("exceeded quota: small, requested: requests.memory=1Gi"),
            true,
            /exceeded quota: small/,
            /ResourceQuota/,
        ],
        ["another refusal", refused("no such service account"), true, /service account/, /Mend/],
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
            "a name that is no image",
            waiting("InvalidImageName"),
            true,
            /InvalidImageName$/,
            /pushed/,
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
            "a key that a Secret has not",
            event("FailedMount", "references non-existent secret key: password"),
            true,
            /non-existent secret key/,
            /make up/,
        ],
        [
            "a mount that is tried again",
            event("FailedMount", "timed out waiting for the condition"),
            false,
            /timed out/,
            /goes on trying/,
        ],
        [
            "no node",
            pod({ conditions: [condition("PodScheduled", "False", "Unschedulable", "0/3 nodes")] }),
            false,
            /No node takes the pod: 0\/3 nodes/,
            /500m CPU and 1Gi/,
        ],
        [
            "any other warning",
            event("FailedCreatePodSandBox", "no network"),
            false,
            /FailedCreatePodSandBox: no network/,
            /goes on trying/,
        ],
    ];
    for (const [what, view, final, message, remedy] of cases) {
        it(`is ${what}, which ${final ? "ends the wait" : "may pass"}`, () => {
            const trouble = startTrouble(view)!;
            assert.equal(trouble.final, final);
            assert.match(trouble.message, message);
            assert.match(trouble.remedy, remedy);
        });
    }

    for (const [what, view] of [
        ["nothing is there yet", { job: JOB, pod: undefined }],
        ["the container is being made", waiting("ContainerCreating")],
        ["an image is pulled for the first time", waiting("ErrImagePull")],
        ["it is scheduled", pod({ conditions: [condition("PodScheduled", "True", "", "")] })],
    ] as const) {
        it(`is nothing while ${what}`, () => {
            assert.equal(startTrouble(view), undefined);
        });
    }
});
