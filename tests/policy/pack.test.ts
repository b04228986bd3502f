import assert from "node:assert/strict";
import type {
    PolicyResource,
    ResourceValidation,
    ResourceValidationArgs,
    StackValidationArgs,
} from "@pulumi/policy";
import { Field, UNKNOWN } from "../../policy/field";
import { packOf, plainResource } from "../../policy/pack";
import { fields, type Resource } from "../../policy/resource";
import { rules } from "../../policy/rules";
import { RuleSettingsError } from "../../policy/settings";
import { type Edit, goodStackWith, ruleOf } from "./support/goodStack";

/** The report of a policy: the message with the URN. */
type Report = readonly [message: string, urn: string | undefined];

class NotApplicable extends Error {}

/** A resource as the SDK passes it to a policy. */
function sdkResource(resource: Resource, config: object = {}) {
    return {
        ...resource,
        urn: resource.urn!,
        opts: { protect: resource.protect ?? false },
        dependencies: [],
        propertyDependencies: {},
        getConfig: () => config,
        notApplicable: (reason?: string) => {
            throw new NotApplicable(reason);
        },
    } as unknown as ResourceValidationArgs & PolicyResource;
}

/** Runs one policy of the pack over a stack as the SDK does. */
async function run(id: string, edit: Edit, config: object = {}): Promise<Report[]> {
    const stack = goodStackWith(edit);
    const policy = packOf(rules).policies.find(({ name }) => name === id)!;
    const reports: Report[] = [];
    const report = (message: string, urn?: string) => {
        reports.push([message, urn]);
    };
    if ("validateStack" in policy) {
        const [first] = stack;
        const resources = stack.map((resource) => sdkResource(resource));
        const args = {
            ...sdkResource(first!, config),
            resources,
        } as unknown as StackValidationArgs;
        await policy.validateStack(args, report);
        return reports;
    }
    for (const resource of stack) {
        const validate = policy.validateResource as ResourceValidation;
        await validate(sdkResource(resource, config), report);
    }
    return reports;
}

const PLAIN_LISTENER: Edit = {
    of: "kafka",
    set: [["spec", "kafka", "listeners", 0, "tls"], false],
};
const UNPROTECTED: Edit = { of: "kafka", options: { protect: false } };
const ONE_REPLICA: Edit = { of: "topic", set: [["spec", "replicas"], 1] };

describe("policies of the pack", () => {
    it("report a violation of a resource with its URN", async () => {
        const [report, ...others] = await run("no-plain-listener", PLAIN_LISTENER);
        assert.match(report![0], /^Kafka "kafka" \(kafka\/my-cluster in Kubernetes\): spec\.kafka/);
        assert.equal(
            report![1],
            "urn:pulumi:prod::project::kubernetes:kafka.strimzi.io/v1:Kafka::kafka",
        );
        assert.deepEqual(others, []);
    });

    it("report a violation of a stack with the URN of the resource that is wrong", async () => {
        const [report, ...others] = await run("protected-data", UNPROTECTED);
        assert.match(report![0], /the option protect is false/);
        assert.equal(
            report![1],
            "urn:pulumi:prod::project::kubernetes:kafka.strimzi.io/v1:Kafka::kafka",
        );
        assert.deepEqual(others, []);
    });

    it("use the rule's config", async () => {
        assert.equal((await run("replication-factor", ONE_REPLICA)).length, 1);
        assert.equal((await run("replication-factor", ONE_REPLICA, { minimum: 1 })).length, 0);
    });

    for (const [id, edit] of [
        ["replication-factor", ONE_REPLICA],
        ["protected-data", UNPROTECTED],
    ] as const) {
        it(`report that ${id} does not apply outside production`, async () => {
            await assert.rejects(run(id, edit, { production: false }), NotApplicable);
            await assert.rejects(run(id, edit, { productionStacks: "^live" }), NotApplicable);
        });
    }

    it("have the description of the rule", () => {
        for (const policy of packOf(rules).policies) {
            const rule = ruleOf(policy.name);
            assert.equal(policy.enforcementLevel, rule.level);
            assert.equal(policy.description, rule.summary);
            assert.equal(policy.remediationSteps, rule.remedy);
            assert.deepEqual(
                Object.keys(policy.configSchema?.properties ?? {}),
                Object.keys(rule.settings.shape),
            );
        }
    });

    it("have defaults that the engine can fill in", () => {
        const policy = packOf(rules).policies.find(({ name }) => name === "min-isr")!;
        const { minimum, production, productionStacks } = policy.configSchema!.properties;
        assert.deepEqual([minimum!.type, minimum!.default, minimum!.minimum], ["integer", 2, 1]);
        assert.deepEqual([production!.type, production!.default], ["boolean", undefined]);
        assert.deepEqual([productionStacks!.type, productionStacks!.default], ["string", "^prod"]);
    });
});

