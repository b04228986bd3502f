import assert from "node:assert/strict";
import { join } from "node:path";
import {
    type AnalyzeDiagnostic,
    EnforcementLevel,
    PolicyType,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { type ProgramResult, type Registration, unknown } from "../../engine";
import { type Rule, violationsOf } from "../../policy/rule";
import { rules } from "../../policy/rules";
import { messageOf } from "../../policy/violation";
import { repositoryRoot } from "../support/rawSettings";
import { recordStack } from "../support/recordedStack";
import { type Analyzer, startAnalyzer } from "./support/analyzer";
import { resourcesOf } from "./support/recordedResources";

describe("the policy pack, started and type-checked as by Pulumi's Node language host", function () {
    let analyzer: Analyzer;
    let close: (() => Promise<void>) | undefined;
    before(async () => {
        analyzer = await startAnalyzer(join(repositoryRoot, "policy"));
        ({ close } = analyzer);
    });
    after(async () => {
        await close?.();
    });
    afterEach(async () => {
        await analyzer.configure({});
    });

    it("tells the engine its rules", async () => {
        const info = await analyzer.getInfo();
        assert.equal(info.getName(), "kafka-dr");
        assert.equal(info.getSupportsconfig(), true);
        assert.deepEqual(
            info
                .getPoliciesList()
                .map((policy) => [
                    policy.getName(),
                    policy.getEnforcementlevel() === EnforcementLevel.MANDATORY,
                    policy.getPolicyType() === PolicyType.POLICY_TYPE_STACK,
                    policy.getConfigschema() !== undefined,
                ]),
            rules.map((rule) => [
                rule.id,
                rule.level === "mandatory",
                rule.looksAt === "stack",
                Object.keys(rule.settings.shape).length > 0,
            ]),
        );
    });

    for (const stack of ["dev", "prod"] as const) {
        it(`reports the same violations of ${stack} over gRPC as the rules called as functions`, async () => {
            const recorded = weakened(await recordStack(stack));
            const expected = (looksAt: Rule["looksAt"]) =>
                rules
                    .filter((rule) => rule.looksAt === looksAt)
                    .flatMap((rule) =>
                        violationsOf(rule, resourcesOf(recorded), stack).map((violation) => [
                            rule.id,
                            `${rule.summary}\n${messageOf(violation)}`,
                            violation.resource.urn,
                        ]),
                    );
            const responses = await Promise.all(recorded.registrations.map(analyzer.analyze));
            const ofResources = responses.flatMap((response) => response.getDiagnosticsList());
            const ofStack = await analyzer.analyzeStack(recorded.registrations);
            assert.deepEqual(seen(ofResources).sort(), expected("resource").sort());
            assert.deepEqual(seen(ofStack.getDiagnosticsList()), expected("stack"));
            assert(ofResources.length > 0 && ofStack.getDiagnosticsList().length > 0);
        });
    }

    it("reports for each production rule that it does not apply to dev", async () => {
        const { registrations } = await recordStack("dev");
        const response = await analyzer.analyzeStack(registrations);
        assert.deepEqual(
            response.getNotApplicableList().map((one) => one.getPolicyName()),
            rules
                .filter(({ scope, looksAt }) => scope === "production" && looksAt === "stack")
                .map(({ id }) => id),
        );
    });

    it("applies a rule's config", async () => {
        const kafka = await kafkaOf("dev");
        const factors = (diagnostics: readonly AnalyzeDiagnostic[]) =>
            diagnostics.filter((one) => one.getPolicyname() === "replication-factor").length;
        await analyzer.configure({ "replication-factor": { minimum: 3, production: true } });
        assert.equal(factors((await analyzer.analyze(kafka)).getDiagnosticsList()), 4);
        await analyzer.configure({ "replication-factor": { minimum: 1, production: true } });
        assert.equal(factors((await analyzer.analyze(kafka)).getDiagnosticsList()), 0);
    });

    it("fails with one sentence for an invalid config", async () => {
        await analyzer.configure({ "min-isr": { minimun: 3 } });
        await assert.rejects(analyzer.analyze(await kafkaOf("prod")), (error: Error) => {
            assert.match(
                error.message,
                /rule "min-isr" is wrong: "minimun" is not a setting of this rule/,
            );
            assert.doesNotMatch(error.message, /\n\s+at /);
            return true;
        });
    });

    it("runs every rule on unknown values, and reports none of them", async () => {
        const kafka = await kafkaOf("prod");
        const { spec, ...others } = kafka.inputs as { spec: { kafka: object } };
        const inputs = {
            ...others,
            spec: { ...spec, kafka: { ...spec.kafka, listeners: unknown, authorization: unknown } },
        };
        const response = await analyzer.analyze({ ...kafka, inputs });
        const messages = response.getDiagnosticsList().map((one) => one.getMessage());
        assert.doesNotMatch(messages.join("\n"), /can't run|listeners|spec\.kafka\.authorization/);
        // Known values are still checked.
        assert.match(messages.join("\n"), /entityOperator\.topicOperator\.resources/);
    });
});

/** The same stack with Kafka clusters that violate rules of both kinds. */
function weakened(recorded: ProgramResult): ProgramResult {
    const registrations = recorded.registrations.map((registration) => {
        if (!registration.type.endsWith(":Kafka")) {
            return registration;
        }
        const { spec, ...others } = registration.inputs as { spec: { kafka: object } };
        const kafka = Object.fromEntries(
            Object.entries(spec.kafka).filter(([field]) => field !== "authorization"),
        );
        const entityOperator = { topicOperator: {}, userOperator: {} };
        return { ...registration, inputs: { ...others, spec: { ...spec, kafka, entityOperator } } };
    });
    return { ...recorded, registrations };
}

async function kafkaOf(stack: "dev" | "prod"): Promise<Registration> {
    const { registrations } = weakened(await recordStack(stack));
    return registrations.find(({ name }) => name === "kafka-dr-source-kafka")!;
}

function seen(diagnostics: readonly AnalyzeDiagnostic[]) {
    return diagnostics.map((one) => [one.getPolicyname(), one.getMessage(), one.getUrn()]);
}
