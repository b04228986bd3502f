import { Supervisor } from "../../../lab/process/supervisor";
import { ScriptedOperator } from "../operator/scriptedOperator";
import { type ApiServers, startApiServerPair } from "./apiServers";
import { buildApiServers, type ServerPrograms } from "./goServers";

/** Both API servers, with a scripted operator for each. */
export interface OperatedApiServers extends ApiServers {
    readonly operators: Readonly<Record<"source" | "target", ScriptedOperator>>;
}

/** Milliseconds for the start of the API servers: a limit for hangs. */
const START_LIMIT_MS = 600_000;

let skipReported = false;
let supervisor: Supervisor | undefined;
let starting: Promise<OperatedApiServers> | undefined;

/** The API servers of a mocha run: the first suite starts them, and they stop at the end of the run. */
async function sharedApiServers(programs: ServerPrograms): Promise<OperatedApiServers> {
    starting ??= (async () => {
        supervisor = await Supervisor.create();
        const started = await startApiServerPair(programs, supervisor);
        const { source, target } = started;
        const operators = {
            source: new ScriptedOperator(source),
            target: new ScriptedOperator(target),
        };
        return { ...started, operators };
    })();
    return starting;
}

after("stop the API servers", async function () {
    const started = await starting?.catch(() => undefined);
    try {
        await Promise.all(
            Object.values(started?.operators ?? {}).map((operator) => operator.stop()),
        );
    } finally {
        await supervisor?.stop();
    }
});

/**
 * A suite against two real API servers. It is skipped without Go, except in CI, where it fails.
 *
 * @param body Gets a function that returns the API servers, for hooks and tests.
 */
export function describeOnApiServers(
    title: string,
    body: (apiServers: () => OperatedApiServers) => void,
): void {
    describe(title, () => {
        let started: OperatedApiServers | undefined;
        before("start the API servers", async function () {
            // A build, when no earlier step has made it, has no limit.
            this.timeout(0);
            const programs = await buildApiServers(console.log);
            if (programs === undefined) {
                if (process.env.CI === "true") {
                    throw new Error(
                        "tests/cluster needs Go to build kube-apiserver: install it from https://go.dev/dl",
                    );
                }
                if (!skipReported) {
                    console.log(
                        "Skipped: building kube-apiserver needs Go, which is not installed.",
                    );
                    skipReported = true;
                }
                this.skip();
            }
            this.timeout(START_LIMIT_MS);
            started = await sharedApiServers(programs);
        });
        body(() => {
            if (started === undefined) {
                throw new Error("the API servers exist only in hooks and tests");
            }
            return started;
        });
    });
}
