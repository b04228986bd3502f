/** One line of a scrape. */
export interface ScrapedSample {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g;

/** Parses Prometheus' text format. @throws on a line that is neither a comment nor a sample */
export function parseMetrics(text: string): ScrapedSample[] {
    return text
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"))
        .map((line) => {
            const [, name = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
            if (name === "") {
                throw new Error(`not a Prometheus sample: ${line}`);
            }
            return {
                name,
                labels: Object.fromEntries(
                    Array.from(labels.matchAll(LABEL), ([, key = "", quoted = ""]) => [
                        key,
                        quoted.replaceAll(/\\(.)/g, (_, letter: string) =>
                            letter === "n" ? "\n" : letter,
                        ),
                    ]),
                ),
                value: Number(value),
            };
        });
}
