import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import * as path from "node:path";
import * as tls from "node:tls";
import {
    heapLimit,
    heapMegabytes,
    javaMegabytes,
    flagOptions,
    jvmArguments,
} from "../../lab/process/jvm";
import { freePorts } from "../../lab/process/ports";
import { waitFor } from "../../lab/process/wait";
import { clusterCaCertSecret, createClusterCa } from "../../lab/kafka/certificateAuthorities";
import { configEntries, formatProperties } from "../../kafka/properties";

describe("Java properties", () => {
    it("escape characters with a meaning in the format", () => {
        assert.equal(
            formatProperties({ a: "x\\y\nz", "b c": " lead=ing", "k:=": "#no" }),
            "a=x\\\\y\\nz\nb\\ c=\\ lead=ing\nk\\:\\==\\#no\n",
        );
    });

    it("accept only strings, numbers and booleans", () => {
        assert.deepEqual(configEntries({ a: 1, b: true, c: "x", d: null }), {
            a: "1",
            b: "true",
            c: "x",
        });
        assert.throws(() => configEntries({ a: {} }), /the value of a must be/);
    });
});

describe("memory", () => {
    it("reads Java sizes", () => {
        assert.equal(javaMegabytes("512m"), 512);
        assert.equal(javaMegabytes("2G"), 2048);
        assert.equal(javaMegabytes("1048576"), 1);
        assert.equal(javaMegabytes("12 MB"), undefined);
        assert.equal(javaMegabytes(undefined), undefined);
    });

    it("limits the heap of each JVM so that all fit the budget", () => {
        const limit = heapLimit(4096, 4);
        assert.equal(limit, 804);
        assert.equal(heapMegabytes({ "-Xmx": "4g" }, limit), limit);
        assert.equal(heapMegabytes({ "-Xmx": "256m" }, limit), 256);
        assert.equal(heapMegabytes(undefined, limit), 384);
        assert.throws(() => heapLimit(1024, 4), /4 JVMs need at least 1264 MiB/);
    });

    it("reaches the command line of the JVM", () => {
        const args = jvmArguments({
            name: "n",
            mainClass: "a.B",
            args: ["x"],
            classPath: ["/1.jar", "/2.jar"],
            heapMegabytes: 100,
            folder: "/lab",
        });
        assert.ok(args.includes("-Xmx100m"));
        assert.ok(args.includes("-Djava.io.tmpdir=/lab"));
        assert.ok(args.includes("-XX:+UseSerialGC"));
        assert.deepEqual(args.slice(-4), ["-cp", "/1.jar:/2.jar", "a.B", "x"]);
    });

    it("has one garbage collector: that of the object's flags, otherwise the lab's", () => {
        const collectors = (options: Partial<Parameters<typeof jvmArguments>[0]>) =>
            jvmArguments({
                name: "n",
                mainClass: "a.B",
                args: [],
                classPath: [],
                heapMegabytes: 100,
                folder: "/lab",
                ...options,
            }).filter((argument) => argument.startsWith("-XX:+Use"));
        assert.deepEqual(collectors({ garbageCollector: "G1" }), ["-XX:+UseG1GC"]);
        const flags = { UseParallelGC: "true", UseG1GC: "false" };
        assert.deepEqual(collectors({ garbageCollector: "G1", vmOptions: flagOptions(flags) }), [
            "-XX:+UseParallelGC",
        ]);
    });

    it("writes flags as Strimzi does", () => {
        assert.deepEqual(flagOptions({ MaxGCPauseMillis: "20", UseG1GC: "True", B: "false" }), [
            "-XX:-B",
            "-XX:MaxGCPauseMillis=20",
            "-XX:+UseG1GC",
        ]);
        assert.deepEqual(flagOptions(), []);
    });
});

describe("free ports", () => {
    it("are distinct, free and outside the range of outgoing connections", async () => {
        const ports = await freePorts(50);
        const ephemeral = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8");
        assert.equal(new Set(ports).size, 50);
        assert.ok(Math.max(...ports) < Number.parseInt(ephemeral, 10));
        const server = createServer().listen(ports[0], "127.0.0.1");
        await once(server, "listening");
        assert.equal((server.address() as AddressInfo).port, ports[0]);
        server.close();
    });

    it("differ from those of every other lab that runs, bound or not", async () => {
        const range = { start: 12_000, end: 12_200 };
        const taker = path.join(__dirname, "support", "portTaker.ts");
        const child = spawn(
            process.execPath,
            ["-r", "tsx/cjs", taker, ...[60, range.start, range.end].map(String)],
            { stdio: ["pipe", "pipe", "inherit"] },
        );
        try {
            const [line] = (await once(child.stdout, "data")) as [Buffer];
            const theirs = JSON.parse(line.toString()) as number[];
            const ours = await freePorts(60, range);
            assert.equal(new Set([...theirs, ...ours]).size, 120);
        } finally {
            child.kill("SIGKILL");
        }
    });
});

describe("waiting", () => {
    it("returns the first value, and reports the last error after the timeout", async () => {
        let looks = 0;
        const third = await waitFor(
            "third look",
            () => Promise.resolve(++looks < 3 ? undefined : looks),
            { timeoutMs: 5000, intervalMs: 1 },
        );
        assert.equal(third, 3);
        await assert.rejects(
            waitFor("never", () => Promise.reject(new Error("refused")), {
                timeoutMs: 5,
                intervalMs: 1,
            }),
            /timed out after 0.005 s waiting until never: refused/,
        );
    });

    it("ends immediately when it is aborted", async () => {
        const controller = new AbortController();
        const waiting = waitFor("never", () => Promise.resolve(undefined), {
            timeoutMs: 60_000,
            intervalMs: 60_000,
            signal: controller.signal,
        });
        controller.abort(new Error("crash"));
        await assert.rejects(waiting, /^Error: crash$/);
    });
});

describe("cluster CA", () => {
    it("issues certificates that a TLS client with the CA accepts, and no other", async () => {
        const [ca, foreign] = await Promise.all([createClusterCa("c"), createClusterCa("d")]);
        const { key, certificate } = await ca.issue("c-broker-0", ["c-kafka-bootstrap.k.svc"]);
        const server = tls.createServer({ key, cert: certificate }).listen(0, "127.0.0.1");
        server.on("tlsClientError", () => undefined);
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        const connect = async (trusted: string, servername?: string): Promise<boolean> => {
            const options = { port, host: "127.0.0.1", ca: trusted, servername };
            const socket = tls.connect(options);
            try {
                await once(socket, "secureConnect");
                return socket.authorized;
            } finally {
                socket.destroy();
            }
        };
        try {
            assert.equal(await connect(ca.certificate), true);
            assert.equal(await connect(ca.certificate, "localhost"), true);
            assert.equal(await connect(ca.certificate, "c-kafka-bootstrap.k.svc"), true);
            await assert.rejects(connect(ca.certificate, "other.svc"), /does not match/);
            await assert.rejects(connect(foreign.certificate), /unable to verify|self-signed/);
        } finally {
            server.close();
        }
    });

    it("is published in the form of Strimzi's Secret", async () => {
        const ca = await createClusterCa("c");
        const secret = clusterCaCertSecret("k", "c", ca.certificate);
        assert.equal(secret.metadata.name, "c-cluster-ca-cert");
        assert.equal(secret.metadata.annotations?.["strimzi.io/ca-cert-generation"], "0");
        assert.deepEqual(Object.keys(secret.data), ["ca.crt"]);
        const pem = Buffer.from(secret.data["ca.crt"]!, "base64").toString();
        assert.equal(new X509Certificate(pem).ca, true);
    });
});
