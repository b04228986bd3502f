import assert from "node:assert/strict";
import type { KubernetesObject } from "../support/kubernetes";
import type { Change } from "../support/rawSettings";
import { assertSucceeded, changes, writesDuring } from "./support/assertions";
import { Administrator, pathOf } from "./support/cluster";
import { describeWithPulumi } from "./support/describeWithPulumi";
import { goldenPlacements, statePlacements } from "./support/golden";
import { settingsOnApiServers } from "./support/settings";
import { namespacesOf } from "../cluster/support/stacks";

const NAMESPACES = namespacesOf("cli-prod");
const RETAINED = {
    source: [
        "kafkanodepools/broker",
        "kafkanodepools/controller",
        "kafkas/my-cluster",
        ...secretsOf("my-cluster"),
    ],
    target: ["kafkanodepools/combined", "kafkas/my-cluster-tgt", ...secretsOf("my-cluster-tgt")],
};

/** Objects of the operator that stay with a retained cluster. */
function secretsOf(cluster: string): string[] {
    return ["clients-ca", "clients-ca-cert", "cluster-ca", "cluster-ca-cert"].map(
        (name) => `secrets/${cluster}-${name}`,
    );
}

/** Objects without data, which are deleted with the stack. */
const RUNNING = {
    source: [
        "configmaps/my-cluster-metrics",
        "kafkausers/my-app",
        "kafkausers/my-mm2-cluster-commands-source-1",
        "kafkausers/my-mm2-cluster-source-1",
        "secrets/my-app",
        "secrets/my-app-1-password",
        "secrets/my-mm2-cluster-commands-source-1",
        "secrets/my-mm2-cluster-commands-source-1-password",
        "secrets/my-mm2-cluster-source-1",
        "secrets/my-mm2-cluster-source-1-password",
    ],
};

describeWithPulumi(
    "prod under the real pulumi CLI, in two Kubernetes clusters",
    "prod",
    (world) => {
        let source: Administrator;
        let target: Administrator;
        let pinned: Change[];

        const servers = () => [world().apiServers.source, world().apiServers.target];

        const settings = (...changes: readonly Change[]) =>
            settingsOnApiServers("prod", world().apiServers, NAMESPACES, ...changes);

        before(async () => {
            const { apiServers } = world();
            source = new Administrator(apiServers.source);
            target = new Administrator(apiServers.target);
            await source.createNamespace(NAMESPACES.source);
            await target.createNamespace(NAMESPACES.target);
            const uid = async (cluster: Administrator) =>
                (await cluster.get<KubernetesObject>(pathOf.namespace("kube-system"))).metadata.uid;
            pinned = [
                ["source/kubernetesClusterUid", await uid(source)],
                ["target/kubernetesClusterUid", await uid(target)],
            ];
        });

        for (const operation of ["preview", "up"] as const) {
            it(`refuses swapped contexts in ${operation}, before anything is written`, async () => {
                const { stack } = world();
                await stack.configure(
                    settings(...pinned, ["source/context", "target"], ["target/context", "source"]),
                );
                const writes = await writesDuring(servers(), async () => {
                    const result = await stack[operation]();
                    assert(result.failed);
                    assert.match(
                        result.errors.join("\n"),
                        /kafka-dr:source\.kubernetesClusterUid is "[0-9a-f-]{36}", but the context "target" leads to the Kubernetes cluster "[0-9a-f-]{36}"/,
                    );
                });
                assert.deepEqual(writes, []);
            });
        }

        it("comes up with the resources of the golden file, each in its own cluster", async () => {
            const { stack } = world();
            await stack.configure(settings());
            const up = await stack.up();
            assertSucceeded(up);
            assert.deepEqual(up.warnings, []);
            assert.deepEqual(statePlacements(await stack.resources()), goldenPlacements("prod"));
            assert.deepEqual(
                await source.objectsIn(NAMESPACES.source),
                [...RETAINED.source, ...RUNNING.source].sort(),
            );
            assert(
                (await target.objectsIn(NAMESPACES.target)).includes(
                    "kafkamirrormaker2s/my-mm2-cluster",
                ),
            );
        });

        it("accepts pinned clusters without another change", async () => {
            const { stack } = world();
            await stack.configure(settings(...pinned));
            const preview = await stack.preview();
            assertSucceeded(preview);
            assert.deepEqual(changes(preview), []);
        });

        it("refuses to destroy protected objects, by name, before it deletes anything", async () => {
            const writes = await writesDuring(servers(), async () => {
                const destroy = await world().stack.destroy();
                assert(destroy.failed);
                for (const name of ["kafka-dr-source-kafka", "kafka-dr-target-kafka"]) {
                    assert.match(destroy.output, new RegExp(`${name}.*cannot be deleted`));
                }
            });
            assert.deepEqual(writes, []);
        });

        it("leaves only objects with data after they are unprotected", async () => {
            const { stack } = world();
            await stack.configure(settings(["protect", false]));
            assertSucceeded(await stack.up());
            assertSucceeded(await stack.destroy());
            assert.deepEqual(await stack.resources(), []);
            assert.deepEqual(
                await source.objectsIn(NAMESPACES.source),
                [...RETAINED.source].sort(),
            );
            assert.deepEqual(
                await target.objectsIn(NAMESPACES.target),
                [...RETAINED.target].sort(),
            );
        });
    },
);
