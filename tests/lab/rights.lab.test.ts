import assert from "node:assert/strict";
import { MISSING_RIGHTS } from "../support/missingRights";
import { applicationSuite } from "./rights/applicationSuite";
import { commandsSuite } from "./rights/commandsSuite";
import { deniedRequests } from "./rights/deniedRequests";
import { exactlyOnceRights, exactlyOnceSuite } from "./rights/exactlyOnceSuite";
import { mirrorRights, mirrorSuite } from "./rights/mirrorSuite";
import { RightsLab } from "./rights/rightsLab";
import { beyondSuite, STACK_USERS, stackSuite } from "./rights/stackSuite";
import { workerRights, workerSuite } from "./rights/workerSuite";

describe("rights of MirrorMaker 2", function () {
    let lab: RightsLab;
    before(async () => {
        lab = await RightsLab.start();
    });
    after(async () => {
        await lab.stop();
    });

    it("are removed one by one", () => {
        const taken = [...mirrorRights, ...workerRights, ...exactlyOnceRights];
        assert.equal(taken.length, MISSING_RIGHTS.length);
        assert.deepEqual(new Set(taken), new Set(MISSING_RIGHTS));
    });

    describe("on mirrored topics and groups", () => {
        mirrorSuite(() => lab);
    });
    describe("of the workers", () => {
        workerSuite(() => lab);
    });
    describe("of exactly-once support", () => {
        exactlyOnceSuite(() => lab);
    });
    describe("as the stack grants them", () => {
        stackSuite(() => lab);
    });
    describe("together", () => {
        it("are complete: no mirror was denied any other request", () => {
            const others = deniedRequests(lab).filter(({ user, resource }) => {
                const mirror = lab.mirrors.find(({ users }) => Object.values(users).includes(user));
                const missing = mirror?.missing;
                const name =
                    missing?.type === "cluster" ? "kafka-cluster" : missing?.resource?.name;
                const isMM2 =
                    mirror !== undefined || Object.values<string>(STACK_USERS).includes(user);
                // The prefix covers the names of the tasks.
                return isMM2 && (name === undefined || !resource.startsWith(name));
            });
            assert.deepEqual(others, []);
        });
    });
    describe("and nothing beyond them", () => {
        beyondSuite(() => lab);
    });
    describe("and of the operators' commands", () => {
        commandsSuite(() => lab);
    });
    describe("and of applications", () => {
        applicationSuite(() => lab);
    });
});
