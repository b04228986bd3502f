import { readFileSync, writeFileSync } from "node:fs";
import { parseDocument } from "yaml";
import type { PhasePosition } from "../../config/phase";

/**
 * Writes the phase, and the generation where it is not the first, into the file of a stack. All else
 * in it, comments among it, stays as it is: the change is the one that a reviewer sees.
 */
export function writePhase(file: string, { phase, generation }: PhasePosition): void {
    const document = parseDocument(readFileSync(file, "utf8"));
    document.setIn(["config", "kafka-dr:phase"], phase);
    const path = ["config", "kafka-dr:mirror", "generation"];
    if (generation > 1 || document.hasIn(path)) {
        document.setIn(path, generation);
    }
    writeFileSync(file, document.toString({ indentSeq: true, lineWidth: 0 }));
}
