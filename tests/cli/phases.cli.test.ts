import assert from "node:assert/strict";
import type { Phase } from "../../config/phase";
import type { KubernetesObject } from "../support/kubernetes";
import { namespacesOf } from "../cluster/support/stacks";
import { assertSucceeded, changes, writesDuring } from "./support/assertions";
import { Administrator, pathOf } from "./support/cluster";
import { describeWithPulumi } from "./support/describeWithPulumi";
import type { Operation } from "./support/operation";
import { settingsOnApiServers } from "./support/settings";

const NAMESPACES = namespacesOf("cli-phases");

/** MM2 and the commands authenticate between the sites by certificates, which are copied. */
const LISTENERS = [
    { name: "tls", port: 9093, type: "internal", tls: true },
    { name: "external", port: 9094, type: "loadbalancer", tls: true, authentication: "tls" },
];
/** The objects in the namespace of the target that come from the source. */
const COPIES = [
    "my-cluster-cluster-ca-cert-copy",
    "my-mm2-cluster-source-1-copy",
    "my-mm2-cluster-commands-source-1-copy",
];
/** The objects in the namespace of the source that belong to the mirror from the target. */
const REVERSE = [
    "configmaps/my-mm2-cluster-reverse-metrics",
    "kafkamirrormaker2s/my-mm2-cluster-reverse",
    "kafkausers/my-mm2-cluster-reverse-target-1",
    "secrets/my-cluster-tgt-cluster-ca-cert-copy",
    "secrets/my-mm2-cluster-reverse-source-1-copy",
    "secrets/my-mm2-cluster-reverse-target-1-password",
];
const POSITIONS = pathOf.configMap(NAMESPACES.target, "my-mm2-cluster-start-positions-2");

type WithData = KubernetesObject & { readonly data?: Record<string, string> };
type Mirror = KubernetesObject & {
    readonly spec: { readonly mirrors: readonly { readonly sourceConnector: object }[] };
};

const planned = (operation: Operation, ...ops: string[]) =>
    changes(operation)
        .filter(({ op }) => ops.length === 0 || ops.includes(op))
        .map(({ op, resource }) => `${op} ${resource}`)
        .sort();

