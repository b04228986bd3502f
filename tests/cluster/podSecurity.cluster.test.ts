import assert from "node:assert/strict";
import { ApiError } from "../../cli/shared/kubernetes/apiClient";
import type { Change } from "../support/rawSettings";
import { recordStack } from "../support/recordedStack";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import { Kubectl, namespacesOf, onApiServers } from "./support/stacks";
import { type Pod, strimziPods } from "./support/strimziPods";

const NAMESPACE = "kubernetes:core/v1:Namespace";
const POD = "kubernetes:core/v1:Pod";
const STANDARD = /violates PodSecurity "restricted:v1\.30": /;

/** Node ports give the brokers an init container. */
const NODE_PORTS: Change = [
    "source/listeners",
    [
        { name: "tls", port: 9093 },
        { name: "external", port: 9094, type: "nodeport" },
    ],
];
const UNLABELLED = "pod-security-unlabelled";

/** The message of the admission plugin for each missing part of a container's context. */
const PARTS: Readonly<Record<string, string>> = {
    allowPrivilegeEscalation: "allowPrivilegeEscalation != false",
    capabilities: "unrestricted capabilities",
    runAsNonRoot: "runAsNonRoot != true",
    seccompProfile: "seccompProfile",
};

/** The pod with a changed context of one container. */
function withContext(
    pod: Pod,
    name: string,
    change: (context: Readonly<Record<string, unknown>>) => object | undefined,
): Pod {
    const changed = (containers: Pod["spec"]["containers"]) =>
        containers.map((container) =>
            container.name === name
                ? { ...container, securityContext: change(container.securityContext ?? {}) }
                : container,
        ) as Pod["spec"]["containers"];
    const { initContainers, containers } = pod.spec;
    return {
        ...pod,
        spec: {
            ...pod.spec,
            initContainers: changed(initContainers),
            containers: changed(containers),
        },
    };
}

function containersOf({ spec }: Pod): string[] {
    return [...spec.initContainers, ...spec.containers].map(({ name }) => name);
}

describeOnApiServers("pods under the Pod Security admission of Kubernetes", (apiServers) => {
    let kubectl: Kubectl;
    let pods: readonly Pod[];

    before(async () => {
        const namespaces = namespacesOf("pod-security");
        kubectl = new Kubectl(apiServers().source);
        const changes = [...onApiServers("dev", apiServers(), namespaces), NODE_PORTS];
        const { registrations } = await recordStack("dev", { changes });
        const made = registrations.filter(({ type }) => type === NAMESPACE);
        assert.equal(made.length, 2);
        for (const { inputs } of made) {
            await kubectl.create(NAMESPACE, {
                apiVersion: "v1",
                kind: "Namespace",
                metadata: inputs.metadata as { name: string },
            });
        }
        await kubectl.createNamespace(UNLABELLED);
        pods = strimziPods(registrations);
    });

    /** The API server's rejection of a pod; undefined when it admits the pod. */
    async function refusalOf(pod: Pod): Promise<string | undefined> {
        try {
            await kubectl.create(POD, pod, true);
            return undefined;
        } catch (error) {
            assert(error instanceof ApiError && error.status === 403, String(error));
            return error.message;
        }
    }

    it("are those of Strimzi: brokers, controllers, entity operators, MM2, with their containers", () => {
        assert.deepEqual(
            pods.map((pod) => `${pod.metadata.name}: ${containersOf(pod).join(", ")}`).sort(),
            [
                "my-cluster-broker-0: kafka-init, kafka",
                "my-cluster-controller-0: kafka",
                "my-cluster-entity-operator-0: topic-operator, user-operator",
                "my-cluster-tgt-combined-0: kafka",
                "my-cluster-tgt-entity-operator-0: topic-operator, user-operator",
                "my-mm2-cluster-mirrormaker2-0: kafka-init, my-mm2-cluster-mirrormaker2",
            ],
        );
    });

    it("are admitted in namespaces with the labels of the stack", async () => {
        for (const pod of pods) {
            assert.equal(await refusalOf(pod), undefined, pod.metadata.name);
        }
    });

    it("are admitted with persistent storage and the operator's fsGroup", async () => {
        const namespaces = namespacesOf("pod-security");
        const changes = onApiServers("prod", apiServers(), namespaces);
        const { registrations } = await recordStack("prod", { changes });
        const persistent = strimziPods(registrations).filter(
            ({ spec }) => spec.securityContext !== undefined,
        );
        assert.equal(persistent.length, 3);
        for (const pod of persistent) {
            assert.equal(await refusalOf(pod), undefined, pod.metadata.name);
        }
    });

    it("are rejected without the context of any container, with all missing parts named", async () => {
        for (const pod of pods) {
            for (const name of containersOf(pod)) {
                const refusal = (await refusalOf(withContext(pod, name, () => undefined))) ?? "";
                assert.match(refusal, STANDARD, `${pod.metadata.name} ${name}`);
                assert(refusal.includes(`container "${name}"`), refusal);
                for (const words of Object.values(PARTS)) {
                    assert(refusal.includes(words), `${words}: ${refusal}`);
                }
            }
        }
    });

    it("are rejected without any part of a context, with only that part named", async () => {
        for (const pod of pods) {
            for (const name of containersOf(pod)) {
                for (const [part, words] of Object.entries(PARTS)) {
                    const lacking = withContext(pod, name, (context) =>
                        Object.fromEntries(Object.entries(context).filter(([key]) => key !== part)),
                    );
                    const refusal = (await refusalOf(lacking)) ?? "";
                    assert.match(refusal, STANDARD, `${pod.metadata.name} ${name} ${part}`);
                    const named = Object.values(PARTS).filter((found) => refusal.includes(found));
                    assert.deepEqual(named, [words], refusal);
                }
            }
        }
    });

    it("are admitted without any context in a namespace without labels", async () => {
        for (const pod of pods) {
            const bare = containersOf(pod).reduce<Pod>(
                (found, name) => withContext(found, name, () => undefined),
                { ...pod, metadata: { ...pod.metadata, namespace: UNLABELLED } },
            );
            assert.equal(await refusalOf(bare), undefined, pod.metadata.name);
        }
    });
});
