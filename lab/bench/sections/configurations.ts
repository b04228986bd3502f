/** What the names of configurations stand for. */
import { distinct } from "../cells";
import { type Configuration, CONFIGURATIONS, mirrorSettings } from "../configurations";
import { code, markdownTable } from "../format";
import type { Cell } from "../result";

/**
 * The settings of the configurations that were measured, a row for each; undefined when there are
 * none whose name the grid knows.
 */
export function configurationTable(measured: readonly Cell[]): string | undefined {
    const names = distinct(measured.map(({ configuration }) => configuration));
    const known = Object.entries<Configuration>(CONFIGURATIONS).filter(([name]) =>
        names.includes(name),
    );
    return known.length === 0
        ? undefined
        : markdownTable(known, [
              { head: "configuration", cell: ([name]) => code(name), isText: true },
              {
                  head: "settings",
                  cell: ([, configuration]) => settingsText(configuration),
                  isText: true,
              },
          ]);
}

/** The settings that are not empty, as a stack's file has them. */
function settingsText(configuration: Configuration): string {
    return Object.entries(mirrorSettings(configuration))
        .flatMap(([key, value = {}]) => {
            const text = typeof value === "string" ? value : flowMapping(value);
            return text === undefined ? [] : [code(`${key.replace(/^kafka-dr:/, "")}: ${text}`)];
        })
        .join(", ");
}

function flowMapping(
    values: Readonly<Record<string, string | number | boolean>>,
): string | undefined {
    const pairs = Object.entries(values).map(([name, value]) => `${name}: ${value}`);
    return pairs.length === 0 ? undefined : `{ ${pairs.join(", ")} }`;
}
