import assert from "node:assert/strict";
import type { ApiServer } from "../../cluster/apiServers/apiServer";
import type { Operation, Step } from "./operation";

/** Fails with what the CLI printed. */
export function assertSucceeded(operation: Operation): void {
    assert(!operation.failed, operation.output);
    assert.deepEqual(operation.errors, []);
}

/** The changes of an operation, done or planned: all steps except reads. */
export function changes({ steps }: Operation): Step[] {
    return steps.filter(({ op }) => op !== "read");
}

/** Runs a function, and returns the deployer's writes that reached the API servers meanwhile. */
export async function writesDuring(
    servers: readonly ApiServer[],
    action: () => Promise<unknown>,
): Promise<string[]> {
    const positions = servers.map(({ audit }) => audit.position);
    await action();
    return servers.flatMap(({ name, audit }, index) =>
        audit
            .since(positions[index] ?? 0, "deployer")
            .filter(({ writes }) => writes)
            .map(({ verb, uri }) => `${name}: ${verb} ${uri}`),
    );
}
