import { stringify } from "yaml";
import { type ReadRequest, type Registration, unknown } from "./backend";
import type { ProgramResult } from "./program";
import { formatPropertyPath, type PropertyPath } from "./propertyPath";
import { providerUrn, rootStackType, shortName, urnName } from "./urn";

/**
 * Everything that a program registers, as YAML for the review of a change: one document per resource,
 * sorted by URN, then one with the stack's outputs. It contains no secrets and nothing that differs
 * between runs. Secret values are `[secret]`, unknown ones `[unknown]`; options that are not set are
 * omitted, and multi-line text is a literal block.
 */
export function renderGolden(result: ProgramResult): string {
    const resources = [
        ...result.registrations
            .filter(({ type }) => type !== rootStackType)
            .map((registration) => ({ urn: registration.urn, document: resource(registration) })),
        ...result.reads.map((read) => ({ urn: read.urn, document: readResource(read) })),
    ];
    const outputs = masked(result.outputs, result.secretOutputs, result.unknownOutputs);
    const documents = resources
        .sort((one, other) => compare(one.urn, other.urn))
        .map(({ document }) => document);
    return [...documents, { outputs }].map(render).join("---\n");
}

function resource(registration: Registration): object {
    const { options } = registration;
    return withoutEmpty({
        type: registration.type,
        name: registration.name,
        parent: parentName(options.parent),
        provider: providerName(options.provider),
        providers: Object.fromEntries(
            Object.entries(options.providers).map(([pkg, reference]) => [
                pkg,
                providerName(reference),
            ]),
        ),
        protect: options.protect,
        retainOnDelete: options.retainOnDelete,
        deletedWith: options.deletedWith && shortName(options.deletedWith),
        deleteBeforeReplace: options.deleteBeforeReplace,
        dependsOn: options.dependencies.map(shortName).sort(compare),
        ignoreChanges: options.ignoreChanges,
        replaceOnChanges: options.replaceOnChanges,
        hooks: options.hooks,
        aliases: options.aliases,
        customTimeouts: options.customTimeouts,
        additionalSecretOutputs: options.additionalSecretOutputs,
        import: options.importId,
        inputs: masked(registration.inputs, registration.secretPaths, registration.unknownPaths),
    });
}

function readResource(read: ReadRequest): object {
    return withoutEmpty({
        type: read.type,
        name: read.name,
        read: read.id ?? unknownMark,
        parent: parentName(read.parent),
        provider: providerName(read.provider),
        dependsOn: read.dependencies.map(shortName).sort(compare),
        additionalSecretOutputs: read.additionalSecretOutputs,
    });
}

const secretMark = "[secret]";
const unknownMark = "[unknown]";

/** Plain values with sorted keys; secret and unknown values are masked. */
function masked(
    values: Readonly<Record<string, unknown>>,
    secretPaths: readonly string[],
    unknownPaths: readonly string[],
): unknown {
    const secrets = new Set(secretPaths);
    const unknowns = new Set(unknownPaths);
    const mask = (value: unknown, path: PropertyPath): unknown => {
        const place = formatPropertyPath(path);
        if (secrets.has(place)) {
            return secretMark;
        }
        if (unknowns.has(place) || value === unknown) {
            return unknownMark;
        }
        if (Array.isArray(value)) {
            return value.map((item: unknown, index) => mask(item, [...path, index]));
        }
        if (typeof value === "object" && value !== null) {
            return Object.fromEntries(
                Object.entries(value)
                    .sort(([one], [other]) => compare(one, other))
                    .map(([key, item]) => [key, mask(item, [...path, key])]),
            );
        }
        return value;
    };
    return mask(values, []);
}

/** The parent's short name; undefined for the root stack, the parent of every top-level resource. */
function parentName(parent: string | undefined): string | undefined {
    return parent === undefined || parent.includes(`::${rootStackType}::`)
        ? undefined
        : shortName(parent);
}

function providerName(reference: string | undefined): string | undefined {
    return reference === undefined ? undefined : urnName(providerUrn(reference));
}

function withoutEmpty(document: Record<string, unknown>): object {
    return Object.fromEntries(
        Object.entries(document).filter(
            ([, value]) =>
                value !== undefined &&
                !(typeof value === "object" && Object.keys(value ?? {}).length === 0),
        ),
    );
}

function render(document: object): string {
    return stringify(document, {
        lineWidth: 0,
        blockQuote: "literal",
        aliasDuplicateObjects: false,
    });
}

/** By code points, so that the order does not depend on the locale. */
function compare(one: string, other: string): number {
    return one < other ? -1 : Number(one > other);
}
