/**
 * The entry point of a Job's container: runs a command of `kafka-dr` and writes its stdout and stderr
 * as frames to the log of the container. As process 1 it passes SIGTERM on as SIGINT, on which the
 * command cleans up, and exits with the exit code of the command.
 *
 * node dist/cli/container.js <command> [arguments]
 *
 * `--source-ca` and `--target-ca` may be a folder, whose `*.crt` files are joined (a mounted Secret has
 * two while a CA is replaced), or `system`, the CAs that Node.js trusts.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { ROOT } from "../shared/root";
import { FrameWriter } from "./logFrames";

/** Value of `--source-ca` and `--target-ca` for the CAs that Node.js trusts. */
export const SYSTEM_CAS = "system";

/** The arguments with each CA as one file in `folder`. */
export function withCaFiles(args: readonly string[], folder: string): string[] {
    return args.map((arg, index) => {
        const option = args[index - 1] ?? "";
        if (option !== "--source-ca" && option !== "--target-ca") {
            return arg;
        }
        const pem = certificates(option, arg);
        if (pem === undefined) {
            return arg;
        }
        const file = join(folder, `${option.slice(2)}.crt`);
        writeFileSync(file, pem);
        return file;
    });
}

function certificates(option: string, value: string): string | undefined {
    if (value === SYSTEM_CAS) {
        return `${rootCertificates.join("\n")}\n`;
    }
    if (!statSync(value, { throwIfNoEntry: false })?.isDirectory()) {
        return undefined;
    }
    const files = readdirSync(value)
        .filter((name) => name.endsWith(".crt"))
        .sort();
    if (files.length === 0) {
        throw new Error(`${option} is ${value}, a folder without a *.crt file`);
    }
    return `${files.map((name) => readFileSync(join(value, name), "utf8").trim()).join("\n")}\n`;
}

/** The executable of package.json. */
function executable(): string {
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
        bin?: Readonly<Record<string, string>>;
    };
    const file = manifest.bin?.["kafka-dr"];
    if (file === undefined) {
        throw new Error("package.json names no executable kafka-dr");
    }
    return join(ROOT, file);
}

function main(args: readonly string[]): void {
    const frames = new FrameWriter((line) => process.stdout.write(line));
    const print = (text: string) => {
        frames.chunk("stderr", Buffer.from(`${text}\n`));
    };
    let finished = false;
    const finish = (code: number) => {
        if (!finished) {
            finished = true;
            frames.end(code);
            process.exitCode = code;
        }
    };
    try {
        const child = spawn(process.execPath, [executable(), ...withCaFiles(args, tmpdir())], {
            stdio: ["ignore", "pipe", "pipe"],
        });
        for (const channel of ["stdout", "stderr"] as const) {
            child[channel].on("data", (chunk: Buffer) => {
                frames.chunk(channel, chunk);
            });
        }
        for (const signal of ["SIGTERM", "SIGINT"] as const) {
            process.on(signal, () => {
                child.kill("SIGINT");
            });
        }
        child.once("error", (error) => {
            print(`error: the command cannot be started: ${error.message}`);
            finish(1);
        });
        child.once("close", (code, signal) => {
            finish(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
        });
    } catch (error) {
        print(`error: ${error instanceof Error ? error.message : String(error)}`);
        finish(1);
    }
}

if (require.main === module) {
    main(process.argv.slice(2));
}
