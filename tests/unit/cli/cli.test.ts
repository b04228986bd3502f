import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { CommandError, ERRORS, EXIT_CODES } from "../../../cli/shared/commandError";
import { LogTruncatedError, UnsupportedBrokerError } from "../../../kafka/errors";
import type { Register } from "../../../cli/commands";
import { connectionOf, environmentName } from "../../../cli/shared/connections";
import { run } from "../../../cli/main";
import { duration, ProgressLine, table } from "../../../cli/shared/output";
import { explainConnectionFailure } from "../../../cli/shared/connectivity";
import { repositoryRoot } from "../../support/rawSettings";

class Sink extends Writable {
    text = "";
    constructor(readonly isTTY = false) {
        super();
    }
    override _write(chunk: unknown, _encoding: string, done: () => void): void {
        this.text += String(chunk);
        done();
    }
}

async function runWith(
    args: string[],
    commands: Register[],
    signal = new AbortController().signal,
) {
    const [stdout, stderr] = [new Sink(), new Sink()];
    const io = { stdout, stderr, env: {}, signal, isInteractive: false, exit: () => undefined };
    const code = await run(args, io, commands);
    return { code, out: stdout.text, err: stderr.text };
}

const throwing = (error: () => unknown): Register => {
    return (program) => {
        program.command("try").action(() => {
            throw error();
        });
    };
};

describe("kafka-dr", () => {
    const cases: readonly [name: string, error: unknown, code: number, message: RegExp][] = [
        [
            "wrong input",
            new CommandError("WrongOption", "it is wrong", "Do this."),
            2,
            /^kafka-dr: it is wrong\. Do this\. \[KDR200\]\n$/,
        ],
        [
            "a failed check",
            new CommandError("StepFailed", "it failed"),
            3,
            /it failed\. \[KDR300\]\n$/,
        ],
        [
            "an unreachable cluster",
            new CommandError("ClusterUnreachable", "it is away"),
            4,
            /it is away/,
        ],
        [
            "a broker that went away",
            new Error("outer", {
                cause: Object.assign(new Error("gone"), { code: "ECONNREFUSED" }),
            }),
            4,
            /a broker is unreachable.*gone.*\[KDR401\]/,
        ],
        [
            "a missing right",
            Object.assign(new Error("no"), { apiId: "TOPIC_AUTHORIZATION_FAILED" }),
            2,
            /TOPIC_AUTHORIZATION_FAILED.*\[KDR205\]/,
        ],
        [
            "a mistake of its own",
            new TypeError("x is not a function"),
            1,
            /unexpected error: x is not a function\. \[KDR100\]/,
        ],
        [
            "a broker that is too old",
            new UnsupportedBrokerError(
                "broker 1 at a:1",
                "Fetch",
                { min: 12, max: 17 },
                { min: 0, max: 10 },
            ),
            2,
            /broker 1 at a:1 .*\[KDR212\]/,
        ],
        [
            "a log that was truncated",
            new LogTruncatedError({ topic: "orders", partition: 1, offset: 9, expectedEnd: 20 }, 5),
            3,
            /orders:1 was truncated.*\[KDR301\]/,
        ],
        ["something thrown", "text", 1, /unexpected error: text/],
    ];
    for (const [name, error, code, message] of cases) {
        it(`ends with ${code} after ${name}`, async () => {
            const result = await runWith(["try"], [throwing(() => error)]);
            assert.equal(result.code, code);
            assert.match(result.err, message);
            assert.equal(result.out, "");
        });
    }

    it("prints an error as JSON with --json", async () => {
        const fields = { topic: "orders", partition: 1, offset: 9 };
        const register: Register = (program) => {
            program
                .command("try")
                .option("--json")
                .action(() => {
                    throw new CommandError("LogUnreadable", "it is gone", "Try again.", { fields });
                });
        };
        const { code, err, out } = await runWith(["try", "--json"], [register]);
        assert.equal(code, 3);
        assert.equal(out, "");
        assert.deepEqual(JSON.parse(err), {
            error: {
                name: "LogUnreadable",
                code: "KDR301",
                message: "it is gone",
                remedy: "Try again.",
                fields,
            },
        });
    });

    it("has a code of its own for every kind of error, which begins with the exit code", () => {
        const kinds = Object.values(ERRORS);
        assert.equal(new Set(kinds.map(({ code }) => code)).size, kinds.length);
        for (const { code, outcome, causes } of kinds) {
            assert.equal(code.slice(0, 4), `KDR${EXIT_CODES[outcome].code}`);
            assert(causes.length > 0);
        }
    });

    it("ends with 130 after an interruption, whatever the command returns", async () => {
        const interrupted = AbortSignal.abort();
        const result = await runWith(["try"], [throwing(() => new Error("x"))], interrupted);
        assert.equal(result.code, 130);
    });

    it("ends with the code that a command set", async () => {
        const register: Register = (program, io) => {
            program.command("try").action(() => {
                io.exit(EXIT_CODES.checkFailed.code);
            });
        };
        assert.equal((await runWith(["try"], [register])).code, 3);
        assert.equal((await runWith(["try", "--nonsense"], [register])).code, 2);
        assert.equal((await runWith(["other"], [register])).code, 2);
        assert.equal((await runWith([], [register])).code, 2);
        assert.equal((await runWith(["try", "--help"], [register])).code, 0);
    });

    it("has every exit code in its help and in the documentation", async () => {
        const { out } = await runWith(["--help"], []);
        const docs = readFileSync(join(repositoryRoot, "docs/reference/commands.md"), "utf8");
        for (const { code, meaning } of Object.values(EXIT_CODES)) {
            assert(out.includes(`${String(code).padEnd(5)}${meaning}`), `${code} in --help`);
            assert.match(docs, new RegExp(`^\\| ${code} +\\| ${meaning}`, "m"));
        }
    });
});

