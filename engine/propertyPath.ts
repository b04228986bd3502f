/** Where a value is inside the properties of a resource: keys and, for arrays, indexes. */
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
