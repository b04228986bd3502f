import { execFileSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../../support/rawSettings";

/** Replaces `kafka-dr`: the first argument selects its behavior, the second its exit code. */
const COMMAND = `
const [, , mode, ...rest] = process.argv;
const { readFileSync } = require("node:fs");
const args = /^\\d+$/.test(rest[0]) ? rest.slice(1) : rest;
process.exitCode = args === rest ? 0 : Number(rest[0]);
if (mode === "show") {
    const value = (option) => args[args.indexOf(option) + 1];
    const text = (option) => (args.includes(option) ? readFileSync(value(option), "utf8") : undefined);
    const sites = ["source", "target"].map((side) => ({
        bootstrap: value("--" + side + "-bootstrap"),
        ca: text("--" + side + "-ca"),
        user: value("--" + side + "-user"),
        password: text("--" + side + "-password-file"),
    }));
    process.stderr.write("looking\\n");
    process.stdout.write(JSON.stringify({ args, sites }));
    process.stderr.write("done\\n");
} else if (mode === "count") {
    const batch = (first) => {
        for (let number = first; number < first + 100; number++) {
            process.stdout.write("line " + number + "\\n");
        }
        process.stderr.write(first + 99 + " lines\\n");
        if (first < 301) setTimeout(batch, 700, first + 100);
    };
    batch(1);
} else if (mode === "wait") {
    process.stderr.write("waiting\\n");
    const timer = setInterval(() => undefined, 1000);
    process.on("SIGINT", () => {
        process.stderr.write("cleaned up\\n");
        process.exitCode = 130;
        clearInterval(timer);
    });
} else if (mode === "stubborn") {
    process.stderr.write("waiting\\n");
    process.on("SIGINT", () => undefined);
    setInterval(() => undefined, 1000);
} else if (mode === "operation") {
    const [name, text] = args;
    if (name === "stop") {
        process.stderr.write("Kafka Connect does not answer\\n");
        process.exitCode = 4;
    } else {
        process.stderr.write("asking\\n");
        const result = name === "checkpointSeconds" ? undefined : { given: JSON.parse(text), args };
        process.stdout.write(JSON.stringify({ result }) + "\\n");
    }
} else if (mode === "die") {
    process.stdout.write("half a li");
    setTimeout(() => process.kill(process.ppid, "SIGKILL"), 100);
    setInterval(() => undefined, 1000);
}
`;

/** A folder like `/app` of the image, with a scripted command instead of `kafka-dr`. */
export function imageRoot(folder: string): string {
    const root = path.join(folder, "app");
    execFileSync(process.execPath, [path.join(repositoryRoot, "bin", "build.js")]);
    const container = path.join("dist", "cli", "container.js");
    cpSync(path.join(repositoryRoot, container), path.join(root, container));
    writeFileSync(
        path.join(root, "package.json"),
        JSON.stringify({ name: "image", bin: { "kafka-dr": "command.js" } }),
    );
    writeFileSync(path.join(root, "command.js"), COMMAND);
    return root;
}
