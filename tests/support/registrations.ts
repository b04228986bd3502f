import assert from "node:assert/strict";
import { type ProgramResult, type Registration, urnName } from "../../engine";

export const STRIMZI = "kubernetes:kafka.strimzi.io/v1:";
export const NAMESPACE = "kubernetes:core/v1:Namespace";

export function named(result: ProgramResult, name: string): Registration {
    const found = result.registrations.find((registration) => registration.name === name);
    assert(found !== undefined, `${name} is not registered`);
    return found;
}

export function kubernetesObjects(result: ProgramResult): Registration[] {
    return result.registrations.filter(({ type }) => type.startsWith("kubernetes:"));
}

export function providerOf({ options }: Registration): string | undefined {
    const { provider } = options;
    return provider === undefined
        ? undefined
        : urnName(provider.slice(0, provider.lastIndexOf("::")));
}

/** Names of all resources that a resource waits for, except itself. */
export function waitsFor(result: ProgramResult, name: string): string[] {
    return named(result, name).options.dependencies.map(urnName).sort();
}

export function position(result: ProgramResult, name: string): number {
    return result.registrations.findIndex((registration) => registration.name === name);
}
