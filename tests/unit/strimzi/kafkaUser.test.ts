import assert from "node:assert/strict";
import type { Access } from "../../../config/phase";
import { parseSettings } from "../../../config/parseSettings";
import { applicationAcls } from "../../../strimzi/builders/kafkaUser";
import { changed, rawStack } from "../../support/rawSettings";

const USER = {
    name: "orders-service",
    produces: [{ name: "orders" }],
    consumes: [{ name: "payments-", patternType: "prefix" }],
    groups: [{ name: "orders-service" }],
    transactionalIds: [{ name: "orders-service-", patternType: "prefix" }],
};

/** `Write topic orders`, as the settings' user gets it. */
function rights(access: Access): string[] {
    const raw = changed(rawStack("dev"), ["users", [USER]]);
    const [user] = parseSettings(raw, "Pulumi.dev.yaml").settings.users;
    return applicationAcls(user!, access).flatMap(({ resource, operations }) =>
        operations.map(
            (operation) =>
                `${operation} ${resource.type} ${resource.name}${resource.patternType === "prefix" ? "*" : ""}`,
        ),
    );
}

describe("the ACLs of an application's user", () => {
    it("let it work at the active site", () => {
        assert.deepEqual(rights("writing"), [
            "Write topic orders",
            "Read topic payments-*",
            "Read group orders-service",
            "Write transactionalId orders-service-*",
        ]);
    });

    it("let it read on and commit while nobody may write", () => {
        assert.deepEqual(rights("consuming"), [
            "Describe topic orders",
            "Read topic payments-*",
            "Read group orders-service",
        ]);
    });

    it("let it look, and change nothing, at the other: no record, no offset, no transaction", () => {
        assert.deepEqual(rights("standby"), [
            "Describe topic orders",
            "Read topic payments-*",
            "Describe group orders-service",
        ]);
    });
});
