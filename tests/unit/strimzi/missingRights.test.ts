import assert from "node:assert/strict";
import { parseSettings } from "../../../config/parseSettings";
import { MISSING_RIGHTS, type RightCondition } from "../../support/missingRights";
import { mirrorRights } from "../../../strimzi/builders/mirrorRights";
import { rightSubject } from "../../../strimzi/builders/rightSubject";
import { type Change, changed, rawStack } from "../../support/rawSettings";

const CHOICES: Readonly<Record<keyof RightCondition, readonly unknown[]>> = {
    offsetSyncsTopicLocation: ["source", "target"],
    syncGroupOffsetsEnabled: [true, false],
    syncTopicAclsEnabled: [true, false],
    exactlyOnceSourceSupport: ["disabled", "preparing", "enabled"],
};

type Choice = Readonly<Record<keyof RightCondition, unknown>>;

/** Every combination of the settings that affect the rights. */
function combinations(): Choice[] {
    return Object.entries(CHOICES).reduce<Record<string, unknown>[]>(
        (found, [name, values]) =>
            found.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
        [{}],
    ) as Choice[];
}

/** The rights under the settings, as the table writes them, sorted. */
function rightsWith(choice: Choice): string[] {
    const changes = Object.entries(choice).map(([name, value]): Change => [
        `mirror/${name}`,
        value,
    ]);
    const narrow: Change[] = [
        ["mirror/topicsPattern", "orders"],
        ["mirror/groupsPattern", "billing"],
    ];
    const raw = changed(rawStack("dev"), ...narrow, ...changes);
    const { settings } = parseSettings(raw, "Pulumi.dev.yaml");
    return Object.entries(mirrorRights(settings))
        .flatMap(([side, rights]) =>
            rights.map((right) => written(side, right.operation, rightSubject(settings, right))),
        )
        .sort();
}

function written(side: string, operation: string, on: string): string {
    return `${side}: ${operation} on the ${on}`;
}

describe("table of missing rights", () => {
    for (const choice of combinations()) {
        it(`has the rights of MM2 and no others with ${JSON.stringify(choice)}`, () => {
            const needed = MISSING_RIGHTS.filter(({ neededWith }) =>
                Object.entries(neededWith).every(([name, values]) =>
                    (values as readonly unknown[]).includes(choice[name as keyof Choice]),
                ),
            );
            assert.deepEqual(
                needed.map(({ site, operation, on }) => written(site, operation, on)).sort(),
                rightsWith(choice),
            );
        });
    }

    it("has each right once", () => {
        const all = MISSING_RIGHTS.map(({ site, operation, on }) => written(site, operation, on));
        assert.equal(new Set(all).size, all.length);
    });
});
