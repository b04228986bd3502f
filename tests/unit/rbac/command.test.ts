import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { parseAllDocuments } from "yaml";
import { repositoryRoot } from "../../support/rawSettings";
import { rolesText } from "../../support/goldenStacks";

interface RoleOrBinding {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly subjects?: readonly object[];
}

interface RuledRole extends RoleOrBinding {
    readonly rules: readonly {
        readonly resources: readonly string[];
        readonly resourceNames?: readonly string[];
    }[];
}

describe("npm run rbac", function () {
    function rbac(...args: string[]) {
        const { status, stdout, stderr } = spawnSync(
            process.execPath,
            ["--require", "tsx/cjs", "scripts/rbac.ts", ...args],
            { cwd: repositoryRoot, encoding: "utf8" },
        );
        return { status, stdout, stderr };
    }

    function objects(text: string): RoleOrBinding[] {
        return parseAllDocuments(text).map((document) => document.toJS() as RoleOrBinding);
    }

    it("prints all roles of a stack", () => {
        const { status, stdout, stderr } = rbac("prod");
        assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
        assert.equal(stdout, rolesText("prod"));
    });

    it("prints the roles of one site, for a service account", () => {
        const { status, stdout } = rbac("prod", "--site", "source", "--service-account", "ci/bot");
        assert.equal(status, 0);
        const found = objects(stdout);
        assert.match(stdout, /^# Kubernetes cluster of the source: context prod-primary\n/);
        assert(!stdout.includes("prod-standby"));
        const bindings = found.filter(({ kind }) => kind.endsWith("Binding"));
        assert.equal(bindings.length * 2, found.length);
        for (const { subjects } of bindings) {
            assert.deepEqual(subjects, [{ kind: "ServiceAccount", namespace: "ci", name: "bot" }]);
        }
    });

    it("prints the role of the commands, at the target", () => {
        const { status, stdout } = rbac("prod", "--commands", "--site", "target", "--user", "ops");
        assert.equal(status, 0);
        assert.match(stdout, /^# Kubernetes cluster of the target: context prod-standby\n/);
        const [role, binding, ...others] = objects(stdout) as [RuledRole, RoleOrBinding];
        assert.deepEqual(others, []);
        assert.equal(role.metadata.name, "kafka-dr-prod-commands");
        assert.equal(role.metadata.namespace, "kafka");
        assert.equal(binding.kind, "RoleBinding");
        const reach = role.rules.flatMap(({ resources }) => resources);
        assert(!reach.includes("secrets") && !reach.includes("pods/exec"));
        const proxy = role.rules.find(({ resources }) => resources.includes("pods/proxy"));
        assert(proxy!.resourceNames!.every((name) => /-mirrormaker2-\d+:9404$/.test(name)));
    });

    it("prints the role of a failback as well, at the source, where Jobs of the reverse mirror run", () => {
        const { status, stdout } = rbac("prod", "--commands");
        assert.equal(status, 0);
        assert.match(stdout, /^# Kubernetes cluster of the source: context prod-primary$/m);
        const [, , role, binding, ...others] = objects(stdout) as RuledRole[];
        assert.deepEqual(others, []);
        assert.equal(role!.metadata.name, "kafka-dr-prod-commands-failback");
        assert.equal(binding!.kind, "RoleBinding");
        assert.deepEqual(
            role!.rules.map(({ resources, resourceNames }) => [
                ...resources,
                ...(resourceNames ?? []),
            ]),
            [
                ["jobs"],
                ["pods"],
                ["pods/log"],
                ["events"],
                ["kafkamirrormaker2s", "my-mm2-cluster-reverse"],
            ],
        );
        const { stdout: dev } = rbac("dev", "--commands");
        assert.match(dev, /^# Kubernetes cluster of the target and the source: context /);
        assert.equal(objects(dev).length, 4);
    });

    it("prints a help text", () => {
        const { status, stdout } = rbac("--help");
        assert.equal(status, 0);
        assert.match(stdout, /npm run --silent rbac -- <stack>/);
    });

    const wrong: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
        ["no stack", [], /^error: give one stack, such as dev or prod$/m],
        [
            "an unknown stack",
            ["nope"],
            /^error: .*stack nope does not exist; existing stacks: dev, lab, prod$/m,
        ],
        [
            "an unknown site",
            ["prod", "--site", "both"],
            /^error: --site is "both"; it must be source or target$/m,
        ],
        ["an unknown option", ["prod", "--sites", "source"], /^error: .*'--sites'/m],
        [
            "two subjects",
            ["prod", "--user", "a", "--group", "b"],
            /^error: give one of --user, --group and --service-account$/m,
        ],
        [
            "a service account without its namespace",
            ["prod", "--service-account", "bot"],
            /^error: --service-account is "bot"; it must be <namespace>\/<name>/m,
        ],
    ];
    for (const [what, args, message] of wrong) {
        it(`refuses ${what}`, () => {
            const { status, stdout, stderr } = rbac(...args);
            assert.equal(status, 1);
            assert.equal(stdout, "");
            assert.match(stderr, message);
            assert.doesNotMatch(stderr, / at .*\.ts:/);
        });
    }
});
