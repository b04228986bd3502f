import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { kafkaClassPath, KAFKA_VERSION } from "../../lab/artifacts/artifacts";
import type { KafkaConnection } from "../../kafka/connection";
import { KafkaClient } from "../../kafka/kafkaClient";
import { waitForLogEndOffsets } from "../../kafka/logEndOffsets";
import { LabMirrorMaker } from "../../lab/connect/mirrorMaker";
import type { LabContext } from "../../lab/context";
import { startKafkaCluster, type LabKafkaCluster } from "../../lab/kafka/kafkaCluster";
import { secretText, type KafkaUserAcl, type SecretObject } from "../../lab/objects";
import { createClientsCa, createClusterCa } from "../../lab/kafka/certificateAuthorities";
import { heapLimit } from "../../lab/process/jvm";
import { Supervisor } from "../../lab/process/supervisor";
import { secretsFolder } from "../../lab/secretFiles";
import { describeAcls } from "../../lab/users/userRequests";
import { LabUserOperator } from "../../lab/users/userOperator";
import { nodePool, NAMESPACE } from "./support/objects";
import {
    ALL_RIGHTS,
    kafkaUser,
    refusal,
    securedKafka,
    securedMirror,
    tlsRefusal,
    topicRights,
} from "./support/securedClusters";

const FIRST_PASSWORD = "first-Password-of-app-1";
const SECOND_PASSWORD = "second-Password-of-app-2";
const DENIED = /TOPIC_AUTHORIZATION_FAILED/;
const NOT_LOGGED_IN = /PLT_KFK_AUTHENTICATION.*SASL_AUTHENTICATION_FAILED/;
const RECORDS = 3000;

/** All files below a folder except Kafka's indexes: 10 MiB each, sparse, with offsets only. */
function filesIn(folder: string): string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !/\.(time)?index$/.test(entry.name))
        .map((entry) => path.join(entry.parentPath, entry.name));
}

