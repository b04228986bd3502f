import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { sourceFiles } from "../../../scripts/prose/sourceFiles";
import { repositoryRoot } from "../../support/rawSettings";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");

/** A link of a Markdown file, by its line. */
interface Link {
    readonly line: number;
    readonly target: string;
}

/** The text without fenced blocks and comments, and code without its content; lines stay. */
function withoutCode(text: string): string {
    const blank = (part: string) => part.replaceAll(/[^\n]/g, " ");
    return text
        .replaceAll(/^( *)(```+|~~~+)[^\n]*\n.*?^\1\2 *$/gms, blank)
        .replaceAll(/<!--.*?-->/gs, blank)
        .replaceAll(/`[^`\n]*`/g, (code) => `\`${"x".repeat(code.length - 2)}\``);
}

function linksIn(text: string): Link[] {
    const prose = withoutCode(text);
    return [...prose.matchAll(/\]\(\s*<?([^)>\s]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)/gm)].map(
        ({ index, 1: inline, 2: reference }) => ({
            line: prose.slice(0, index).split("\n").length,
            target: inline ?? reference ?? "",
        }),
    );
}

/** The anchors that GitHub gives the headings of a text. */
function anchorsIn(text: string): Set<string> {
    const fences = /^( *)(```+|~~~+)[^\n]*\n.*?^\1\2 *$/gms;
    const anchors = new Set<string>();
    for (const [, heading = ""] of text.replaceAll(fences, "").matchAll(/^#{1,6} +(.+?) *$/gm)) {
        const slug = heading
            .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
            .toLowerCase()
            .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
            .replaceAll(" ", "-");
        let anchor = slug;
        for (let count = 1; anchors.has(anchor); count++) {
            anchor = `${slug}-${count}`;
        }
        anchors.add(anchor);
    }
    return anchors;
}

/** Why a relative link is broken; undefined if it is valid, or leads out of the repository. */
function problemOf(file: string, { target }: Link): string | undefined {
    if (/^[a-z][a-z+.-]*:/i.test(target)) {
        return undefined;
    }
    const [path = "", anchor] = target.split("#");
    const linked = path === "" ? file : normalize(join(dirname(file), decodeURI(path)));
    if (linked.startsWith("..") || !existsSync(join(repositoryRoot, linked))) {
        return `no file ${linked}`;
    }
    return anchor === undefined || !linked.endsWith(".md") || anchorsIn(read(linked)).has(anchor)
        ? undefined
        : `no heading #${anchor} in ${linked}`;
}

describe("the README", () => {
    it("has at most 10,000 bytes", () => {
        assert(Buffer.byteLength(read("README.md")) <= 10_000);
    });
});

describe("links", () => {
    const pages = sourceFiles(repositoryRoot, ".md");

    it("in Markdown lead to a file and a heading that exist", () => {
        const broken = pages.flatMap((file) =>
            linksIn(read(file)).flatMap((link) => {
                const problem = problemOf(file, link);
                return problem === undefined ? [] : [`${file}:${link.line}: ${problem}`];
            }),
        );
        assert.deepEqual(broken, []);
        assert(pages.includes("README.md") && pages.includes("docs/README.md"));
    });

    it("that are broken are found", () => {
        const text =
            "# A b: c\n\n[x](missing.md) `[y](gone.md)`\n\n```\n[z](no.md)\n```\n\n[w](#a-b-c)";
        assert.deepEqual(linksIn(text), [
            { line: 3, target: "missing.md" },
            { line: 9, target: "#a-b-c" },
        ]);
        assert.deepEqual([...anchorsIn(`${text}\n# A b: c`)], ["a-b-c", "a-b-c-1"]);
        assert.equal(
            problemOf("policy/README.md", { line: 1, target: "no.md" }),
            "no file policy/no.md",
        );
        assert.equal(
            problemOf("README.md", { line: 1, target: "docs/README.md#start" }),
            undefined,
        );
        assert.equal(
            problemOf("README.md", { line: 1, target: "docs/README.md#no" }),
            "no heading #no in docs/README.md",
        );
    });

    it("from messages, help and comments to documentation lead to a page that exists", () => {
        const files = [
            ...[".ts", ".js", ".mjs", ".sh", ".yaml", ".yml"].flatMap((ending) =>
                sourceFiles(repositoryRoot, ending),
            ),
            "Dockerfile",
            "Makefile",
        ];
        const broken = files.flatMap((file) =>
            [...read(file).matchAll(/\bdocs\/[\w./-]+\.md\b/g)]
                .filter(([page]) => !existsSync(join(repositoryRoot, page)))
                .map(([page]) => `${file}: ${page}`),
        );
        assert.deepEqual(broken, []);
    });

    it("to code by its path lead to a file that exists", () => {
        const broken = pages.flatMap((file) =>
            [...read(file).matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|js|mjs|sh|yml))`/g)]
                .filter(([, path = ""]) => !existsSync(join(repositoryRoot, path)))
                .map(([, path]) => `${file}: ${path}`),
        );
        assert.deepEqual(broken, []);
    });

    it("in the index of the documentation name every page", () => {
        const index = linksIn(read("docs/README.md")).map(({ target }) => join("docs", target));
        const others = pages.filter((page) => /^docs\/.*\//.test(page) && !index.includes(page));
        assert.deepEqual(others, []);
    });
});
