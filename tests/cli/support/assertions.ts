import assert from "node:assert/strict";
import type { ApiServer } from "../../cluster/apiServers/apiServer";
import type { Operation, Step } from "./operation";

/** Fails with what the CLI printed. */
export function assertSucceeded(operation: Operation): void {
    assert(!operation.failed, operation.output);
    assert.deepEqual(operation.errors, []);
}

/** What an operation changes, or would change: all but reads. */
export function changes({ steps }: Operation): Step[] {
    return steps.filter(({ op }) => op !== "read");
}

/** Runs something and returns which writes of the deployer reached the API servers meanwhile. */
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
