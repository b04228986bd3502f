import type {
    Policies,
    PolicyConfigSchema,
    PolicyPackArgs,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
} from "@pulumi/policy";
import { z } from "zod";
import { UNKNOWN } from "./field";
import { type Resource, stackOf } from "./resource";
import { applies, type Rule } from "./rule";
import { messageOf, type Violation } from "./violation";

/** The rules as the policies of a pack. The pack only translates: the rules decide. */
export function packOf(rules: readonly Rule[]): PolicyPackArgs {
    return { displayName: "Strimzi Kafka and MirrorMaker 2", policies: rules.map(policyOf) };
}

function policyOf(rule: Rule): Policies[number] {
    const description = {
        name: rule.id,
        description: rule.summary,
        enforcementLevel: rule.level,
        severity: rule.severity,
        remediationSteps: rule.remedy,
        ...configSchemaOf(rule),
    };
    return rule.looksAt === "resource"
        ? {
              ...description,
              validateResource: (args, report) => {
                  runOn(rule, args, args.urn, () => {
                      reportAll(rule.check(plainResource(args), args.getConfig()), report);
                  });
              },
          }
        : {
              ...description,
              validateStack: (args, report) => {
                  runOn(rule, args, args.resources[0]?.urn, () => {
                      const resources = args.resources.map(plainResource);
                      reportAll(rule.check(resources, args.getConfig()), report);
                  });
              },
          };
}

type Arguments = Pick<ResourceValidationArgs, "getConfig" | "notApplicable">;

function runOn(rule: Rule, args: Arguments, urn: string | undefined, run: () => void): void {
    if (!applies(rule, args.getConfig(), stackOf(urn))) {
        args.notApplicable("This rule applies to production stacks.");
    }
    run();
}

function reportAll(violations: readonly Violation[], report: ReportViolation): void {
    for (const violation of violations) {
        report(messageOf(violation), violation.resource.urn);
    }
}

/** The schema of a config for the engine; the rule checks the config again, more strictly. */
function configSchemaOf(rule: Rule): { configSchema?: PolicyConfigSchema } {
    const { properties = {} } = z.toJSONSchema(rule.settings, { io: "input" });
    return Object.keys(properties).length === 0
        ? {}
        : { configSchema: { properties: properties as PolicyConfigSchema["properties"] } };
}

/** A resource of the SDK as plain data. */
export function plainResource(resource: ResourceValidationArgs | PolicyResource): Resource {
    const { type, name, urn, opts, provider } = resource;
    return {
        type,
        name,
        urn,
        props: plain(resource.props) as Record<string, unknown>,
        protect: opts.protect,
        ...(provider !== undefined && { provider: { name: provider.name, urn: provider.urn } }),
    };
}

/**
 * Copies properties, with {@link UNKNOWN} for values that a preview does not know. The SDK passes
 * proxies that throw when such a value is read; a rule would stop there, and the engine would report
 * only that it could not run.
 */
function plain(value: unknown): unknown {
    if (Array.isArray(value)) {
        return Array.from({ length: value.length }, (_, index) => plainMember(value, index));
    }
    if (typeof value === "object" && value !== null) {
        return Object.fromEntries(
            Object.keys(value).map((key) => [
                key,
                plainMember(value as Record<string, unknown>, key),
            ]),
        );
    }
    return value;
}

function plainMember<Key extends string | number>(
    container: Readonly<Record<Key, unknown>>,
    key: Key,
): unknown {
    let member: unknown;
    try {
        member = container[key];
    } catch (error) {
        if (isUnknownValueError(error)) {
            return UNKNOWN;
        }
        throw error;
    }
    return plain(member);
}

/** The SDK does not export its UnknownValueError; no other error has this property. */
function isUnknownValueError(error: unknown): boolean {
    return error instanceof Error && "unknownTypeSentinel" in error;
}
