import assert from "node:assert/strict";
import { type Backend, RecordingBackend, runProgram } from "../../../engine";
import { program } from "../../../program";
import type { Change } from "../../support/rawSettings";
import { READY, recordStack, stackFile } from "../../support/recordedStack";

describe("KafkaDisasterRecovery: the identity of Kubernetes clusters", () => {
    describe("the pinned identity of a Kubernetes cluster", () => {
        const PINNED = "3f1c9c0e-5d1b-4f1e-9f43-0c2b8a7d6e5f";
        const OTHER = "aaaaaaaa-5d1b-4f1e-9f43-0c2b8a7d6e5f";
        const pinned: Change[] = [
            ["source/kubernetesClusterUid", PINNED],
            ["target/kubernetesClusterUid", OTHER],
        ];
        const kubeSystems = (source: string, target: string) => ({
            ...READY,
            reads: [
                ...READY.reads!,
                ...Object.entries({ source, target }).map(([side, uid]) => ({
                    name: `kafka-dr-${side}-kube-system`,
                    outputs: { metadata: { uid } },
                })),
            ],
        });

        it("accepts the right clusters, each read with its own provider", async () => {
            const backend = kubeSystems(PINNED, OTHER);
            const { reads } = await recordStack("prod", { changes: pinned, backend });
            const identities = reads.filter(({ id }) => id === "kube-system");
            assert.deepEqual(
                identities.map(({ name, provider }) => [name, provider?.split("::").at(-2)]).sort(),
                [
                    ["kafka-dr-source-kube-system", "kubernetes-source"],
                    ["kafka-dr-target-kube-system", "kubernetes-target"],
                ],
            );
        });

        for (const preview of [true, false]) {
            it(`refuses swapped contexts in ${preview ? "a preview" : "an update"}, before any object`, async () => {
                const created: string[] = [];
                const backend = new RecordingBackend(kubeSystems(OTHER, PINNED));
                const watched: Backend = {
                    create: async (registration, context) => {
                        created.push(registration.name);
                        return backend.create(registration, context);
                    },
                    read: async (request) => backend.read(request),
                };
                const run = runProgram(program, {
                    ...stackFile("prod", pinned),
                    preview,
                    backend: watched,
                });
                await assert.rejects(run, {
                    message:
                        /kafka-dr:(source|target)\.kubernetesClusterUid is ".*", but the context "prod-(primary|standby)" leads to .* may be swapped/,
                });
                assert.deepEqual(created, []);
            });
        }
    });
});
