import { createHash } from "node:crypto";
import { type Registration, type ResourceState, unknown } from "./backend";
import type { PropertyPath } from "./propertyPath";

/** The outputs that are always secret, independent of the inputs. */
export function alwaysSecret(
    type: string,
    additional: readonly string[],
    state: ResourceState,
): PropertyPath[] {
    const names = new Set(additional);
    if (type === "kubernetes:core/v1:Secret") {
        names.add("data").add("stringData");
    }
    const paths: PropertyPath[] = Array.from(names, (name) => [name]);
    const stackSecrets: unknown = state.outputs.secretOutputNames;
    if (type === "pulumi:pulumi:StackReference" && Array.isArray(stackSecrets)) {
        paths.push(...stackSecrets.map((name): PropertyPath => ["outputs", String(name)]));
    }
    return paths.filter((path) => path.length > 1 || String(path[0]) in state.outputs);
}

/** Whether a resource is a provider, which the engine itself creates. */
export function isProvider(type: string): boolean {
    return type.startsWith("pulumi:providers:");
}

/**
 * The id of a provider: unknown in a preview. Pulumi's engine uses a random UUID; this one is the same in
 * every run.
 */
export function providerId(urn: string, preview: boolean): string {
    if (preview) {
        return unknown;
    }
    const hex = createHash("sha256").update(urn).digest("hex");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

/**
 * Refuses a resource without an explicit provider when the package's default provider is disabled.
 * @param disabled packages, `*` for all
 */
export function refuseDefaultProvider(
    resource: { readonly type: string; readonly urn: string; readonly provider?: string },
    disabled: readonly string[] = [],
): void {
    const pkg = resource.type.split(":")[0] ?? "";
    if (pkg === "pulumi" || resource.provider !== undefined) {
        return;
    }
    if (disabled.includes(pkg) || disabled.includes("*")) {
        throw new Error(
            `Default provider for '${pkg}' disabled. '${resource.urn}' must use an explicit provider.`,
        );
    }
}

/** Refuses hooks of components and providers, because no backend knows their earlier runs. */
export function refuseHooksOfOthers({ custom, type, urn, options }: Registration): void {
    if (options.hooks !== undefined && (!custom || isProvider(type))) {
        throw new Error(
            `${urn}: the in-process engine supports no hooks of components and providers`,
        );
    }
}
