import assert from "node:assert/strict";
import { run } from "../../../cli/main";
import { CommandError } from "../../../cli/shared/commandError";
import { jobArguments } from "../../../cli/verify/command";
import { testIo } from "../../support/testIo";

const DEFAULTS = { stack: "prod", topic: [], group: [], size: 100, wait: 300, timeout: 30 };

describe("verify as a Job", () => {
    it("gets the options of the command line, without those of the connections", () => {
        assert.deepEqual(
            jobArguments({
                ...DEFAULTS,
                topic: ["a", "b"],
                maxLag: 0,
                since: 0,
                sample: 0.5,
                json: true,
            }),
            [
                ...["verify", "--topic", "a", "--topic", "b", "--max-lag", "0"],
                ...["--sample", "0.5", "--since", "1970-01-01T00:00:00.000Z"],
                ...["--size", "100", "--wait", "300", "--timeout", "30", "--json"],
            ],
        );
    });

    it("requires a user with the right to write for --produce", () => {
        assert.throws(
            () => jobArguments({ ...DEFAULTS, produce: 5 }),
            (error) => error instanceof CommandError && error.outcome === "badInput",
        );
        const args = jobArguments({ ...DEFAULTS, produce: 5, as: "my-app" });
        assert(args.includes("--produce"));
        // The Job runs as that user; its command line does not name it.
        assert(!args.includes("--as"));
    });
});

describe("kafka-dr verify without a cluster", () => {
    const wrong: readonly [args: string[], message: RegExp][] = [
        [["--max-pending", "0"], /'--max-pending <records>' .* It was renamed to --max-lag\./],
        [["--max-lag", "-1"], /whole number of at least 0/],
        [["--sample", "0"], /a number above 0 and at most 1/],
        [["--since", "yesterday"], /a time such as "2026-05-01T12:00:00Z"/],
        // Through a Job, and directly: each way loads its own modules.
        [["--stack", "nowhere"], /Pulumi\.nowhere\.yaml/],
        [["--stack", "prod", "--topic", "a", "--produce", "5"], /--as <user>/],
        [["--topic", "orders"], /the bootstrap servers of the source are missing/],
    ];
    for (const [args, message] of wrong) {
        it(`refuses "${args.join(" ")}"`, async () => {
            const io = testIo();
            assert.equal(await run(["verify", ...args], io), 2, io.stderrText());
            assert.match(io.stderrText(), message);
            assert.equal(io.stdoutText(), "");
        });
    }

    it("does not offer the options of earlier versions", async () => {
        const io = testIo();
        assert.equal(await run(["verify", "--help"], io), 0);
        assert.match(io.stdoutText(), /--max-lag <records>/);
        assert.doesNotMatch(io.stdoutText(), /--max-pending/);
    });
});
