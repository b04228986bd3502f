/** Pulumi hands objects over as JSON; what is none stays the text that somebody wrote. */
export function fromConfigValue(value: string): unknown {
    try {
        return JSON.parse(value) as unknown;
    } catch {
        return value;
    }
}
