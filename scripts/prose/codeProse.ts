import ts from "typescript";
import type { ProseFinding } from "./markdownProse";
import { PHRASES } from "./phrases";

/** The phrases that this project avoids, in the comments and texts of a TypeScript file. */
export function lintCode(source: string): ProseFinding[] {
    const prose = onlyProse(source);
    return PHRASES.flatMap(({ pattern, instead }) => {
        const phrase = new RegExp(pattern.replaceAll(" ", String.raw`\s+`), "gi");
        return [...prose.matchAll(phrase)].map(({ index, 0: words }) => {
            const before = source.slice(0, index).split("\n");
            return {
                line: before.length,
                column: (before.at(-1)?.length ?? 0) + 1,
                message: `"${words.replaceAll(/\s+/g, " ")}": write ${instead} [phrases]`,
            };
        });
    }).sort((one, other) => one.line - other.line || one.column - other.column);
}

/** The source with spaces instead of everything but comments and texts, so that places stay. */
function onlyProse(source: string): string {
    const file = ts.createSourceFile("file.ts", source, ts.ScriptTarget.Latest, true);
    const kept: ts.TextRange[] = [];
    const visit = (node: ts.Node): void => {
        if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || isTemplateRest(node)) {
            kept.push({ pos: node.getStart(file), end: node.end });
        }
        kept.push(
            ...(ts.getLeadingCommentRanges(source, node.pos) ?? []),
            ...(ts.getTrailingCommentRanges(source, node.end) ?? []),
        );
        ts.forEachChild(node, visit);
    };
    visit(file);
    kept.push(...(ts.getLeadingCommentRanges(source, file.endOfFileToken.pos) ?? []));
    const prose = source.replaceAll(/[^\n]/g, " ").split("");
    for (const { pos, end } of kept) {
        // The stars before the lines of a comment would separate the words of a phrase.
        const text = source.slice(pos, end).replaceAll(/^([ \t]*)\*/gm, "$1 ");
        prose.splice(pos, end - pos, ...text.split(""));
    }
    return prose.join("");
}

function isTemplateRest(node: ts.Node): boolean {
    return ts.isTemplateMiddle(node) || ts.isTemplateTail(node);
}
