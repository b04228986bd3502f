import { Supervisor } from "../../../lab/process/supervisor";
import { ScriptedOperator } from "../operator/scriptedOperator";
import { type Bed, startBed } from "./apiServers";
import { goVersion, serverPrograms } from "./goServers";

/** Two clusters in which an operator works. */
export interface OperatedBed extends Bed {
    readonly operators: Readonly<Record<"source" | "target", ScriptedOperator>>;
}

let toldOfSkip = false;
let supervisor: Supervisor | undefined;
let starting: Promise<OperatedBed> | undefined;

/** One bed for all suites of a mocha run, started by the first that asks and stopped at the end. */
async function sharedBed(go: string): Promise<OperatedBed> {
    starting ??= (async () => {
        supervisor = await Supervisor.create();
        const programs = await serverPrograms(go, supervisor, (line) => {
            console.log(line);
        });
        const bed = await startBed(programs, supervisor);
        const { source, target } = bed;
        const operators = {
            source: new ScriptedOperator(source),
            target: new ScriptedOperator(target),
        };
        return { ...bed, operators };
    })();
    return starting;
}

after("stop the clusters", async function () {
    const bed = await starting?.catch(() => undefined);
    try {
        await Promise.all(Object.values(bed?.operators ?? {}).map((operator) => operator.stop()));
    } finally {
        await supervisor?.stop();
    }
});

/**
 * A suite against two real API servers. Without Go it is skipped, except in CI, where it fails.
 *
 * @param body Gets a function that returns the bed, for use inside of hooks and tests.
 */
export function describeOnClusters(title: string, body: (bed: () => OperatedBed) => void): void {
    describe(title, () => {
        let bed: OperatedBed | undefined;
        before("start the clusters", async function () {
            const go = await goVersion();
            if (go === undefined) {
                if (process.env.CI === "true") {
                    throw new Error(
                        "tests/cluster needs Go to build kube-apiserver: install it from https://go.dev/dl",
                    );
                }
                if (!toldOfSkip) {
                    console.log("Skipped: Go is not installed, which builds kube-apiserver.");
                    toldOfSkip = true;
                }
                this.skip();
            }
            bed = await sharedBed(go);
        });
        body(() => {
            if (bed === undefined) {
                throw new Error("the clusters are there in hooks and tests only");
            }
            return bed;
        });
    });
}
