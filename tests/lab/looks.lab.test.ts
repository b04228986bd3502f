import assert from "node:assert/strict";
import { lastTimestamp } from "../../cli/shared/mirror/looks";
import { ClusterView } from "../../kafka/clusterView";
import { waitFor } from "../../lab/process/wait";
import { OneCluster } from "./support/oneCluster";
import { FIRST_TIMESTAMP, records, transact } from "./support/twoClusters";

describe("the newest record of a log", function () {
    let one: OneCluster;
    let view: ClusterView;
    before(async () => {
        one = await OneCluster.start();
        view = new ClusterView(one.connection);
        await one.client.createTopic("checkpoints", { partitions: 1 });
    });
    after(async () => {
        await view.close();
        await one.stop();
    });

    /** Coordinators write the markers after they have answered. */
    const written = async (end: number) => {
        await waitFor(
            `the log is stable up to ${end}`,
            async () => {
                const [topic] = (await view.look(["checkpoints"])).topics;
                const log = topic?.partitions[0];
                return log && "known" in log && log.known.lastStableOffset === end
                    ? true
                    : undefined;
            },
            { timeoutMs: 60_000, signal: one.supervisor.signal },
        );
    };
    const newest = async () =>
        lastTimestamp(view, "checkpoints", 0, { signal: one.supervisor.signal });

    it("is found before the markers and aborted records with which exactly-once writers end a log", async () => {
        assert.equal(await newest(), undefined);
        await transact(one, records("checkpoints", 0, 3), "commit");
        await written(4);
        assert.equal(await newest(), FIRST_TIMESTAMP + 20_000);
        await transact(one, records("checkpoints", 3, 40), "abort");
        await written(42);
        assert.equal(await newest(), FIRST_TIMESTAMP + 20_000);
        await transact(one, records("checkpoints", 40, 41), "commit");
        await written(44);
        assert.equal(await newest(), FIRST_TIMESTAMP + 400_000);
    });
});
