import assert from "node:assert/strict";
import { type Phase, PHASES } from "../../../config/phase";
import {
    type BackendContext,
    type ProgramResult,
    RecordingBackend,
    type RecordingOptions,
    type Registration,
    runProgram,
} from "../../../engine";
import { program } from "../../../program";
import { READY, recordStack, recordSteps, stackFile, stepsTo } from "../../support/recordedStack";
import type { Change } from "../../support/rawSettings";

const COPY = "kafka-dr-source-ca-copy";
const SOURCE = "::kubernetes-source::";

const UID = "3f1c9c0e-5d1b-4f1e-9f43-0c2b8a7d6e5f";

/** The source's Kubernetes cluster with the identity that some tests pin. */
const PINNED: RecordingOptions = {
    ...READY,
    reads: [
        { type: "kubernetes:core/v1:Namespace", outputs: { metadata: { uid: UID } } },
        ...READY.reads!,
    ],
};

/** The stack in a phase that it reached in the course of a whole cycle. */
const run = (stack: "dev" | "prod", phase: Phase, ...changes: Change[]) =>
    recordSteps(stack, stepsTo(phase), { changes, backend: PINNED });

const named = ({ registrations }: ProgramResult, name: string) => {
    const found = registrations.find((registration) => registration.name === name);
    assert(found !== undefined, `${name} is not registered`);
    return found;
};

interface Mirror {
    spec: {
        replicas: number;
        target: { alias: string; groupId: string };
        mirrors: {
            source: { alias: string };
            sourceConnector: { state: string; alterOffsets?: unknown };
            checkpointConnector: { state: string };
        }[];
    };
    metadata: { namespace: string };
}

const mirrorOf = (result: ProgramResult, name = "kafka-dr-mirror-mm2") =>
    named(result, name).inputs as unknown as Mirror;

