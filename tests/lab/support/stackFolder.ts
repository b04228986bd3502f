import { readFileSync } from "node:fs";
import path from "node:path";
import { type Document, parseDocument } from "yaml";
import { type TemporaryStack, temporaryStack } from "../../../lab/stack/temporaryStack";

const PROJECT = path.join(__dirname, "..", "..", "..");

/**
 * Copies the project's stack `lab` and changes it.
 * @param settings by path, such as `mirror.producerOverrides`, below the project's config keys
 */
export function labStackFolder(settings: Readonly<Record<string, unknown>>): TemporaryStack {
    const stack: Document = parseDocument(
        readFileSync(path.join(PROJECT, "Pulumi.lab.yaml"), "utf8"),
    );
    for (const [key, value] of Object.entries(settings)) {
        const [section = "", ...rest] = key.split(".");
        stack.setIn(["config", `kafka-dr:${section}`, ...rest], value);
    }
    const { config } = stack.toJS() as { config: object };
    return temporaryStack("lab", config);
}