describeWithPulumi("the phases of a pair under the real pulumi CLI", "prod", (world) => {
    let source: Administrator;
    let target: Administrator;

    const enter = (phase: Phase, epoch = 1) =>
        world().stack.configure(
            settingsOnApiServers(
                "prod",
                world().apiServers,
                NAMESPACES,
                ["phase", phase],
                ["mirror/epoch", epoch],
                ["mirror/tasksMax", 3],
                ["topics", [{ name: "my-topic", partitions: 3, replicas: 3 }]],
                ["source/listeners", LISTENERS],
                ["target/listeners", LISTENERS],
            ),
        );
    const up = async (options: { refresh?: boolean } = {}): Promise<Operation> => {
        const result = await world().stack.up(options);
        assertSucceeded(result);
        return result;
    };
    const assertNothingLeftToDo = async () => {
        const preview = await world().stack.preview();
        assertSucceeded(preview);
        assert.deepEqual(planned(preview), []);
    };
    const copies = () =>
        Promise.all(
            COPIES.map((name) => target.get<WithData>(pathOf.secret(NAMESPACES.target, name))),
        );
    const connectors = async () => {
        const path = pathOf.mirrorMaker(NAMESPACES.target, "my-mm2-cluster");
        return (await target.get<Mirror>(path)).spec.mirrors[0]!.sourceConnector;
    };

    before(async () => {
        const { apiServers } = world();
        source = new Administrator(apiServers.source);
        target = new Administrator(apiServers.target);
        await source.createNamespace(NAMESPACES.source);
        await target.createNamespace(NAMESPACES.target);
        await enter("mirroring");
        await up();
    });

    after(async () => {
        // Other suites use it, too.
        await world().apiServers.source.start();
    });

    for (const operation of ["preview", "up"] as const) {
        it(`refuse a change that is not allowed in ${operation}, and write nothing`, async () => {
            const { stack, apiServers } = world();
            const outputs = await stack.outputs();
            await enter("failing-back");
            const writes = await writesDuring([apiServers.source, apiServers.target], async () => {
                const refused = await stack[operation]();
                assert(refused.failed);
                assert.match(
                    refused.errors.join("\n"),
                    /cannot change from "mirroring" to "failing-back"\. The allowed path is "mirroring" -> "failed-over" -> "failing-back".* Nothing was changed\./,
                );
                assert.doesNotMatch(refused.output, /\n\s+at |\.ts:\d+/);
            });
            assert.deepEqual(writes, []);
            assert.deepEqual(await stack.outputs(), outputs);
        });
    }

    it("fail over while the API server of the source is gone, and keep the copies", async () => {
        const { stack, apiServers } = world();
        const before = await copies();
        await apiServers.source.stop();
        await enter("failed-over");
        const preview = await stack.preview();
        assertSucceeded(preview);
        const expected = [
            "update ConfigMap/kafka-dr-phase",
            "update KafkaMirrorMaker2/kafka-dr-mirror-mm2",
            "update KafkaUser/kafka-dr-user-my-app-target",
            "update kubernetes/kubernetes-source",
        ];
        // No object is deleted: components have none, and a read one is only removed from the state.
        const gone = [
            "delete CaCertificateCopy/kafka-dr-reverse-source-ca",
            "delete MirrorMaker/kafka-dr-reverse-mirror",
            "delete MirrorUser/kafka-dr-reverse-source-commands",
            "delete MirrorUser/kafka-dr-reverse-source-user",
            "delete MirrorUser/kafka-dr-reverse-target-commands",
            "delete MirrorUser/kafka-dr-reverse-target-user",
            "discard Secret/kafka-dr-source-ca-original",
            "discard Secret/kafka-dr-source-commands-1-original",
            "discard Secret/kafka-dr-source-user-1-original",
        ];
        assert.deepEqual(planned(preview), [...gone, ...expected]);
        assert.deepEqual(planned(await up()), [...gone, ...expected]);
        assert.deepEqual(await copies(), before);
        const { activeSite, phase, connectorStates } = await stack.outputs();
        assert.deepEqual([activeSite!.value, phase!.value], ["target", "failed-over"]);
        assert.deepEqual(
            (connectorStates!.value as { state: string }[]).map(({ state }) => state),
            ["STOPPED", "STOPPED"],
        );
        await assertNothingLeftToDo();
    });

    it("fail back to a source that was rebuilt from nothing, with a refresh", async () => {
        await world().apiServers.source.start();
        await source.deleteNamespace(NAMESPACES.source);
        await source.createNamespace(NAMESPACES.source);
        await enter("failing-back");
        await up({ refresh: true });
        const objects = await source.objectsIn(NAMESPACES.source);
        for (const object of ["kafkas/my-cluster", "kafkatopics/my-topic", ...REVERSE]) {
            assert(objects.includes(object), `${object} does not exist`);
        }
        await assertNothingLeftToDo();
    });

    it("fail over once more, without the mirror at the source", async () => {
        const { stack, apiServers } = world();
        await apiServers.source.stop();
        await enter("failed-over");
        await up();
        const reverse = (await stack.resources()).filter(({ urn }) => urn.includes("-reverse-"));
        assert.deepEqual(reverse, []);
        await assertNothingLeftToDo();
    });

    it("fail back to a source that returns with its old mirror, and adopt that", async () => {
        await world().apiServers.source.start();
        const objects = await source.objectsIn(NAMESPACES.source);
        assert(REVERSE.every((object) => objects.includes(object)));
        await enter("failing-back");
        await up();
        await assertNothingLeftToDo();
    });

    it("stop the mirror under new names and delete the one that copied back", async () => {
        await enter("draining-back");
        await up();
        await enter("resuming", 2);
        await up();
        assert.deepEqual((await target.get<WithData>(POSITIONS)).data, { complete: "false" });
        const objects = await source.objectsIn(NAMESPACES.source);
        assert.deepEqual(
            REVERSE.filter((object) => objects.includes(object)),
            [],
        );
        const { state } = (await connectors()) as { state: string };
        assert.equal(state, "stopped");
        const { connectorNames } = await world().stack.outputs();
        assert.deepEqual(connectorNames!.value, [
            "my-cluster-2->my-cluster-tgt.MirrorSourceConnector",
            "my-cluster-2->my-cluster-tgt.MirrorCheckpointConnector",
        ]);
    });

    for (const operation of ["preview", "up"] as const) {
        it(`refuse to mirror without start positions in ${operation}, and write nothing`, async () => {
            const { stack, apiServers } = world();
            await enter("mirroring", 2);
            const writes = await writesDuring([apiServers.source, apiServers.target], async () => {
                const refused = await stack[operation]();
                assert(refused.failed);
                assert.match(
                    refused.errors.join("\n"),
                    /does not say that the mirror has its start positions/,
                );
                assert.doesNotMatch(refused.output, /\n\s+at |\.ts:\d+/);
            });
            assert.deepEqual(writes, []);
        });
    }

    it("mirror from positions that another client wrote, and do not change them", async () => {
        await target.merge(POSITIONS, { data: { complete: "true", "positions.json": "{}" } });
        const { data } = await target.get<WithData>(POSITIONS);
        await up();
        assert.equal(((await connectors()) as { state: string }).state, "running");
        assert.deepEqual((await target.get<WithData>(POSITIONS)).data, data);
        await assertNothingLeftToDo();
    });
});
