import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { defaultCacheDirectory, ensureArtifacts } from "../../../lab/artifacts/artifacts";
import type { ArtifactLock } from "../../../lab/artifacts/artifacts";
import { repositoryUrl } from "../../../lab/artifacts/repository";

type Answer = (request: IncomingMessage, response: ServerResponse, content: Buffer) => void;

const serve: Answer = (_request, response, content) => response.end(content);

describe("Maven artifacts", () => {
    const contents = new Map(
        Array.from({ length: 9 }, (_, index) => [
            `org/example/lib${index}/1.0/lib${index}-1.0.jar`,
            Buffer.alloc(1000 * (index + 1), index),
        ]),
    );
    const lock: ArtifactLock = {
        artifacts: [...contents].map(([file, content]) => ({
            path: file,
            sha512: createHash("sha512").update(content).digest("hex"),
            size: content.length,
        })),
    };
    const victim = lock.artifacts[4]!;

    let server: Server;
    let repository: string;
    let cacheDirectory: string;
    let answers: Map<string, Answer>;
    let requests: string[];
    let lines: string[];

    beforeEach(async () => {
        answers = new Map();
        requests = [];
        lines = [];
        cacheDirectory = await mkdtemp(path.join(tmpdir(), "kafka-dr-maven-"));
        server = createServer((request, response) => {
            const file = (request.url ?? "").slice("/maven2/".length);
            requests.push(file);
            const content = contents.get(file);
            if (content) {
                (answers.get(file) ?? serve)(request, response, content);
            } else {
                response.writeHead(404).end();
            }
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        repository = `http://127.0.0.1:${(server.address() as AddressInfo).port}/maven2`;
    });

    afterEach(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        await rm(cacheDirectory, { recursive: true });
    });

    const ensure = (which = lock) =>
        ensureArtifacts(which, {
            cacheDirectory,
            repository,
            onProgress: (line) => lines.push(line),
        });
    const filesInCache = async () =>
        (await readdir(cacheDirectory, { recursive: true, withFileTypes: true }))
            .filter((entry) => entry.isFile())
            .map((entry) => entry.name);

    it("downloads missing files and returns all files in the lock's order", async () => {
        const files = await ensure();
        assert.deepEqual(
            files,
            lock.artifacts.map((artifact) => path.join(cacheDirectory, artifact.path)),
        );
        for (const [index, artifact] of lock.artifacts.entries()) {
            assert.deepEqual(await readFile(files[index]!), contents.get(artifact.path));
        }
        assert.equal((await filesInCache()).length, lock.artifacts.length);
    });

    it("sends no request when the cache is complete", async () => {
        await ensure();
        requests = [];
        lines = [];
        await ensure();
        assert.deepEqual(requests, []);
        assert.deepEqual(lines, []);
    });

    for (const [what, damage] of [
        ["changed", (content: Buffer) => Buffer.from(content).fill(255, 7, 8)],
        ["truncated", (content: Buffer) => content.subarray(1)],
    ] as const) {
        it(`reports a cached file that was ${what} and fetches only that one again`, async () => {
            const files = await ensure();
            await writeFile(files[4]!, damage(contents.get(victim.path)!));
            requests = [];
            lines = [];
            await ensure();
            assert.deepEqual(requests, [victim.path]);
            assert.deepEqual(await readFile(files[4]!), contents.get(victim.path));
            assert.equal(lines.filter((line) => line.includes(files[4]!)).length, 1);
        });
    }

    it("refuses a download with different content, names both digests and keeps nothing", async () => {
        const wrong = Buffer.alloc(victim.size, "x");
        answers.set(victim.path, (_request, response) => response.end(wrong));
        await assert.rejects(ensure(), (error: Error) => {
            const actual = createHash("sha512").update(wrong).digest("hex");
            for (const part of [victim.path, victim.sha512, actual, "MAVEN_REPOSITORY"]) {
                assert.ok(error.message.includes(part), `"${part}" in "${error.message}"`);
            }
            assert.ok(!error.message.includes("\n"));
            return true;
        });
        const names = await filesInCache();
        assert.ok(
            !names.some((name) => name.startsWith(path.basename(victim.path))),
            String(names),
        );
    });

    it("leaves no partial file when the connection breaks, and resumes the next time", async () => {
        answers.set(victim.path, (_request, response, content) => {
            response.writeHead(200, { "content-length": content.length });
            response.write(content.subarray(0, 100), () => response.socket?.destroy());
        });
        await assert.rejects(ensure(), (error: Error) => {
            assert.match(error.message, /^cannot download http:.*lib4-1\.0\.jar: .+/);
            return true;
        });
        const names = await filesInCache();
        assert.ok(!names.some((name) => name.endsWith(".part")), String(names));
        assert.ok(!names.includes(path.basename(victim.path)), String(names));

        answers.clear();
        requests = [];
        await ensure();
        assert.equal(requests.length, lock.artifacts.length - names.length);
        assert.equal((await filesInCache()).length, lock.artifacts.length);
    });

    it("does not mistake the temporary file of a killed download for the artifact", async () => {
        const files = await ensure();
        await rm(files[4]!);
        await writeFile(`${files[4]}.0.part`, contents.get(victim.path)!.subarray(0, 10));
        await ensure();
        assert.deepEqual(await readFile(files[4]!), contents.get(victim.path));
    });

    it("removes temporary files of killed downloads, but not those that may be in use", async () => {
        const files = await ensure();
        await rm(files[4]!);
        const [old, fresh] = ["old", "fresh"].map((id) => `${files[4]}.${id}.part`);
        await writeFile(old!, "");
        await writeFile(fresh!, "");
        const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000);
        await utimes(old!, yesterday, yesterday);
        await ensure();
        const parts = (await filesInCache()).filter((name) => name.endsWith(".part"));
        assert.deepEqual(parts, [path.basename(fresh!)]);
    });

    it("returns complete files to simultaneous calls", async () => {
        // The server delays the first response until the second request, so that the downloads overlap.
        const held: (() => void)[] = [];
        answers.set(victim.path, (_request, response, content) => {
            held.push(() => response.end(content));
            if (held.length === 3)
                held.forEach((release) => {
                    release();
                });
        });
        const results = await Promise.all([ensure(), ensure(), ensure()]);
        assert.deepEqual(results[1], results[0]);
        assert.deepEqual(await readFile(results[2][4]!), contents.get(victim.path));
        assert.equal((await filesInCache()).length, lock.artifacts.length);
    });

    it("downloads several artifacts in parallel, but not all", async () => {
        let open = 0;
        let most = 0;
        const waiting: (() => void)[] = [];
        const answerAll = () => {
            for (const release of waiting.splice(0)) release();
        };
        for (const artifact of lock.artifacts) {
            answers.set(artifact.path, (_request, response, content) => {
                most = Math.max(most, ++open);
                waiting.push(() => {
                    open--;
                    response.end(content);
                });
                // The test's own request after the sixth gives a seventh the time to arrive.
                if (requests.length === 6) void fetch(`${repository}/fence`).then(answerAll);
                if (requests.length > 6) setImmediate(answerAll);
            });
        }
        await ensure();
        assert.equal(most, 6);
    });

    it("reports URL and status when the repository lacks the artifact", async () => {
        const absent = { artifacts: [{ ...victim, path: "org/example/none/1/none-1.jar" }] };
        await assert.rejects(ensure(absent), {
            message:
                /^cannot download http:.*\/none-1\.jar: the repository answered 404 Not Found\./,
        });
    });

    it("reports URL and cause when the repository is unreachable", async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        await assert.rejects(ensure(), {
            message: /^cannot download http:\/\/127\.0\.0\.1.*ECONNREFUSED.*MAVEN_REPOSITORY/,
        });
    });

    it("refuses paths outside the cache", async () => {
        for (const bad of ["../x.jar", "/etc/x", "a/../../x", "a\\..\\x", ""]) {
            const escaping = { artifacts: [{ ...victim, path: bad }] };
            await assert.rejects(ensure(escaping), /not a path inside a Maven repository/);
        }
        assert.deepEqual(requests, []);
    });

    it("sends the user name and password of the URL, and never prints them", async () => {
        const seen: (string | undefined)[] = [];
        answers.set(victim.path, (request, response) => {
            seen.push(request.headers.authorization);
            response.writeHead(403).end();
        });
        const secret = repository.replace("http://", "http://reader:p%40ss@");
        await assert.rejects(
            ensureArtifacts(
                { artifacts: [victim] },
                { cacheDirectory, repository: secret, onProgress: (line) => lines.push(line) },
            ),
            (error: Error) => {
                assert.match(error.message, /403/);
                assert.doesNotMatch(error.message, /reader|p%40ss|p@ss/);
                return true;
            },
        );
        assert.deepEqual(seen, [`Basic ${Buffer.from("reader:p@ss").toString("base64")}`]);
    });
});

