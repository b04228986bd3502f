import { isDeepStrictEqual } from "node:util";
import type { KnownResource, Registration } from "./backend";
import { parsePropertyPath, type PropertyPath } from "./propertyPath";

/**
 * A registration with the values of the last run at the paths of `ignoreChanges`, as Pulumi puts
 * them there before the provider or a hook sees the inputs: what was not there then is not there now.
 * A path that leads into something which either of the two does not have changes nothing.
 *
 * @throws Error for a path with `*`, which is not understood here.
 */
export function withIgnoredChanges(
    registration: Registration,
    known: KnownResource | undefined,
): Registration {
    const { ignoreChanges } = registration.options;
    if (known === undefined || ignoreChanges.length === 0) {
        return registration;
    }
    const inputs = structuredClone(registration.inputs) as Record<string, unknown>;
    for (const path of ignoreChanges.map(parsePropertyPath)) {
        reset(inputs, known.inputs, path);
    }
    return { ...registration, inputs };
}

/** Whether there is something to update: as with Pulumi, also what was not done the last time. */
export function needsUpdate({ inputs }: Registration, known: KnownResource): boolean {
    return known.unfinished === true || !isDeepStrictEqual(known.inputs, inputs);
}

function reset(target: unknown, from: unknown, [step, ...rest]: PropertyPath): void {
    if (step === undefined || !isContainer(target) || !isContainer(from)) {
        return;
    }
    if (rest.length > 0) {
        reset(target[step], from[step], rest);
    } else if (step in from) {
        target[step] = structuredClone(from[step]);
    } else if (!Array.isArray(target)) {
        Reflect.deleteProperty(target, step);
    }
}

function isContainer(value: unknown): value is Record<string | number, unknown> {
    return typeof value === "object" && value !== null;
}