describe("a rule's config", () => {
    const bad: readonly [string, object, RegExp][] = [
        [
            "replication-factor",
            { minimun: 5 },
            /rule "replication-factor" is wrong: "minimun" is not a setting of this rule \(it has "minimum", "production", "productionStacks"\)/,
        ],
        ["replication-factor", { minimum: "3" }, /"minimum": .*number/],
        ["min-isr", { minimum: 0 }, /"minimum": .*>=1/],
        ["min-isr", { productionStacks: "(" }, /"productionStacks": must be a regular expression/],
        [
            "no-plain-listener",
            { tls: false },
            /"tls" is not a setting of this rule \(it has none\)/,
        ],
        [
            "kafka-authorization",
            { clusterAdministrators: "me" },
            /"clusterAdministrators": .*array/,
        ],
        ["protected-data", { production: "no" }, /--policy-pack-config/],
    ];
    for (const [id, config, message] of bad) {
        it(`of ${id} is refused when it is ${JSON.stringify(config)}`, async () => {
            await assert.rejects(run(id, PLAIN_LISTENER, config), (error: unknown) => {
                assert(error instanceof RuleSettingsError);
                assert.match(error.message, message);
                // The text that the SDK sends to the engine.
                assert.equal(error.stack, error.message);
                return true;
            });
        });
    }
});

describe("properties that the SDK passes", () => {
    /** Throws on access as the SDK's proxies do for a value that is not known. */
    function withUnknown(known: object, name: string): object {
        return Object.defineProperty({ ...known, [name]: undefined }, name, {
            enumerable: true,
            get: () => {
                throw Object.assign(new Error("can't be known"), { unknownTypeSentinel: "string" });
            },
        });
    }

    it("become plain data, with a marker for an unknown value", () => {
        const props = { spec: withUnknown({ replicas: 3, list: [{ a: 1 }] }, "image") };
        const resource = { ...goodStackWith()[0]!, props };
        const { spec } = plainResource(sdkResource(resource)).props as { spec: object };
        assert.deepEqual(spec, { replicas: 3, list: [{ a: 1 }], image: UNKNOWN });
    });

    it("do not hide another error", () => {
        const props = {
            get spec(): never {
                throw new TypeError("broken");
            },
        };
        assert.throws(
            () => plainResource(sdkResource({ ...goodStackWith()[0]!, props })),
            TypeError,
        );
    });

    it("are unknown below an unknown value", () => {
        const field = new Field({ spec: UNKNOWN }).at("spec", "kafka", "listeners");
        assert.deepEqual([field.unknown, field.absent, field.present], [true, false, false]);
        assert.deepEqual([field.items(), field.entries()], [[], []]);
        assert(!field.holds(() => true));
        assert.equal(field.path, "spec.kafka.listeners");
    });

    it("have no members that were not set", () => {
        const resource = { ...goodStackWith()[0]!, props: { metadata: { labels: {} } } };
        assert(fields(resource).at("metadata", "labels", "constructor").absent);
        assert(fields(resource).at("metadata", "toString").absent);
    });
});