describe("connectionOf", () => {
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "kafka-dr-cli-"));
        for (const name of ["ca", "crt", "key"]) {
            writeFileSync(join(folder, name), name);
        }
        writeFileSync(join(folder, "password"), "secret\n");
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });
    const file = (name: string): string => join(folder, name);

    it("prefers options to the environment, and reads the files", () => {
        const env = {
            KAFKA_DR_SOURCE_BOOTSTRAP: "env:1",
            KAFKA_DR_SOURCE_CA: file("ca"),
            KAFKA_DR_SOURCE_USER: "ops",
            KAFKA_DR_SOURCE_PASSWORD_FILE: file("password"),
        };
        assert.deepEqual(connectionOf("source", { sourceBootstrap: "a:1,b:2" }, env), {
            bootstrapServers: "a:1,b:2",
            caCertificates: "ca",
            credentials: { username: "ops", password: "secret" },
        });
        assert.equal(connectionOf("source", {}, env).bootstrapServers, "env:1");
    });

    it("reads a client certificate", () => {
        const options = {
            targetBootstrap: "a:1",
            targetCa: file("ca"),
            targetCertificate: file("crt"),
            targetKey: file("key"),
        };
        assert.deepEqual(connectionOf("target", options, {}).credentials, {
            certificate: "crt",
            key: "key",
        });
    });

    const refused: readonly [name: string, options: Record<string, string>, message: RegExp][] = [
        ["a missing server", {}, /bootstrap servers of the source are missing/],
        ["an address without a port", { sourceBootstrap: "a:1,b" }, /"b", which is not host:port/],
        [
            "a file that is not there",
            { sourceBootstrap: "a:1", sourceCa: "/nowhere" },
            /"\/nowhere" of --source-ca cannot be read \(ENOENT\)/,
        ],
        ["a user alone", { sourceBootstrap: "a:1", sourceUser: "x" }, /require each other/],
        ["a key alone", { sourceBootstrap: "a:1", sourceKey: "x" }, /require each other/],
    ];
    for (const [name, options, message] of refused) {
        it(`refuses ${name}`, () => {
            assert.throws(
                () => connectionOf("source", options, {}),
                (error) =>
                    error instanceof CommandError &&
                    error.exitCode === 2 &&
                    message.test(error.message),
            );
        });
    }

    it("refuses two identities, and a certificate without TLS", () => {
        const both = {
            sourceBootstrap: "a:1",
            sourceUser: "x",
            sourcePasswordFile: file("password"),
            sourceCertificate: file("crt"),
            sourceKey: file("key"),
        };
        assert.throws(() => connectionOf("source", both, {}), /both given/);
        const certificate = { ...both, sourceUser: undefined, sourcePasswordFile: undefined };
        assert.throws(() => connectionOf("source", certificate, {}), /requires TLS/);
    });

    it("names the environment variable after the option", () => {
        assert.equal(environmentName("target", "password-file"), "KAFKA_DR_TARGET_PASSWORD_FILE");
    });
});

