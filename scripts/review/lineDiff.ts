/**
 * The lines that differ between two texts, as a unified diff with three lines of context and
 * without file headers; empty when the texts are the same.
 */
export function lineDiff(before: string, after: string): string {
    return before === after ? "" : hunks(edits(before.split("\n"), after.split("\n"))).join("\n");
}

const CONTEXT = 3;

interface Edit {
    readonly mark: " " | "-" | "+";
    readonly line: string;
}

/** Lines that are kept, taken away and added, by the longest common subsequence. */
function edits(before: readonly string[], after: readonly string[]): Edit[] {
    const width = after.length + 1;
    // common[i * width + j]: how many lines before[i..] and after[j..] have in common.
    const common = new Uint32Array((before.length + 1) * width);
    const at = (i: number, j: number) => common[i * width + j] ?? 0;
    for (let i = before.length - 1; i >= 0; i--) {
        for (let j = after.length - 1; j >= 0; j--) {
            common[i * width + j] =
                before[i] === after[j]
                    ? at(i + 1, j + 1) + 1
                    : Math.max(at(i + 1, j), at(i, j + 1));
        }
    }
    const result: Edit[] = [];
    let [i, j] = [0, 0];
    while (i < before.length || j < after.length) {
        const old = before[i];
        const now = after[j];
        if (old !== undefined && old === now) {
            result.push({ mark: " ", line: old });
            i++;
            j++;
        } else if (old !== undefined && (now === undefined || at(i + 1, j) >= at(i, j + 1))) {
            result.push({ mark: "-", line: old });
            i++;
        } else if (now !== undefined) {
            result.push({ mark: "+", line: now });
            j++;
        }
    }
    return result;
}

/** What is near a difference, with a header where lines were left out. */
function hunks(all: readonly Edit[]): string[] {
    const near = all.map((_, index) =>
        all
            .slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1)
            .some(({ mark }) => mark !== " "),
    );
    const lines: string[] = [];
    let [oldLine, newLine] = [1, 1];
    all.forEach(({ mark, line }, index) => {
        if (near[index] === true) {
            if (index === 0 || near[index - 1] !== true) {
                lines.push(`@@ -${oldLine} +${newLine} @@`);
            }
            lines.push(`${mark}${line}`);
        }
        oldLine += mark === "+" ? 0 : 1;
        newLine += mark === "-" ? 0 : 1;
    });
    return lines;
}
