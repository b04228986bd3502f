import { type ProgramResult, renderGolden } from "../../engine";
import { formatPropertyPath, type PropertyPath } from "../../engine/propertyPath";

/** Outputs that the engine keeps secret, whatever the program says. */
const SECRET_OUTPUTS: Readonly<Record<string, readonly string[]>> = {
    "kubernetes:core/v1:Secret": ["data", "stringData"],
    "random:index/randomPassword:RandomPassword": ["result", "bcryptHash"],
};

/**
 * The forms of a secret text: unchanged, escaped as JSON, and in base64, alone or as a part of a
 * longer text, where three bytes make four letters.
 */
export function encodings(secret: string): string[] {
    const inBase64 = [0, 1, 2].map((offset) => {
        const text = Buffer.from("x".repeat(offset) + secret).toString("base64");
        // The letters at both ends hold bits of the bytes next to the secret.
        return text.slice(offset === 0 ? 0 : 4, -4);
    });
    const json = JSON.stringify(secret).slice(1, -1);
    return [...new Set([secret, json, ...inBase64])].filter((text) => text.length >= 8);
}

/** Whether a text contains one of the secrets. */
export function shows(text: string, secrets: readonly string[]): boolean {
    return secrets.some((secret) => encodings(secret).some((encoded) => text.includes(encoded)));
}

/**
 * The places where a run of the program exposes a secret: an input or an output that is not marked as
 * secret, an output of the stack, a message, or the golden rendering. Secrets of Kubernetes and
 * RandomPasswords may have secrets among their outputs, which the engine keeps secret.
 */
export function leaksOf(result: ProgramResult, secrets: readonly string[]): string[] {
    const types = new Map(result.registrations.map(({ urn, type }) => [urn, type]));
    const reads = new Map(result.reads.map(({ urn, type }) => [urn, type]));
    return [
        ...result.registrations.flatMap(({ urn, inputs, secretPaths }) =>
            placesOf(inputs, secrets)
                .filter((place) => !isWithin(place, secretPaths))
                .map((place) => `input ${place} of ${urn}`),
        ),
        ...[...result.states].flatMap(([urn, { id, outputs }]) => {
            const type = types.get(urn) ?? reads.get(urn);
            const hidden = SECRET_OUTPUTS[type ?? ""] ?? [];
            return placesOf({ id, ...outputs }, secrets)
                .filter((place) => !isWithin(place, hidden))
                .map((place) => `output ${place} of ${urn}`);
        }),
        ...placesOf(result.outputs, secrets).map((place) => `output ${place} of the stack`),
        ...(shows(JSON.stringify(result.logs), secrets) ? ["a message"] : []),
        ...(shows(renderGolden(result), secrets) ? ["the golden rendering"] : []),
    ];
}

/** The paths of all texts that contain a secret. */
function placesOf(value: unknown, secrets: readonly string[], path: PropertyPath = []): string[] {
    if (typeof value === "string") {
        return shows(value, secrets) ? [formatPropertyPath(path)] : [];
    }
    if (Array.isArray(value)) {
        return value.flatMap((item, index) => placesOf(item, secrets, [...path, index]));
    }
    return typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([key, item]) => [
              ...(shows(key, secrets) ? [formatPropertyPath([...path, key])] : []),
              ...placesOf(item, secrets, [...path, key]),
          ])
        : [];
}

function isWithin(place: string, paths: readonly string[]): boolean {
    return paths.some(
        (path) => place === path || place.startsWith(`${path}.`) || place.startsWith(`${path}[`),
    );
}
