import { findSourceMap } from "node:module";

/**
 * Stack traces of the tests. Pulumi's SDK takes the trace of every promise, to report leaks, and maps
 * each frame back to TypeScript, which is two thirds of the CPU of a test that runs the program. Those
 * traces stay empty here; every other one is mapped as in Node.js.
 */
Error.prepareStackTrace = (error, frames) => {
    if (frames[0]?.getFunctionName() === "debuggablePromise") {
        return "";
    }
    // An AssertionError would add its code to its name once more.
    const head = Error.prototype.toString.call(error);
    return [head, ...frames.map((frame) => `    at ${mapped(frame)}`)].join("\n");
};

function mapped(frame: NodeJS.CallSite): string {
    // A call site has a text of its own, which its type leaves out.
    const text = (frame as { toString(): string }).toString();
    const file = frame.getFileName();
    const line = frame.getLineNumber();
    const column = frame.getColumnNumber();
    const map = file?.endsWith(".ts") === true ? findSourceMap(file) : undefined;
    if (map === undefined || line === null || column === null) {
        return text;
    }
    const { originalLine, originalColumn } = {
        originalLine: line,
        originalColumn: column,
        ...map.findEntry(line - 1, column - 1),
    };
    return text.replace(`:${line}:${column}`, `:${originalLine + 1}:${originalColumn + 1}`);
}
