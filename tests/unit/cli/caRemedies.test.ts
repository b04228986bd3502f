import assert from "node:assert/strict";
import { caRemedies } from "../../../cli/shared/mirror/openMirror";
import type { PhasePosition } from "../../../config/phase";
import { sitesInDirection } from "../../../cli/shared/mirror/ends";
import { parseSettings } from "../../../config/parseSettings";
import { rawStack } from "../../support/rawSettings";

const remedy = (phase: PhasePosition["phase"]) =>
    caRemedies(
        { ...parseSettings(rawStack("prod"), "Pulumi.prod.yaml").settings, phase },
        sitesInDirection("forward"),
        "prod",
    ).from ?? "";

describe("the remedy for a CA that is not trusted", () => {
    it("is an update, which copies the CA again", () => {
        assert.match(remedy("mirroring"), /make up STACK=prod/);
    });

    it("is no update in a phase that leaves the source alone", () => {
        assert.doesNotMatch(remedy("failed-over"), /make up/);
        assert.match(remedy("failed-over"), /the phase failed-over leaves it as it is/);
    });
});
