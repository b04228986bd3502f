/** The position of a value in the properties of a resource: keys and, for arrays, indexes. */
export type PropertyPath = readonly (string | number)[];

/** A path in Pulumi's own notation: `spec.items[0]["a.b"]`. */
export function formatPropertyPath(path: PropertyPath): string {
    return path.reduce<string>((text, step) => {
        if (typeof step === "number") {
            return `${text}[${step}]`;
        }
        if (!/^[A-Za-z_$][\w$-]*$/.test(step)) {
            return `${text}[${JSON.stringify(step)}]`;
        }
        return text === "" ? step : `${text}.${step}`;
    }, "");
}

/** The inverse of {@link formatPropertyPath}. @throws Error for anything else, `*` included */
export function parsePropertyPath(text: string): PropertyPath {
    const steps = [...text.matchAll(/\.?([^.[\]"*]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/gy)];
    const length = steps.reduce((sum, [step]) => sum + step.length, 0);
    if (length !== text.length || steps.length === 0 || text.startsWith(".")) {
        throw new Error(`"${text}" is not a property path that the in-process engine supports`);
    }
    return steps.map(([, key, index, quoted]) => {
        if (index !== undefined) {
            return Number(index);
        }
        return quoted === undefined ? String(key) : (JSON.parse(quoted) as string);
    });
}