describe("KafkaDisasterRecovery: phases", () => {
    it("stop both connectors of the mirror once the target is active, and never remove it", async () => {
        for (const [phase, state] of [
            ["mirroring", "running"],
            ["draining", "running"],
            ["failed-over", "stopped"],
            ["failing-back", "stopped"],
            ["draining-back", "stopped"],
            ["resuming", "stopped"],
        ] as const) {
            const [mirror] = mirrorOf(await run("prod", phase)).spec.mirrors;
            assert.equal(mirror!.sourceConnector.state, state, phase);
            assert.equal(mirror!.checkpointConnector.state, state, phase);
        }
    });

    it("copy back next to the source, with sites and aliases swapped", async () => {
        const result = await run("prod", "failing-back");
        const back = mirrorOf(result, "kafka-dr-reverse-mirror-mm2");
        assert.equal(back.spec.target.alias, "my-cluster");
        assert.equal(back.spec.target.groupId, "__my-mm2-cluster-reverse");
        assert.equal(back.spec.mirrors[0]!.source.alias, "my-cluster-tgt");
        assert.equal(back.spec.mirrors[0]!.sourceConnector.state, "running");
        const { provider } = named(result, "kafka-dr-reverse-mirror-mm2").options;
        assert(provider!.includes(SOURCE), provider);
        const copy = named(result, "kafka-dr-reverse-source-ca-copy");
        assert(copy.options.provider!.includes(SOURCE));
        assert.equal(
            (copy.inputs.metadata as { name: string }).name,
            "my-cluster-tgt-cluster-ca-cert-copy",
        );
    });

    it("have the reverse mirror in two phases only", async () => {
        for (const phase of PHASES) {
            const { registrations, outputs } = await run("prod", phase);
            const isThere = registrations.some(
                ({ name }) => name === "kafka-dr-reverse-mirror-mm2",
            );
            assert.equal(isThere, ["failing-back", "draining-back"].includes(phase), phase);
            assert.equal(
                outputs.reverseMirrorMakerName,
                isThere ? "my-mm2-cluster-reverse" : undefined,
            );
        }
    });

    for (const stack of ["dev", "prod"] as const) {
        it(`read nothing from a lost source of ${stack}, and leave its objects unchanged`, async () => {
            const uid: Change = ["source/kubernetesClusterUid", UID];
            const result = await run(stack, "failed-over", ...(stack === "prod" ? [uid] : []));
            assert.deepEqual(
                result.reads.map(({ name }) => name),
                [],
            );
            const namespace = stack === "dev" ? "kafka-source" : "kafka";
            const ofSource = result.registrations.filter(({ type, inputs, options }) => {
                const metadata = inputs.metadata as
                    { name?: string; namespace?: string } | undefined;
                const place = metadata?.namespace ?? metadata?.name;
                return (
                    type.startsWith("kubernetes:") &&
                    place === namespace &&
                    (stack === "dev" || options.provider?.includes(SOURCE) === true)
                );
            });
            assert(ofSource.length >= 6, String(ofSource.length));
            for (const { name, options } of ofSource) {
                assert(options.ignoreChanges.includes("spec"), name);
                assert(options.ignoreChanges.includes("data"), name);
            }
            const others = result.registrations.filter(
                (registration) =>
                    registration.custom &&
                    !ofSource.includes(registration) &&
                    registration.name !== COPY,
            );
            assert(others.every(({ options }) => options.ignoreChanges.length === 0));
        });
    }

    it("keep the copy of the CA unchanged, and its hash that rolls MM2", async () => {
        const [before, after] = [await run("prod", "mirroring"), await run("prod", "failed-over")];
        assert.deepEqual(named(after, COPY).options.ignoreChanges, ["data", "metadata"]);
        const podOf = (result: ProgramResult) =>
            (mirrorOf(result).spec as unknown as { template: { pod: unknown } }).template.pod;
        assert.deepEqual(podOf(after), podOf(before));
        assert.equal(after.outputs.sourceCaCopyGeneration, before.outputs.sourceCaCopyGeneration);
    });

    it("refuse a copy of the CA that has become empty", async () => {
        const deployed = await run("prod", "mirroring");
        const emptied = deployed.registrations.map((registration) =>
            registration.name === COPY
                ? { ...registration, inputs: { ...registration.inputs, data: {} } }
                : registration,
        );
        await assert.rejects(
            recordStack("prod", {
                changes: [["phase", "failed-over"]],
                backend: { ...READY, deployed: { ...deployed, registrations: emptied } },
            }),
            /the copy of the CA was not changed/,
        );
    });

    it("let Pulumi forget the pending deletions of a lost source, and adopt the objects when it returns", async () => {
        for (const [phase, deleteUnreachable, takesOver] of [
            ["mirroring", undefined, undefined],
            ["failed-over", "true", undefined],
            ["failing-back", undefined, "true"],
        ] as const) {
            const expected = {
                deleteUnreachable,
                upsertExistingObjects: takesOver,
                enablePatchForce: takesOver,
            };
            const result = await run("prod", phase);
            for (const [option, value] of Object.entries(expected)) {
                const what = `${phase} ${option}`;
                assert.equal(named(result, "kubernetes-source").inputs[option], value, what);
                assert.equal(named(result, "kubernetes-target").inputs[option], undefined, what);
            }
        }
    });

    it("export where applications connect, and let them write there", async () => {
        for (const [phase, site] of [
            ["draining", "source"],
            ["failed-over", "target"],
            ["resuming", "source"],
        ] as const) {
            const { outputs } = await run("prod", phase);
            assert.equal(outputs.activeSite, site);
            assert.equal(outputs.phase, phase);
        }
        const { registrations } = await run("prod", "failed-over");
        const acls = registrations.find(({ name }) => name === "kafka-dr-user-my-app-target")!
            .inputs.spec as { authorization: { acls: { operations: string[] }[] } };
        assert(acls.authorization.acls.some(({ operations }) => operations.includes("Write")));
    });

    it("run a later epoch with its start positions only", async () => {
        const resuming = await run("prod", "resuming");
        assert.deepEqual(mirrorOf(resuming).spec.mirrors[0]!.sourceConnector.alterOffsets, {
            fromConfigMap: { name: "my-mm2-cluster-start-positions-2" },
        });
        assert.deepEqual(named(resuming, "kafka-dr-start-positions-2").options.ignoreChanges, [
            "data",
        ]);
        const withPositions = (data: Record<string, string>) =>
            recordStack("prod", {
                changes: [["mirror/epoch", 2]],
                backend: {
                    ...READY,
                    deployed: resuming,
                    reads: [
                        { name: "kafka-dr-start-positions-2-as-is", outputs: { data } },
                        ...READY.reads!,
                    ],
                },
            });
        const mirroring = mirrorOf(await withPositions({ complete: "true" }));
        assert.equal(mirroring.spec.mirrors[0]!.sourceConnector.state, "running");
        assert.equal(mirroring.spec.mirrors[0]!.source.alias, "my-cluster-2");
        await assert.rejects(
            withPositions({}),
            /does not say that the mirror has its start positions.*"resuming"/,
        );
    });

    it("create the start positions with a mark for incomplete ones", async () => {
        // In a preview the SDK treats absent data as unknown, so no check could refuse it.
        const { inputs } = named(await run("prod", "resuming"), "kafka-dr-start-positions-2");
        assert.deepEqual(inputs.data, { complete: "false" });
    });

    for (const preview of [true, false]) {
        it(`change nothing without start positions in ${preview ? "a preview" : "an update"}`, async () => {
            const deployed = await run("prod", "resuming");
            const data = { complete: "false" };
            const touched: string[] = [];
            const backend = new (class extends RecordingBackend {
                override create(registration: Registration, context: BackendContext) {
                    touched.push(registration.name);
                    return super.create(registration, context);
                }
            })({
                ...READY,
                deployed,
                reads: [
                    { name: "kafka-dr-start-positions-2-as-is", outputs: { data } },
                    ...READY.reads!,
                ],
            });
            await assert.rejects(
                runProgram(program, {
                    ...stackFile("prod", [["mirror/epoch", 2]]),
                    preview,
                    backend,
                }),
                /does not say that the mirror has its start positions/,
            );
            assert.deepEqual(touched, []);
        });
    }

    it("allow writes at the target only after the mirror has stopped, and at a rebuilt source only after it has begun", async () => {
        const failedOver = await run("prod", "failed-over");
        const mirror = named(failedOver, "kafka-dr-mirror-mm2").urn;
        const waits = (result: ProgramResult, user: string) =>
            named(result, user).options.dependencies.includes(mirror);
        assert(waits(failedOver, "kafka-dr-user-my-app-target"));
        const resumed = await recordStack("prod", {
            changes: [["mirror/epoch", 2]],
            backend: {
                ...READY,
                deployed: await run("prod", "resuming"),
                reads: [
                    {
                        name: "kafka-dr-start-positions-2-as-is",
                        outputs: { data: { complete: "true" } },
                    },
                    ...READY.reads!,
                ],
            },
        });
        assert(waits(resumed, "kafka-dr-user-my-app-source"));
        assert(!waits(resumed, "kafka-dr-user-my-app-target"));
    });

    it("mirror back only after applications have lost the right to write to the source", async () => {
        const failingBack = await run("prod", "failing-back");
        const { dependencies } = named(failingBack, "kafka-dr-reverse-mirror-mm2").options;
        assert(dependencies.includes(named(failingBack, "kafka-dr-user-my-app-source").urn));
    });

    it("are recorded before anything else of the pair", async () => {
        const result = await run("prod", "mirroring");
        const record = named(result, "kafka-dr-phase");
        assert.deepEqual(record.inputs.data, {
            phase: "mirroring",
            epoch: "1",
            activeSite: "source",
        });
        const waitsForRecord = (urn: string): boolean => {
            const found = result.registrations.find((registration) => registration.urn === urn);
            return (found?.options.dependencies ?? []).some(
                (dependency) => dependency === record.urn || waitsForRecord(dependency),
            );
        };
        const others = result.registrations.filter(
            ({ type, urn }) => type.startsWith("kubernetes:") && urn !== record.urn,
        );
        assert(others.length >= 20, String(others.length));
        assert.deepEqual(
            others.filter(({ urn }) => !waitsForRecord(urn)).map(({ name }) => name),
            [],
        );
    });

    it("refuse an invalid change before any object changes, also in a preview", async () => {
        const deployed = await run("prod", "failed-over");
        for (const preview of [true, false]) {
            const touched: string[] = [];
            const backend = new (class extends RecordingBackend {
                override create(registration: Registration, context: BackendContext) {
                    touched.push(registration.type);
                    return super.create(registration, context);
                }
            })({ ...READY, deployed });
            await assert.rejects(
                runProgram(program, { ...stackFile("prod"), preview, backend }),
                /cannot change from "failed-over" to "mirroring"\. The allowed path is .* Nothing was changed\./,
            );
            assert.deepEqual(touched, []);
        }
    });

    /** Deploys the phase `draining` over a stack whose record has the given data. */
    const drainAfter = async (data: Record<string, string>) => {
        const before = await run("prod", "mirroring");
        const registrations = before.registrations.map((registration) =>
            registration.name === "kafka-dr-phase"
                ? { ...registration, inputs: { ...registration.inputs, data } }
                : registration,
        );
        return recordStack("prod", {
            backend: { ...PINNED, deployed: { ...before, registrations } },
            changes: [["phase", "draining"]],
        });
    };

    it("are read from a record with the epoch's earlier name", async () => {
        await drainAfter({ phase: "mirroring", generation: "1" });
        await assert.rejects(
            drainAfter({ phase: "mirroring", generation: "2" }),
            /mirror\.epoch is 1, but must be 2/,
        );
    });

    it("refuse an unreadable record, instead of treating the stack as new", async () => {
        await assert.rejects(
            drainAfter({ phase: "failed-over" }),
            /records the phase of the pair as .*"failed-over".* cannot read/,
        );
    });

    it("begin with mirroring", async () => {
        await assert.rejects(
            recordStack("prod", { changes: [["phase", "failing-back"]] }),
            /"failing-back", but this stack has deployed nothing yet/,
        );
    });
});
