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

/** The rights of the settings' user, such as `Write topic orders`. */
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

    it("let it continue to read and commit while writes are stopped", () => {
        assert.deepEqual(rights("consuming"), [
            "Describe topic orders",
            "Read topic payments-*",
            "Read group orders-service",
        ]);
    });

    it("let it read but change nothing at the other site: no record, no offset, no transaction", () => {
        assert.deepEqual(rights("standby"), [
            "Describe topic orders",
            "Read topic payments-*",
            "Describe group orders-service",
        ]);
    });
});