describe("a secured lab", function () {
    let lab: LabContext;
    let src: LabKafkaCluster;
    let tgt: LabKafkaCluster;
    let users: LabUserOperator;
    let targetUsers: LabUserOperator;
    let source: KafkaClient;
    let target: KafkaClient;
    let mirror: LabMirrorMaker;
    /** Texts that must be only in the files of Secrets. */
    const confidential = new Map<string, string>();
    const made = new Map<string, SecretObject>();

    const secrets = (_namespace: string, name: string): SecretObject | undefined =>
        made.get(name) ??
        users.secret(name) ??
        targetUsers.secret(name) ??
        [src, tgt]
            .map(({ caCertSecret }) => caCertSecret)
            .find(({ metadata }) => metadata.name === name);
    const remember = (name: string): void => {
        for (const [key, data] of Object.entries(secrets(NAMESPACE, name)?.data ?? {})) {
            const text = Buffer.from(data, "base64").toString();
            if (key === "password") {
                confidential.set(`password ${text.slice(0, 3)}... of ${name}`, text);
            } else if (key === "user.key") {
                // A line from the middle, which every form of the file contains.
                confidential.set(`key of ${name}`, text.split("\n")[2]!);
            }
        }
    };
    const setAppPassword = (password: string): void => {
        made.set("app-password", {
            metadata: { name: "app-password", namespace: NAMESPACE },
            data: { value: Buffer.from(password).toString("base64") },
        });
    };
    const applyApp = async (acls: KafkaUserAcl[]) => {
        const password = {
            valueFrom: { secretKeyRef: { name: "app-password", key: "value" } },
        };
        const status = await users.apply(
            kafkaUser("src", "app", { type: "scram-sha-512", password }, acls),
        );
        remember("app");
        return status;
    };
    const asApp = (password: string): KafkaConnection =>
        src.connection("scram", { username: "app", password });
    const withClient = async <T>(
        connection: KafkaConnection,
        use: (client: KafkaClient) => Promise<T>,
    ): Promise<T> => {
        const client = new KafkaClient(connection);
        return use(client).finally(() => client.close());
    };
    const mirrored = async (): Promise<void> => {
        const expected = await source.logEndOffsets("orders");
        await waitForLogEndOffsets(target, "orders", expected, {
            timeoutMs: 300_000,
            signal: lab.supervisor.signal,
        });
        assert.deepEqual(await target.digests("orders"), await source.digests("orders"));
    };
    const produce = async (batch: number): Promise<void> =>
        source.produceRecords({ topic: "orders", count: RECORDS, firstIndex: batch * RECORDS });

    before(async () => {
        lab = {
            supervisor: await Supervisor.create(),
            classPath: await kafkaClassPath(),
            shortLived: true,
            heapLimitMegabytes: heapLimit(3072, 4),
        };
        const nodePools = [
            nodePool("src", "controller", ["controller"], { heap: "128m" }),
            nodePool("src", "broker", ["broker"]),
            nodePool("tgt", "combined", ["controller", "broker"]),
        ];
        const start = async (name: string): Promise<LabKafkaCluster> =>
            startKafkaCluster(lab, {
                kafka: securedKafka(name),
                nodePools,
                kafkaVersion: KAFKA_VERSION,
            });
        [src, tgt] = await Promise.all([start("src"), start("tgt")]);
        users = new LabUserOperator(lab, src, secrets);
        targetUsers = new LabUserOperator(lab, tgt, secrets);
        source = new KafkaClient(src.adminConnection());
        target = new KafkaClient(tgt.adminConnection());
        await source.createTopic("orders", { partitions: 3 });
        await source.createTopic("invoices", { partitions: 1 });
        setAppPassword(FIRST_PASSWORD);
    });
    after(async () => {
        try {
            await source.close();
            await target.close();
        } finally {
            await lab.supervisor.stop();
        }
    });

    it("gives a user a password, its rights and Strimzi's status and Secret", async () => {
        const status = await applyApp(topicRights("orders"));
        assert.deepEqual(
            [status.username, status.secret, status.conditions?.[0]?.type],
            ["app", "app", "Ready"],
        );
        assert.equal(secretText(users.secret("app")!, "password"), FIRST_PASSWORD);
        await withClient(asApp(FIRST_PASSWORD), async (client) => {
            await client.produceRecords({ topic: "orders", count: 30 });
            assert.equal((await client.values("orders")).length, 30);
        });
    });

    it("gives a user a certificate", async () => {
        const status = await users.apply(
            kafkaUser("src", "certified", { type: "tls" }, topicRights("orders")),
        );
        remember("certified");
        assert.equal(status.username, "CN=certified");
        const connection = src.connection("certs", users.credentials("certified"));
        await withClient(connection, async (client) => {
            assert.equal((await client.values("orders")).length, 30);
        });
        assert.match((await refusal(connection, "invoices")) ?? "", DENIED);
    });

    it("refuses clients without valid credentials", async () => {
        const [ca, clientsCa] = await Promise.all([createClusterCa("src"), createClientsCa("src")]);
        const foreign = await clientsCa.issue("certified");
        const certified = users.credentials("certified");
        const ofNode = await ca.issue("cluster-operator");
        const strangers: readonly [string, KafkaConnection, RegExp][] = [
            [
                "an anonymous client, at the listener without authentication",
                src.connection("plain"),
                DENIED,
            ],
            [
                "an anonymous client, at the listener for passwords",
                src.connection("scram"),
                /PLT_KFK_NETWORK/,
            ],
            ["a wrong password", asApp(SECOND_PASSWORD), NOT_LOGGED_IN],
            [
                "an unknown user",
                src.connection("scram", { username: "x", password: "y" }),
                NOT_LOGGED_IN,
            ],
        ];
        for (const [who, connection, reason] of strangers) {
            const found = (await refusal(connection, "orders")) ?? "was let in";
            assert.match(found, reason, `${who}: ${found}`);
        }
        const unverified = /alert (certificate unknown|bad certificate|unknown ca)/;
        const certificates: readonly [string, KafkaConnection, RegExp][] = [
            ["no certificate", src.connection("certs"), /certificate required|bad certificate/],
            ["another CA's user", src.connection("certs", foreign), unverified],
            [
                "a user, at the listener between nodes",
                { ...src.adminConnection(), credentials: certified },
                unverified,
            ],
            [
                "another CA's super user",
                { ...src.adminConnection(), credentials: ofNode },
                unverified,
            ],
            [
                "a client that trusts another CA",
                { ...asApp(FIRST_PASSWORD), caCertificates: ca.certificate },
                /self-signed certificate|unable to verify|unable to get|signature failure/,
            ],
        ];
        for (const [who, connection, reason] of certificates) {
            const found = (await tlsRefusal(connection)) ?? "was let in";
            assert.match(found, reason, `${who}: ${found}`);
        }
        assert.match((await refusal(asApp(FIRST_PASSWORD), "invoices")) ?? "", DENIED);
        assert.equal(await refusal(asApp(FIRST_PASSWORD), "orders"), undefined);
    });

    it("replaces a user's rights", async () => {
        await applyApp(topicRights("invoices"));
        assert.match((await refusal(asApp(FIRST_PASSWORD), "orders")) ?? "", DENIED);
        assert.equal(await refusal(asApp(FIRST_PASSWORD), "invoices"), undefined);
    });

    it("changes a user's password", async () => {
        setAppPassword(SECOND_PASSWORD);
        await applyApp(topicRights("invoices"));
        assert.match((await refusal(asApp(FIRST_PASSWORD), "invoices")) ?? "", NOT_LOGGED_IN);
        assert.equal(await refusal(asApp(SECOND_PASSWORD), "invoices"), undefined);
    });

    it("changes the authentication of a user, and removes the ACLs of the old principal", async () => {
        const acls = topicRights("orders");
        await users.apply(kafkaUser("src", "certified", { type: "scram-sha-512" }, acls));
        remember("certified");
        const credentials = users.credentials("certified");
        assert.equal(await refusal(src.connection("scram", credentials), "orders"), undefined);
        assert.deepEqual(await describeAcls(src.adminConnection(), "User:CN=certified"), []);
        assert.equal((await describeAcls(src.adminConnection(), "User:certified")).length, 3);
    });

    it("deletes a user", async () => {
        await users.delete("app");
        assert.match((await refusal(asApp(SECOND_PASSWORD), "invoices")) ?? "", NOT_LOGGED_IN);
        assert.deepEqual(await describeAcls(src.adminConnection(), "User:app"), []);
        assert.equal(users.secret("app"), undefined);
    });

    it("grants everything to a super user of the object", async () => {
        const root = kafkaUser("src", "root", { type: "scram-sha-512" }, []);
        await users.apply(root);
        remember("root");
        assert.equal(
            await refusal(src.connection("scram", users.credentials("root")), "orders"),
            undefined,
        );
    });

    it("mirrors with a password at the source and a certificate at the target", async () => {
        for (const [operator, cluster] of [
            [users, "src"],
            [targetUsers, "tgt"],
        ] as const) {
            const all = (name: string, type: "scram-sha-512" | "tls") =>
                kafkaUser(cluster, `${cluster}-mm-${name}`, { type }, ALL_RIGHTS);
            await operator.apply(all("scram", "scram-sha-512"));
            await operator.apply(all("tls", "tls"));
            remember(`${cluster}-mm-scram`);
            remember(`${cluster}-mm-tls`);
        }
        await produce(0);
        mirror = await LabMirrorMaker.start(lab, {
            mirrorMaker: securedMirror("scram", "tls"),
            services: new Map([...src.services, ...tgt.services]),
            secrets,
        });
        await mirror.waitUntilReplicating();
        await mirrored();
    });

    it("continues to mirror when the two are swapped", async () => {
        await mirror.apply(securedMirror("tls", "scram"));
        await mirror.waitUntilReplicating();
        await produce(1);
        await mirrored();
    });

    it("rolls the worker when the password changes, and continues to mirror", async () => {
        const { pid } = mirror.workers[0]!.process;
        await mirror.apply();
        assert.equal(mirror.workers[0]!.process.pid, pid, "rolled for nothing");
        // A user without a Secret gets a new password.
        await targetUsers.delete("tgt-mm-scram");
        await targetUsers.apply(
            kafkaUser("tgt", "tgt-mm-scram", { type: "scram-sha-512" }, ALL_RIGHTS),
        );
        remember("tgt-mm-scram");
        await mirror.apply();
        assert.notEqual(mirror.workers[0]!.process.pid, pid);
        await mirror.waitUntilReplicating();
        await produce(2);
        await mirrored();
    });

    it("exposes no secret through REST, and stores every secret in a file that only this user can read", async () => {
        // Two passwords of app, one of certified, root, both sides and their change; three keys.
        assert.equal(confidential.size, 10, [...confidential.keys()].join(", "));
        const { url } = mirror.workers[0]!.rest;
        const shown = await (await fetch(`${url}/connectors?expand=info&expand=status`)).text();
        assert.match(shown, /strimzisecrets/);
        const folder = secretsFolder(lab);
        const files = filesIn(lab.supervisor.folder);
        const outside = files.filter((file) => !file.startsWith(folder));
        assert.ok(outside.some((file) => file.endsWith("server.properties")));
        assert.ok(outside.some((file) => file.includes("__mirror-config")));
        const contents = outside.map((file) => readFileSync(file));
        for (const [what, text] of confidential) {
            assert.ok(!shown.includes(text), `${what} is in an answer of Connect`);
            const at = outside.filter((_file, index) => contents[index]!.includes(text));
            assert.deepEqual(at, [], what);
        }
        assert.ok(contents.every((content) => !content.includes("PRIVATE KEY")));
        const inside = files.filter((file) => file.startsWith(folder));
        assert.ok(inside.some((file) => file.endsWith("tgt-mm-scram/password")));
        for (const file of inside) {
            assert.equal(statSync(file).mode & 0o777, 0o600, file);
        }
    });
});
