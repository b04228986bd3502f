import {
    providerUrn,
    type ProgramResult,
    type Registration,
    unknown,
    urnName,
} from "../../../engine";
import { UNKNOWN } from "../../../policy/field";
import type { Resource } from "../../../policy/resource";

/**
 * What a stack registers, as the engine would hand it to an analyzer: a resource without a provider
 * of its own has the default one, and a component has none.
 */
export function resourcesOf(result: ProgramResult): Resource[] {
    return result.registrations.map((registration) => ({
        type: registration.type,
        name: registration.name,
        urn: registration.urn,
        props: plain(registration.inputs) as Record<string, unknown>,
        protect: registration.options.protect ?? false,
        ...providerOf(registration),
    }));
}

function providerOf({ type, custom, options }: Registration): Pick<Resource, "provider"> {
    if (!custom || type.startsWith("pulumi:providers:")) {
        return {};
    }
    if (options.provider === undefined) {
        return { provider: { name: "default" } };
    }
    const urn = providerUrn(options.provider);
    return { provider: { name: urnName(urn), urn } };
}

function plain(value: unknown): unknown {
    if (value === unknown) {
        return UNKNOWN;
    }
    if (Array.isArray(value)) {
        return value.map(plain);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]))
        : value;
}
