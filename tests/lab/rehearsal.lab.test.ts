import assert from "node:assert/strict";
import { LabPair } from "../../lab/rehearsal/labPair";
import { scenarios } from "../../lab/rehearsal/scenarios";
import { Supervisor } from "../../lab/process/supervisor";

describe("the rehearsal of failovers and failbacks", function () {
    // Each scenario begins where the previous one ended.
    this.bail(true);
    let supervisor: Supervisor;
    let pair: LabPair;

    before(async () => {
        supervisor = await Supervisor.create();
        pair = await LabPair.start({ supervisor });
    });

    after(async () => {
        await supervisor.stop();
        await pair.close();
    });

    for (const scenario of scenarios()) {
        it(scenario.name, async () => {
            const { problems } = await scenario.run(pair);
            assert.deepEqual(problems, []);
        });
    }
});