describe("explainConnectionFailure", () => {
    const failed = (code: string, message = "m") => Object.assign(new Error(message), { code });
    const plain = { bootstrapServers: "a:1" };
    const tls = { bootstrapServers: "a:1", caCertificates: "x" };
    const cases: readonly [
        error: Error,
        connection: typeof plain,
        reason: RegExp,
        check: RegExp,
    ][] = [
        [
            failed("PLT_KFK_AUTHENTICATION"),
            tls,
            /rejected the credentials/,
            /--target-password-file/,
        ],
        [failed("ENOTFOUND"), tls, /cannot be resolved/, /--target-bootstrap/],
        [failed("ECONNREFUSED"), tls, /nothing listens/, /--target-bootstrap/],
        [failed("SELF_SIGNED_CERT_IN_CHAIN"), tls, /TLS failed/, /--target-ca/],
        [failed("ERR_TLS_CERT_ALTNAME_INVALID"), tls, /TLS failed/, /is in its certificate/],
        [failed("PLT_KFK_TIMEOUT"), plain, /no answer within 3 s/, /give --target-ca/],
        [failed("PLT_KFK_NETWORK"), plain, /connection broke/, /give --target-ca/],
        [failed("PLT_KFK_NETWORK"), tls, /connection broke/, /omit --target-ca/],
    ];
    for (const [error, connection, reason, check] of cases) {
        const { code } = error as Error & { code: string };
        it(`names what to check after ${code} ${connection === tls ? "with" : "without"} TLS`, () => {
            const found = explainConnectionFailure(
                new Error("outer", { cause: error }),
                connection,
                3000,
            );
            assert.match(found.reason, reason);
            assert.match(found.check("target"), check);
        });
    }
});

describe("output", () => {
    it("rewrites one line on a terminal, and writes few lines elsewhere", () => {
        let now = 0;
        const [terminal, file] = [new Sink(true), new Sink()];
        const lines = [terminal, file].map((sink) => new ProgressLine(sink, () => now));
        for (let step = 0; step < 12; step++) {
            for (const line of lines) {
                line.show(`step ${step}`);
            }
            now += 1000;
        }
        for (const line of lines) {
            line.clear();
        }
        assert.equal(file.text, "step 0\nstep 5\nstep 10\n");
        assert(!terminal.text.includes("\n"));
        assert(terminal.text.endsWith("step 11\r\u001b[K"));
    });

    it("prints durations in a suitable unit", () => {
        const seconds = [0.42, 9.96, 75, 720, 7200, 86400 * 5];
        assert.deepEqual(seconds.map(duration), [
            "0.4 s",
            "10.0 s",
            "75 s",
            "12 min",
            "2 h",
            "5 d",
        ]);
    });

    it("aligns columns", () => {
        assert.deepEqual(
            table([
                ["a", "bb"],
                ["ccc", "d"],
            ]),
            ["a    bb", "ccc   d"],
        );
    });
});
