import assert from "node:assert/strict";
import { CommandError } from "../../../cli/shared/commandError";
import { jobArguments } from "../../../cli/verify/jobArguments";

const DEFAULTS = { stack: "prod", topic: [], group: [], size: 100, wait: 300, timeout: 30 };

describe("verify as a Job", () => {
    it("is asked for what was asked for here, and not for how to connect", () => {
        assert.deepEqual(
            jobArguments({
                ...DEFAULTS,
                topic: ["a", "b"],
                maxPending: 0,
                since: 0,
                sample: 0.5,
                json: true,
            }),
            [
                ...["verify", "--topic", "a", "--topic", "b", "--max-pending", "0"],
                ...["--sample", "0.5", "--since", "1970-01-01T00:00:00.000Z"],
                ...["--size", "100", "--wait", "300", "--timeout", "30", "--json"],
            ],
        );
    });

    it("needs a user that may write to produce", () => {
        assert.throws(
            () => jobArguments({ ...DEFAULTS, produce: 5 }),
            (error) => error instanceof CommandError && error.outcome === "badInput",
        );
        const args = jobArguments({ ...DEFAULTS, produce: 5, as: "my-app" });
        assert(args.includes("--produce"));
        // The Job is made as that user; its command line does not say so.
        assert(!args.includes("--as"));
    });
});
