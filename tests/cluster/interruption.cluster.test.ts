import assert from "node:assert/strict";
import { type StackFile } from "../../config/stackFile";
import { type Backend, type ProgramResult, runProgram } from "../../engine";
import { program } from "../../program";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import { newState, StackBackend } from "./support/stackBackend";
import {
    contextOf,
    deploy,
    Kubectl,
    kubernetesObjects,
    namespacesFor,
    stackOnApiServers,
} from "./support/stacks";

/** Runs the program until it has registered a number of objects, then aborts like Ctrl-C. */
async function interruptedAt(count: number, file: StackFile, inner: StackBackend) {
    const interrupt = new AbortController();
    let asked = 0;
    const backend: Backend = {
        configure: (provider) => inner.configure(provider),
        read: (request, context) => inner.read(request, context),
        create: (registration, context) => {
            const creation = inner.create(registration, context);
            asked += 1;
            if (asked === count) {
                interrupt.abort(new Error("interrupted"));
            }
            return creation;
        },
    };
    await assert.rejects(
        runProgram(program, { ...file, backend, signal: interrupt.signal }),
        /interrupted/,
    );
}

describeOnApiServers("an interrupted run", (apiServers) => {
    /** The current objects of a program, without fields that differ between equal deployments. */
    async function liveObjects(result: ProgramResult): Promise<Record<string, unknown>> {
        const kubectl = {
            source: new Kubectl(apiServers().source),
            target: new Kubectl(apiServers().target),
        };
        const live = kubernetesObjects(result).map(async (registration) => {
            const { type, inputs } = registration;
            const { name, namespace } = inputs.metadata as { name: string; namespace: string };
            const context = contextOf(result, registration) as "source" | "target";
            const found = await kubectl[context].get(type, `${namespace}/${name}`);
            const { labels, annotations } = found.metadata;
            const content = {
                labels,
                annotations,
                spec: found.spec,
                // A new cluster has a new CA.
                data: Object.keys((found.data as object | undefined) ?? {}),
            };
            const text = JSON.stringify(content).replace(/"[0-9a-f]{16}"/g, '"hash of the CA"');
            return [`${context} ${type} ${name}`, JSON.parse(text) as unknown] as const;
        });
        return Object.fromEntries(await Promise.all(live));
    }

    it("leads to the same objects when repeated, after an interruption at any registration", async () => {
        const namespaces = await namespacesFor(apiServers(), "interrupted");
        const file = stackOnApiServers("prod", apiServers(), namespaces, [
            ["protect", false],
            ["retainOnDelete", false],
        ]);
        const state = newState();
        const backend = new StackBackend(state);
        const whole = await deploy(file, state);
        const expected = await liveObjects(whole);
        const registrations = kubernetesObjects(whole).length;
        assert(registrations >= 9);
        await backend.destroy();
        for (let count = 1; count <= registrations; count++) {
            await interruptedAt(count, file, backend);
            const again = await deploy(file, state);
            assert.deepEqual(await liveObjects(again), expected, `interrupted at ${count}`);
            assert.deepEqual(again.outputs.connectorStates, whole.outputs.connectorStates);
            await backend.destroy();
        }
    });
});
