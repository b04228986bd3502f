import { readFileSync, writeFileSync } from "node:fs";
import { isMap, isNode, isScalar, parseDocument, type YAMLMap } from "yaml";
import type { PhasePosition } from "../../config/phase";

/**
 * Writes the phase, and the epoch where it is not the first, into the file of a stack. All else
 * in it stays as it is, to the byte: the change is the one that a reviewer sees.
 */
export function writePhase(file: string, { phase, epoch }: PhasePosition): void {
    const text = withValue(readFileSync(file, "utf8"), ["config", "kafka-dr:phase"], phase);
    const path = ["config", "kafka-dr:mirror", "epoch"];
    const isWritten = epoch > 1 || parseDocument(text).hasIn(path);
    writeFileSync(file, isWritten ? withValue(text, path, String(epoch)) : text);
}

/**
 * The text of a YAML document with one plain value at a path. A document that is written again by a
 * library has another indentation and other blank lines.
 */
function withValue(text: string, path: readonly string[], value: string): string {
    const document = parseDocument(text);
    const present = document.getIn(path, true);
    if (isScalar(present) && present.range) {
        const [start, end] = present.range;
        return `${text.slice(0, start)}${value}${text.slice(end)}`;
    }
    const parent = document.getIn(path.slice(0, -1), true);
    const added = isMap(parent)
        ? withEntry(text, parent, `${path.at(-1) ?? ""}: ${value}`)
        : undefined;
    if (added !== undefined) {
        return added;
    }
    document.setIn(path, /^\d+$/.test(value) ? Number(value) : value);
    return document.toString({ lineWidth: 0 });
}

/** The text with an entry at the end of a mapping; undefined for one without entries. */
function withEntry(text: string, map: YAMLMap, entry: string): string | undefined {
    const { key } = map.items[0] ?? {};
    const last = map.items.at(-1);
    const end = isNode(last?.value) ? last.value.range?.[1] : undefined;
    if (!isNode(key) || !key.range || end === undefined) {
        return undefined;
    }
    if (map.flow === true) {
        return `${text.slice(0, end)}, ${entry}${text.slice(end)}`;
    }
    const start = key.range[0];
    const indentation = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
    // A nested mapping ends after blank lines and comments; its last line may have a comment.
    const lastLine = text.slice(0, end).trimEnd().length;
    const endOfLine = text.indexOf("\n", lastLine);
    const at = endOfLine === -1 ? text.length : endOfLine;
    return `${text.slice(0, at)}\n${indentation}${entry}${text.slice(at)}`;
}
