import assert from "node:assert/strict";
import { type ProgramResult, unknown } from "../../engine";
import type { Change } from "../support/rawSettings";
import { describeOnClusters, type OperatedBed } from "./apiServers/sharedApiServers";
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
    stackOnBed,
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

/** Which contexts hold an object of the program. */
async function placesOf(bed: OperatedBed, result: ProgramResult) {
    const kubectl = { source: new Kubectl(bed.source), target: new Kubectl(bed.target) };
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

describeOnClusters("the program against API servers", (bed) => {
    for (const stack of ["dev", "prod"] as const) {
        it(`deploys ${stack}, every object in its own cluster, with the right outputs`, async () => {
            const namespaces =
                stack === "dev"
                    ? namespacesOf("deploy-dev")
                    : await namespacesFor(bed(), "deploy-prod");
            const result = await deploy(stackOnBed(stack, bed(), namespaces), newState());

            const places = await placesOf(bed(), result);
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

    it("previews without a write, and knows neither ids nor status of what is new", async () => {
        const before = auditPositions(bed());
        const file = stackOnBed("dev", bed(), namespacesOf("preview"));
        const result = await deploy(file, newState(), { preview: true });

        const requests = requestsSince(bed(), before);
        assert.deepEqual(
            requests.filter(({ writes }) => writes),
            [],
        );
        // The namespaces are dry-run; what would be in them cannot be, since they do not exist.
        assert(requests.some(({ uri, status }) => uri.includes("dryRun=All") && status === 201));
        assert.equal(result.outputs.observedStatusUrl, unknown);
        assert.equal(result.reads.find(({ type }) => type === SECRET)?.id, undefined);
    });

    it("refuses a context that the kubeconfig does not have, before anything is created", async () => {
        const before = auditPositions(bed());
        const namespaces = namespacesOf("no-context");
        await assert.rejects(
            deploy(
                stackOnBed("prod", bed(), namespaces, [["target/context", "nowhere"]]),
                newState(),
            ),
            /context "nowhere" does not exist in .*kubeconfig\.yaml; it has "source", "target"/,
        );
        assert.deepEqual(requestsSince(bed(), before), []);
    });

    it("refuses swapped contexts where identities are pinned, before anything is created", async () => {
        const uidOf = async (context: "source" | "target") => {
            const namespace = await new Kubectl(bed()[context]).get(
                "kubernetes:core/v1:Namespace",
                "kube-system",
            );
            return namespace.metadata.uid;
        };
        const pinned: Change[] = [
            ["source/kubernetesClusterUid", await uidOf("source")],
            ["target/kubernetesClusterUid", await uidOf("target")],
        ];
        const namespaces = await namespacesFor(bed(), "swapped");
        const before = auditPositions(bed());
        await assert.rejects(
            deploy(
                stackOnBed("prod", bed(), namespaces, [
                    ...pinned,
                    ["source/context", "target"],
                    ["target/context", "source"],
                ]),
                newState(),
            ),
            /kafka-dr:(source|target)\.kubernetesClusterUid is ".*", but the context/,
        );
        assert.deepEqual(
            requestsSince(bed(), before).filter(({ writes }) => writes),
            [],
        );
        await deploy(stackOnBed("prod", bed(), namespaces, pinned), newState());
    });

    it("fails on an object that exists already, with the server's text", async () => {
        const namespaces = await namespacesFor(bed(), "existing");
        const metadata = { name: "my-cluster-cluster-ca-cert-copy", namespace: namespaces.target };
        await new Kubectl(bed().target).create(SECRET, {
            apiVersion: "v1",
            kind: "Secret",
            metadata,
        });
        await assert.rejects(
            deploy(stackOnBed("prod", bed(), namespaces), newState()),
            /secrets "my-cluster-cluster-ca-cert-copy" already exists/,
        );
    });

    it("writes nothing in a second run, and nothing in its preview", async () => {
        const namespaces = await namespacesFor(bed(), "twice");
        const file = stackOnBed("prod", bed(), namespaces);
        const state = newState();
        const first = await deploy(file, state);
        const between = auditPositions(bed());
        const preview = await deploy(file, state, { preview: true });
        const second = await deploy(file, state);

        const requests = requestsSince(bed(), between);
        assert(requests.length > 0, "the CA is read again");
        assert.deepEqual(
            requests.filter(({ writes }) => writes),
            [],
        );
        assert.deepEqual(second.outputs, first.outputs);
        assert.deepEqual(preview.outputs, first.outputs);
    });

    it("applies a changed setting to its object alone, and takes removed fields away", async () => {
        const namespaces = await namespacesFor(bed(), "change");
        const state = newState();
        await deploy(stackOnBed("prod", bed(), namespaces), state);
        const kubectl = new Kubectl(bed().target);
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
        const before = auditPositions(bed());
        await deploy(
            stackOnBed("prod", bed(), namespaces, [
                ["mirror/producerOverrides", { "linger.ms": 20 }],
            ]),
            state,
        );
        assert.deepEqual(await overrides(), { "producer.override.linger.ms": 20 });
        const written = requestsSince(bed(), before)
            .filter(({ writes }) => writes)
            .map(({ verb, uri }) => `${verb} ${uri.split("?")[0] ?? ""}`);
        assert.deepEqual(
            [...new Set(written)],
            [
                `patch /apis/kafka.strimzi.io/v1/namespaces/${namespaces.target}/kafkamirrormaker2s/my-mm2-cluster`,
            ],
        );
    });

    it("deletes what it made, the youngest first, but not what is protected", async () => {
        const namespaces = await namespacesFor(bed(), "destroy");
        const file = stackOnBed("prod", bed(), namespaces, [["protect", true]]);
        const unprotected = stackOnBed("prod", bed(), namespaces, [
            ["protect", false],
            ["retainOnDelete", false],
        ]);
        const state = newState();
        await deploy(file, state);
        await assert.rejects(destroy(state), /nothing is deleted, because these are protected/);
        const result = await deploy(unprotected, state);
        const before = auditPositions(bed());
        await destroy(state);

        assert.equal(state.kubernetes.size, 0);
        for (const { object, found } of await placesOf(bed(), result)) {
            assert.deepEqual(found, [], object);
        }
        const deleted = requestsSince(bed(), before).filter(({ verb }) => verb === "delete");
        assert.equal(deleted.length, kubernetesObjects(result).length);
        const order = bed()
            .source.audit.since(before.source, "deployer")
            .filter(({ verb }) => verb === "delete")
            .map(({ uri }) => uri.split("?")[0]?.split("/").at(-2));
        assert(order.indexOf("kafkas") < order.indexOf("kafkanodepools"));
    });
});
