/** A config value of Pulumi: parsed if it is JSON, as objects are, otherwise the text itself. */
export function fromConfigValue(value: string): unknown {
    try {
        return JSON.parse(value) as unknown;
    } catch {
        return value;
    }
}
