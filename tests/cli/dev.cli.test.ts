import assert from "node:assert/strict";
import type { KubernetesObject } from "../support/kubernetes";
import { assertSucceeded, changes, writesDuring } from "./support/assertions";
import { Administrator, pathOf } from "./support/cluster";
import { describeWithPulumi } from "./support/describeWithPulumi";
import { goldenPlacements, statePlacements } from "./support/golden";
import type { Operation } from "./support/operation";
import { settingsOnApiServers } from "./support/settings";
import { namespacesOf } from "../cluster/support/stacks";
import type { Change } from "../support/rawSettings";

const MIRROR_MAKER = "KafkaMirrorMaker2/kafka-dr-mirror-mm2";
const CA_COPY = "Secret/kafka-dr-source-ca-copy";
const CA_HASH = "spec.template.pod.metadata.annotations.kafka-dr/source-ca-cert-hash";
const BATCH_SIZE = 'spec.mirrors[0].sourceConnector.config["producer.override.batch.size"]';

const NAMESPACES = namespacesOf("cli-dev");

describeWithPulumi("dev under the real pulumi CLI, from nothing to nothing", "dev", (world) => {
    let administrator: Administrator;
    /** Texts that must not be stored or printed. */
    const secrets = new Set<string>();
    const printed: string[] = [];

    const settings = (...changes: readonly Change[]) =>
        settingsOnApiServers("dev", world().apiServers, NAMESPACES, ...changes);

    const run = async (operation: Promise<Operation>): Promise<Operation> => {
        const result = await operation;
        printed.push(result.output);
        return result;
    };

    /** The data of the Secret with the source's CA, whose values are recorded as secret. */
    const sourceCa = async (): Promise<Record<string, string>> => {
        const { data } = await administrator.get<
            KubernetesObject & { data: Record<string, string> }
        >(pathOf.secret(NAMESPACES.source, "my-cluster-cluster-ca-cert"));
        // Its certificates are public, and are also in the status of the Kafka, as PEM.
        for (const value of Object.values(data)) {
            secrets.add(value);
        }
        return data;
    };

    before(async () => {
        const { apiServers, stack } = world();
        administrator = new Administrator(apiServers.source);
        await stack.configure(settings());
    });

    it("previews a new stack without a read of the CA and without a write", async () => {
        const { apiServers, stack } = world();
        const start = apiServers.source.audit.position;
        const preview = await run(stack.preview());
        assertSucceeded(preview);
        assert.deepEqual(preview.warnings, []);
        assert.deepEqual(new Set(changes(preview).map(({ op }) => op)), new Set(["create"]));
        const requests = apiServers.source.audit.since(start, "deployer");
        assert(requests.length > 0);
        assert.deepEqual(
            requests.filter(({ uri, writes }) => writes || uri.includes("/secrets/")),
            [],
        );
    });

    it("brings everything up and shows the outputs", async () => {
        const { stack } = world();
        const up = await run(stack.up());
        assertSucceeded(up);
        assert.deepEqual(up.warnings, []);
        const outputs = await stack.outputs();
        assert.deepEqual(
            Object.entries(outputs).filter(([, { secret }]) => secret),
            [],
        );
        const value = (name: string): unknown => outputs[name]?.value;
        const url = `http://my-mm2-cluster-mirrormaker2-api.${NAMESPACES.target}.svc:8083`;
        assert.deepEqual([value("statusUrl"), value("observedStatusUrl")], [url, url]);
        const states = value("connectorStates") as { name: string; state: string }[];
        const names = value("connectorNames") as string[];
        assert.deepEqual(states.map(({ name }) => name).sort(), names.sort());
        await sourceCa();
    });

    it("has the resources of the golden file in its state", async () => {
        assert.deepEqual(statePlacements(await world().stack.resources()), goldenPlacements("dev"));
    });

    it("shows nothing in a second preview", async () => {
        const preview = await run(world().stack.preview());
        assertSucceeded(preview);
        assert.deepEqual(changes(preview), []);
    });

    it("writes nothing in a second up", async () => {
        const { apiServers, stack } = world();
        const writes = await writesDuring([apiServers.source], async () => {
            assertSucceeded(await run(stack.up()));
        });
        assert.deepEqual(writes, []);
    });

    it("shows a changed producer override as exactly that path", async () => {
        const { stack } = world();
        await stack.configure(settings(["mirror/producerOverrides", { "batch.size": 327680 }]));
        const preview = await run(stack.preview());
        assertSucceeded(preview);
        assert.deepEqual(changes(preview), [
            { op: "update", resource: MIRROR_MAKER, paths: [BATCH_SIZE] },
        ]);
        assertSucceeded(await run(stack.up()));
    });

    it("finds no drift in a refresh", async () => {
        const refresh = await run(world().stack.refresh());
        assertSucceeded(refresh);
        assert.deepEqual(changes(refresh), []);
    });

    it("adopts a replaced CA key in place and rolls MM2", async () => {
        const { apiServers, stack } = world();
        await apiServers.operators.source.clusterCa(NAMESPACES.source, "my-cluster").replaceKey();
        await apiServers.operators.source.publishCa(NAMESPACES.source, "my-cluster");
        const data = await sourceCa();

        const preview = await run(stack.preview());
        assertSucceeded(preview);
        const planned = changes(preview);
        assert.deepEqual(
            planned.map(({ op, resource }) => `${op} ${resource}`).sort(),
            [`update ${CA_COPY}`, `update ${MIRROR_MAKER}`].sort(),
        );
        assert.deepEqual(planned.find(({ resource }) => resource === MIRROR_MAKER)?.paths, [
            CA_HASH,
        ]);

        assertSucceeded(await run(stack.up()));
        const copy = await administrator.get<KubernetesObject & { data: object }>(
            pathOf.secret(NAMESPACES.target, "my-cluster-cluster-ca-cert-copy"),
        );
        assert.deepEqual(
            copy.data,
            Object.fromEntries(Object.entries(data).filter(([key]) => key.endsWith(".crt"))),
        );
        assert.equal(Object.keys(copy.data).length, 2);
        assert.deepEqual(changes(await run(stack.preview())), []);
    });

    it("reverts manual scaling by a changed setting", async () => {
        const { stack } = world();
        const path = pathOf.mirrorMaker(NAMESPACES.target, "my-mm2-cluster");
        await administrator.apply(path, "kubectl", {
            apiVersion: "kafka.strimzi.io/v1",
            kind: "KafkaMirrorMaker2",
            metadata: { name: "my-mm2-cluster", namespace: NAMESPACES.target },
            spec: { replicas: 0 },
        });
        await stack.configure(
            settings(
                ["mirror/producerOverrides", { "batch.size": 327680 }],
                ["mirror/replicas", 2],
            ),
        );
        assertSucceeded(await run(stack.up()));
        const { spec } = await administrator.get<KubernetesObject & { spec: { replicas: number } }>(
            path,
        );
        assert.equal(spec.replicas, 2);
    });

    it("leaves no object after a destroy", async () => {
        const destroy = await run(world().stack.destroy());
        assertSucceeded(destroy);
        assert.deepEqual(await world().stack.resources(), []);
        for (const namespace of [NAMESPACES.source, NAMESPACES.target]) {
            assert.equal(await administrator.exists(pathOf.namespace(namespace)), false);
        }
    });

    it("never stores or prints a value of the CA's Secret or a token", async () => {
        const { apiServers, stack } = world();
        secrets.add(apiServers.source.access.deployer.token);
        const texts = [await stack.storedText(), ...printed].join("\n");
        assert(texts.includes("my-cluster-cluster-ca-cert-copy"));
        assert(secrets.size >= 5 && !secrets.has(""));
        for (const secret of secrets) {
            assert(
                !texts.includes(secret),
                `${secret.slice(0, 40)} is stored or printed in plain text`,
            );
        }
    });
});
