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
 * The provider as the engine passes it to an analyzer: a resource without an explicit one has the
 * default provider; components and providers have none.
 */
export function recordedProviderOf({ type, custom, options }: Registration): Resource["provider"] {
    if (!custom || type.startsWith("pulumi:providers:")) {
        return undefined;
    }
    if (options.provider === undefined) {
        return { name: "default", urn: "" };
    }
    const urn = providerUrn(options.provider);
    return { name: urnName(urn), urn };
}

/** The resources that a stack registers, as plain data for the rules. */
export function resourcesOf(result: ProgramResult): Resource[] {
    return result.registrations.map((registration) => {
        const provider = recordedProviderOf(registration);
        return {
            type: registration.type,
            name: registration.name,
            urn: registration.urn,
            props: plain(registration.inputs) as Record<string, unknown>,
            protect: registration.options.protect ?? false,
            ...(provider !== undefined && { provider }),
        };
    });
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
