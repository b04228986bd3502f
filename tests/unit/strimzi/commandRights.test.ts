import assert from "node:assert/strict";
import { parseSettings } from "../../../config/parseSettings";
import { commandRights } from "../../../strimzi/builders/commandRights";
import { aclsOf } from "../../../strimzi/builders/mirrorRights";
import { type Change, changed, rawStack } from "../../support/rawSettings";

function aclsAt(side: "source" | "target", ...changes: Change[]): string[] {
    const raw = changed(rawStack("prod"), ...changes);
    const { settings } = parseSettings(raw, "Pulumi.prod.yaml");
    return aclsOf(commandRights(settings)[side]).map(
        ({ resource, operations }) =>
            `${resource.type} ${"patternType" in resource ? `${resource.patternType} ` : ""}${
                "name" in resource ? resource.name : ""
            }: ${operations.join(", ")}`,
    );
}

const NAMED: Change[] = [
    ["mirror/topicsPattern", "orders, payments-.*"],
    ["mirror/groupsPattern", "billing"],
];

describe("the rights of the operators' commands", () => {
    it("allow reading everything if everything is mirrored", () => {
        const all = [
            "topic literal *: Read, DescribeConfigs",
            "group literal *: Describe",
            "transactionalId literal *: Describe",
        ];
        assert.deepEqual(aclsAt("source"), all);
        assert.deepEqual(aclsAt("target"), all);
    });

    it("cover only the mirrored topics and groups, and at the target MM2's translations", () => {
        const named = [
            "topic literal orders: Read, DescribeConfigs",
            "topic prefix payments-: Read, DescribeConfigs",
            "group literal billing: Describe",
            "transactionalId literal *: Describe",
        ];
        assert.deepEqual(aclsAt("source", ...NAMED), named);
        assert.deepEqual(aclsAt("target", ...NAMED), [
            ...named.slice(0, 2),
            // Names that end in "heartbeats" get the alias.
            "topic prefix my-cluster.payments-: Read, DescribeConfigs",
            ...named.slice(2),
            "topic literal my-cluster.checkpoints.internal: Read",
            "topic literal mm2-offset-syncs.my-cluster.internal: Read",
        ]);
    });

    it("follow the names at the target and the place of the offset syncs", () => {
        const changes: Change[] = [
            ...NAMED,
            ["mirror/replicationPolicy", "default"],
            ["mirror/offsetSyncsTopicLocation", "source"],
        ];
        assert(
            aclsAt("source", ...changes).includes(
                "topic literal mm2-offset-syncs.my-cluster-tgt.internal: Read",
            ),
        );
        assert.deepEqual(aclsAt("target", ...changes), [
            "topic literal my-cluster.orders: Read, DescribeConfigs",
            "topic prefix my-cluster.payments-: Read, DescribeConfigs",
            "group literal billing: Describe",
            "transactionalId literal *: Describe",
            "topic literal my-cluster.checkpoints.internal: Read",
        ]);
    });

    it("allow no change, whatever the settings", () => {
        const reading = /: (Read|Describe|DescribeConfigs)(, (Read|Describe|DescribeConfigs))*$/;
        for (const exactlyOnce of ["disabled", "enabled"]) {
            for (const side of ["source", "target"] as const) {
                const acls = aclsAt(
                    side,
                    ["mirror/exactlyOnceSourceSupport", exactlyOnce],
                    ["mirror/syncTopicAclsEnabled", true],
                );
                assert(acls.length > 0);
                for (const acl of acls) {
                    assert.match(acl, reading);
                    // Read on a group is the right to commit its offsets.
                    assert.doesNotMatch(acl, /^group .*Read/);
                }
            }
        }
    });
});
