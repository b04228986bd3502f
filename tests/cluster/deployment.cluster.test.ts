import assert from "node:assert/strict";
import { type ProgramResult, unknown } from "../../engine";
import type { Change } from "../support/rawSettings";
import { describeOnApiServers, type OperatedApiServers } from "./apiServers/sharedApiServers";
import { EXTERNAL_HOST } from "./operator/statuses";
import { newState } from "./support/stackBackend";
import {
    auditPositions,
    contextOf,
    deploy,
    destroy,
    Kubectl,
    kubernetesObjects,
    namespacesFor,
    namespacesOf,
    requestsSince,
    stackOnApiServers,
} from "./support/stacks";

const SECRET = "kubernetes:core/v1:Secret";
const MIRROR_MAKER = "kubernetes:kafka.strimzi.io/v1:KafkaMirrorMaker2";

interface ObjectMetadata {
    readonly name: string;
    readonly namespace?: string;
}

function idOf(inputs: Readonly<Record<string, unknown>>): string {
    const { name, namespace } = inputs.metadata as ObjectMetadata;
    return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The contexts with objects of the program. */
async function placesOf(apiServers: OperatedApiServers, result: ProgramResult) {
    const kubectl = {
        source: new Kubectl(apiServers.source),
        target: new Kubectl(apiServers.target),
    };
    return Promise.all(
        kubernetesObjects(result).map(async (registration) => {
            const id = idOf(registration.inputs);
            const found = await Promise.all(
                (["source", "target"] as const).map(async (context) =>
                    (await kubectl[context].find(registration.type, id)) === undefined
                        ? []
                        : [context],
                ),
            );
            return {
                object: `${registration.type} ${id}`,
                expected: [contextOf(result, registration)],
                found: found.flat(),
            };
        }),
    );
}

describeOnApiServers("the program against API servers", (apiServers) => {
    for (const stack of ["dev", "prod"] as const) {
        it(`deploys ${stack}, every object in its own cluster, with the right outputs`, async () => {
            const namespaces =
                stack === "dev"
                    ? namespacesOf("deploy-dev")
                    : await namespacesFor(apiServers(), "deploy-prod");
            const result = await deploy(
                stackOnApiServers(stack, apiServers(), namespaces),
                newState(),
            );

            const places = await placesOf(apiServers(), result);
            assert(places.length >= 9);
            for (const { object, expected, found } of places) {
                assert.deepEqual(found, expected, object);
            }
            const { source, target } = namespaces;
            assert.equal(
                result.outputs.observedStatusUrl,
                `http://my-mm2-cluster-mirrormaker2-api.${target}.svc:8083`,
            );
            assert.equal(result.outputs.statusUrl, result.outputs.observedStatusUrl);
            assert.equal(
                result.outputs.activeBootstrapServers,
                `my-cluster-kafka-bootstrap.${source}.svc:9093`,
            );
            const states = result.outputs.connectorStates as { name: string; state: string }[];
            assert.deepEqual(
                states.map(({ name, state }) => [name, state]),
                ["Checkpoint", "Source"].map((kind) => [
                    `my-cluster->my-cluster-tgt.Mirror${kind}Connector`,
                    "RUNNING",
                ]),
            );
            const mirrorMaker = result.registrations.find(({ type }) => type === MIRROR_MAKER);
            const { mirrors } = mirrorMaker!.inputs.spec as {
                mirrors: { source: { bootstrapServers: string } }[];
            };
            assert.equal(
                mirrors[0]?.source.bootstrapServers,
                stack === "dev"
                    ? `my-cluster-kafka-bootstrap.${source}.svc:9093`
                    : `${EXTERNAL_HOST}:9094`,
            );
        });
    }

    it("previews without a write, and leaves ids and status of new objects unknown", async () => {
        const before = auditPositions(apiServers());
        const file = stackOnApiServers("dev", apiServers(), namespacesOf("preview"));
        const result = await deploy(file, newState(), { preview: true });

        const requests = requestsSince(apiServers(), before);
        assert.deepEqual(
            requests.filter(({ writes }) => writes),
            [],
        );
        // The namespaces are dry runs; their objects cannot be, because the namespaces do not exist.
        assert(requests.some(({ uri, status }) => uri.includes("dryRun=All") && status === 201));
        assert.equal(result.outputs.observedStatusUrl, unknown);
        assert.equal(result.reads.find(({ type }) => type === SECRET)?.id, undefined);
    });

    it("refuses a context that the kubeconfig does not have, before it creates anything", async () => {
        const before = auditPositions(apiServers());
        const namespaces = namespacesOf("no-context");
        await assert.rejects(
            deploy(
                stackOnApiServers("prod", apiServers(), namespaces, [
                    ["target/context", "nowhere"],
                ]),
                newState(),
            ),
            /kubeconfig\.yaml has no context "nowhere"; its contexts: source, target/,
        );
        assert.deepEqual(requestsSince(apiServers(), before), []);
    });

    it("refuses swapped contexts with pinned identities, before it creates anything", async () => {
        const uidOf = async (context: "source" | "target") => {
            const namespace = await new Kubectl(apiServers()[context]).get(
                "kubernetes:core/v1:Namespace",
                "kube-system",
            );
            return namespace.metadata.uid;
        };
        const pinned: Change[] = [
            ["source/kubernetesClusterUid", await uidOf("source")],
            ["target/kubernetesClusterUid", await uidOf("target")],
        ];
        const namespaces = await namespacesFor(apiServers(), "swapped");
        const before = auditPositions(apiServers());
        await assert.rejects(
            deploy(
                stackOnApiServers("prod", apiServers(), namespaces, [
                    ...pinned,
                    ["source/context", "target"],
                    ["target/context", "source"],
                ]),
                newState(),
            ),
            /kafka-dr:(source|target)\.kubernetesClusterUid is ".*", but the context/,
        );
        assert.deepEqual(
            requestsSince(apiServers(), before).filter(({ writes }) => writes),
            [],
        );
        await deploy(stackOnApiServers("prod", apiServers(), namespaces, pinned), newState());
    });

    it("fails for an existing object, with the server's message", async () => {
        const namespaces = await namespacesFor(apiServers(), "existing");
        const metadata = { name: "my-cluster-cluster-ca-cert-copy", namespace: namespaces.target };
        await new Kubectl(apiServers().target).create(SECRET, {
            apiVersion: "v1",
            kind: "Secret",
            metadata,
        });
        await assert.rejects(
            deploy(stackOnApiServers("prod", apiServers(), namespaces), newState()),
            /secrets "my-cluster-cluster-ca-cert-copy" already exists/,
        );
    });

    it("writes nothing in a second run, and nothing in its preview", async () => {
        const namespaces = await namespacesFor(apiServers(), "twice");
        const file = stackOnApiServers("prod", apiServers(), namespaces);
        const state = newState();
        const first = await deploy(file, state);
        const between = auditPositions(apiServers());
        const preview = await deploy(file, state, { preview: true });
        const second = await deploy(file, state);

        const requests = requestsSince(apiServers(), between);
        assert(requests.length > 0, "the CA is read again");
        assert.deepEqual(
            requests.filter(({ writes }) => writes),
            [],
        );
        assert.deepEqual(second.outputs, first.outputs);
        assert.deepEqual(preview.outputs, first.outputs);
    });

    it("applies a changed setting only to its object, and removes absent fields", async () => {
        const namespaces = await namespacesFor(apiServers(), "change");
        const state = newState();
        await deploy(stackOnApiServers("prod", apiServers(), namespaces), state);
        const kubectl = new Kubectl(apiServers().target);
        const overrides = async () => {
            const found = await kubectl.get(MIRROR_MAKER, `${namespaces.target}/my-mm2-cluster`);
            const { mirrors } = found.spec as {
                mirrors: { sourceConnector: { config: Record<string, unknown> } }[];
            };
            return Object.fromEntries(
                Object.entries(mirrors[0]!.sourceConnector.config).filter(([key]) =>
                    /batch\.size|linger/.test(key),
                ),
            );
        };
        assert.deepEqual(await overrides(), { "producer.override.batch.size": 327680 });
        const before = auditPositions(apiServers());
        await deploy(
            stackOnApiServers("prod", apiServers(), namespaces, [
                ["mirror/producerOverrides", { "linger.ms": 20 }],
            ]),
            state,
        );
        assert.deepEqual(await overrides(), { "producer.override.linger.ms": 20 });
        const written = requestsSince(apiServers(), before)
            .filter(({ writes }) => writes)
            .map(({ verb, uri }) => `${verb} ${uri.split("?")[0] ?? ""}`);
        assert.deepEqual(
            [...new Set(written)],
            [
                `patch /apis/kafka.strimzi.io/v1/namespaces/${namespaces.target}/kafkamirrormaker2s/my-mm2-cluster`,
            ],
        );
    });

    it("deletes its objects, the newest first, but no protected ones", async () => {
        const namespaces = await namespacesFor(apiServers(), "destroy");
        const file = stackOnApiServers("prod", apiServers(), namespaces, [["protect", true]]);
        const unprotected = stackOnApiServers("prod", apiServers(), namespaces, [
            ["protect", false],
            ["retainOnDelete", false],
        ]);
        const state = newState();
        await deploy(file, state);
        await assert.rejects(destroy(state), /nothing is deleted, because these are protected/);
        const result = await deploy(unprotected, state);
        const before = auditPositions(apiServers());
        await destroy(state);

        assert.equal(state.kubernetes.size, 0);
        for (const { object, found } of await placesOf(apiServers(), result)) {
            assert.deepEqual(found, [], object);
        }
        const deleted = requestsSince(apiServers(), before).filter(({ verb }) => verb === "delete");
        assert.equal(deleted.length, kubernetesObjects(result).length);
        const order = apiServers()
            .source.audit.since(before.source, "deployer")
            .filter(({ verb }) => verb === "delete")
            .map(({ uri }) => uri.split("?")[0]?.split("/").at(-2));
        assert(order.indexOf("kafkas") < order.indexOf("kafkanodepools"));
    });
});
