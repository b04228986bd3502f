import { MISSING_RIGHTS } from "../../support/missingRights";
import { connectorsOf, makeCase, produce, RECORDS } from "./mirrorCase";
import { ObservedMirror } from "./observedMirror";
import type { RightsLab } from "./rightsLab";
import { RightsWorker } from "./rightsWorker";
import { selected } from "./selection";

const MIRROR = "exact";
const HEALTHY = "exact";

export const exactlyOnceRights = MISSING_RIGHTS.filter(({ on }) =>
    ["transactional IDs of the source tasks", "transactional IDs of the checkpoint tasks"].includes(
        on,
    ),
);

const takenAway = selected(exactlyOnceRights);

/** Mirrors with transactional tasks, on one worker. */
export function exactlyOnceSuite(lab: () => RightsLab): void {
    const incomplete: ObservedMirror[] = [];
    let healthy: ObservedMirror;

    before(async () => {
        const host = await makeCase(lab(), {
            name: HEALTHY,
            mirror: MIRROR,
            changes: [["mirror/exactlyOnceSourceSupport", "enabled"]],
        });
        const worker = await RightsWorker.start(lab(), host);
        healthy = new ObservedMirror(lab(), worker, host);
        for (const [index, without] of takenAway.entries()) {
            const made = await makeCase(lab(), { name: `x${index}`, mirror: MIRROR, without });
            incomplete.push(new ObservedMirror(lab(), worker, made));
        }
        await worker.untilHealthy();
        await worker.add([host, ...incomplete.map(({ mirror }) => mirror)]);
    });
    after(async () => {
        await healthy.worker.stop();
    });

    it("with all of them: records and offsets arrive, even after zombie fencing", async () => {
        const { group, other, topic, connectors } = healthy.mirror;
        await healthy.logged("ExactlyOnceWorkerSourceTask{id=<source>-0}");
        await healthy.logged("ExactlyOnceWorkerSourceTask{id=<checkpoint>-0}");
        await healthy.groupArrived(group, topic);
        // With a new configuration, Connect fences the tasks that ran with the old one.
        const [definition] = connectorsOf(lab(), healthy.mirror).filter(
            ({ name }) => name === connectors.source,
        );
        const config = { ...definition!.config, "offset.lag.max": "1" };
        await healthy.loggedAfter("Instantiated task <source>-0", async () =>
            lab().until("the configuration is accepted", async () => {
                await healthy.worker.rest.update(connectors.source, config);
                return true;
            }),
        );
        await produce(lab(), healthy.mirror, RECORDS, RECORDS);
        // Transaction markers take offsets at the target, so the test compares values.
        for (const name of [other, topic]) {
            await lab().until(`all records of ${name} are at the target`, async () => {
                const { source, target } = lab().sites;
                const [sent, found] = await Promise.all([
                    source.client.values(name),
                    target.client.values(name),
                ]);
                return sent.every((value) => found.includes(value));
            });
        }
    });

    for (const right of exactlyOnceRights) {
        const { operation, on, site, effect } = right;
        const index = takenAway.indexOf(right);
        const test = index < 0 ? it.skip : it;
        test(`without ${operation} on the ${on} at the ${site}: ${effect}`, async () => {
            await incomplete[index]!.shows(right);
        });
    }
}