describe("Maven settings", () => {
    it("takes the repository from the argument, MAVEN_REPOSITORY, Maven Central", () => {
        const env = { MAVEN_REPOSITORY: "https://maven.example.com/all" };
        assert.equal(repositoryUrl("https://a.example/m2/", env).href, "https://a.example/m2/");
        assert.equal(repositoryUrl(undefined, env).href, "https://maven.example.com/all/");
        assert.equal(
            repositoryUrl(undefined, { MAVEN_REPOSITORY: "" }).href,
            "https://repo.maven.apache.org/maven2/",
        );
    });

    it("refuses a repository without https", () => {
        for (const bad of ["http://maven.example.com/", "ftp://localhost/", "file:///m2/"]) {
            assert.throws(() => repositoryUrl(bad, {}), /https/, bad);
        }
        assert.throws(() => repositoryUrl("maven.example.com", {}), /is not a URL/);
    });

    it("finds the cache by KAFKA_DR_CACHE, an absolute XDG_CACHE_HOME, the home directory", () => {
        const env = { KAFKA_DR_CACHE: "/data/cache", XDG_CACHE_HOME: "/xdg" };
        assert.equal(defaultCacheDirectory(env), "/data/cache/maven");
        assert.equal(defaultCacheDirectory({ XDG_CACHE_HOME: "/xdg" }), "/xdg/kafka-dr/maven");
        for (const xdg of ["", "relative"]) {
            const directory = defaultCacheDirectory({ XDG_CACHE_HOME: xdg });
            assert.match(directory, /\.cache\/kafka-dr\/maven$/);
        }
    });
});

describe("Maven locks", () => {
    for (const name of ["kafka", "jmx-exporter", "crd-generator"]) {
        it(`${name}.lock.json names jars with a SHA-512 and a size, each once`, async () => {
            const file = path.join(__dirname, `../../../lab/artifacts/${name}.lock.json`);
            const { artifacts } = JSON.parse(await readFile(file, "utf8")) as ArtifactLock;
            assert.ok(artifacts.length > 0);
            assert.equal(
                new Set(artifacts.map((artifact) => artifact.path)).size,
                artifacts.length,
            );
            for (const artifact of artifacts) {
                assert.match(artifact.path, /^[\w.-]+(\/[\w.-]+)+\.jar$/);
                assert.match(artifact.sha512, /^[0-9a-f]{128}$/);
                assert.ok(artifact.size > 0);
            }
        });
    }
});
