import {
    describeOnApiServers,
    type OperatedApiServers,
} from "../../cluster/apiServers/sharedApiServers";
import { CliStack } from "./cliStack";
import { GarbageCollector } from "./garbageCollector";
import { findPulumi } from "./installation";

/** A stack under the real CLI, and the two Kubernetes clusters that it is deployed to. */
export interface World {
    readonly apiServers: OperatedApiServers;
    readonly stack: CliStack;
}

const installation = findPulumi();
if (typeof installation === "string") {
    console.log(`tests/cli is skipped: ${installation}.`);
}

/**
 * A suite with the real Pulumi CLI on real API servers. It is skipped without a CLI or a plugin, also
 * in CI, because no package registry has them.
 *
 * @param stackName Name of the stack whose file has the settings with which the suite starts.
 * @param body Gets a function that returns the deployment, for hooks and tests.
 */
export function describeWithPulumi(
    title: string,
    stackName: "dev" | "prod",
    body: (world: () => World) => void,
): void {
    if (typeof installation === "string") {
        describe(title, () => {
            it("needs the pulumi CLI and its Kubernetes and random plugins");
        });
        return;
    }
    describeOnApiServers(title, (apiServers) => {
        let stack: CliStack | undefined;
        let collectors: readonly GarbageCollector[] = [];

        let broken = false;

        // Each test continues with the stack of the one before.
        beforeEach(function () {
            if (broken) {
                this.skip();
            }
        });
        afterEach(function () {
            broken ||= this.currentTest?.state === "failed";
        });

        before("create the stack", async () => {
            const { source, target } = apiServers();
            collectors = [new GarbageCollector(source), new GarbageCollector(target)];
            stack = await CliStack.create(installation, stackName);
        });

        after("remove the stack's files", async () => {
            await Promise.all(collectors.map((collector) => collector.stop()));
            await stack?.remove();
        });

        body(() => {
            if (stack === undefined) {
                throw new Error("the stack exists only in hooks and tests");
            }
            return { apiServers: apiServers(), stack };
        });
    });
}
