import assert from "node:assert/strict";
import { stateChange } from "../../lab/connect/applyConnectors";
import { resolveBootstrapServers, workerProperties } from "../../lab/connect/workerProperties";
import { connectorConfigs } from "../../lab/connect/connectorConfigs";
import type { ConnectorStatus } from "../../kafka/connectRest";
import {
    autoRestartDelayMs,
    failures,
    mirrorMakerStatus,
    notReplicating,
} from "../../lab/connect/mirrorMakerStatus";
import { trustStores } from "../../lab/connect/trustStores";
import { mirrorMakerObject } from "./support/objects";

const environment = {
    services: new Map([
        ["src-kafka-bootstrap.kafka.svc:9093", "127.0.0.1:1001"],
        ["tgt-kafka-bootstrap.kafka.svc:9093", "127.0.0.1:2001,127.0.0.1:2002"],
    ]),
    secretsFolder: "/lab/secrets",
};
const trustStore = "${strimzisecrets:/lab/secrets/kafka/mirror-connect-tls-trusted-certs:";

describe("connector configurations", () => {
    it("are those that Strimzi generates", () => {
        const [source, checkpoint, ...more] = connectorConfigs(mirrorMakerObject(), environment);
        assert.deepEqual(more, []);
        assert.equal(source?.name, "src->tgt.MirrorSourceConnector");
        assert.equal(checkpoint?.name, "src->tgt.MirrorCheckpointConnector");
        assert.deepEqual(source.config, {
            name: "src->tgt.MirrorSourceConnector",
            "connector.class": "org.apache.kafka.connect.mirror.MirrorSourceConnector",
            "tasks.max": "2",
            topics: ".*",
            groups: ".*",
            "source.cluster.alias": "src",
            "source.cluster.bootstrap.servers": "127.0.0.1:1001",
            "source.cluster.security.protocol": "SSL",
            "source.cluster.ssl.truststore.type": "PEM",
            "source.cluster.ssl.truststore.certificates": `${trustStore}src-ca.crt}`,
            "target.cluster.alias": "tgt",
            "target.cluster.bootstrap.servers": "127.0.0.1:2001,127.0.0.1:2002",
            "target.cluster.security.protocol": "SSL",
            "target.cluster.ssl.truststore.type": "PEM",
            "target.cluster.ssl.truststore.certificates": `${trustStore}tgt-ca.crt}`,
            "target.cluster.config.storage.replication.factor": "-1",
            "target.cluster.offset.storage.replication.factor": "-1",
            "target.cluster.scheduled.rebalance.max.delay.ms": "0",
            "target.cluster.status.storage.replication.factor": "-1",
            "replication.policy.class": "org.apache.kafka.connect.mirror.IdentityReplicationPolicy",
            "offset-syncs.topic.location": "target",
            "replication.factor": "-1",
            "offset-syncs.topic.replication.factor": "-1",
            "checkpoints.topic.replication.factor": "-1",
            "refresh.topics.interval.seconds": "2",
            "sync.topic.acls.enabled": "false",
            "sync.topic.configs.enabled": "true",
            "producer.override.batch.size": "327680",
        });
        assert.equal(checkpoint.config["tasks.max"], undefined);
    });

    it("exist only for declared connectors", () => {
        const mm2 = mirrorMakerObject();
        delete mm2.spec.mirrors[0]!.checkpointConnector;
        assert.deepEqual(
            connectorConfigs(mm2, environment).map(({ name }) => name),
            ["src->tgt.MirrorSourceConnector"],
        );
    });

    it("prefer the mirror's patterns to the same keys of the configuration", () => {
        const mm2 = mirrorMakerObject();
        const mirror = mm2.spec.mirrors[0]!;
        mirror.topicsPattern = "a.*";
        mirror.topicsExcludePattern = "b.*";
        mirror.groupsExcludePattern = "c.*";
        mirror.sourceConnector!.config = { topics: "x", "topics.exclude": "y", groups: "z" };
        const { config } = connectorConfigs(mm2, environment)[0]!;
        assert.equal(config.topics, "a.*");
        assert.equal(config["topics.exclude"], "b.*");
        assert.equal(config["groups.exclude"], "c.*");
        assert.equal(config.groups, ".*");
    });

    it("drop the keys that Strimzi sets itself, and take its version", () => {
        const mm2 = mirrorMakerObject();
        mm2.spec.mirrors[0]!.sourceConnector = {
            version: "4.3.1",
            state: "stopped",
            config: { name: "x", "connector.class": "y", "tasks.max": 9 },
        };
        const [source] = connectorConfigs(mm2, environment);
        assert.equal(source!.config.name, "src->tgt.MirrorSourceConnector");
        assert.match(source!.config["connector.class"]!, /MirrorSourceConnector$/);
        assert.equal(source!.config["tasks.max"], undefined);
        assert.equal(source!.config["connector.plugin.version"], "4.3.1");
        assert.equal(source!.state, "stopped");
    });

    it("use plaintext without tls", () => {
        const mm2 = mirrorMakerObject();
        delete mm2.spec.mirrors[0]!.source.tls;
        const { config } = connectorConfigs(mm2, environment)[0]!;
        assert.equal(config["source.cluster.security.protocol"], "PLAINTEXT");
        assert.equal(config["source.cluster.ssl.truststore.type"], undefined);
    });
});

describe("worker properties", () => {
    it("are those that Strimzi generates from spec.target, on a loopback port", () => {
        const properties = workerProperties(mirrorMakerObject(), environment, 8083);
        assert.equal(properties["group.id"], "__mirror");
        assert.equal(properties["config.storage.topic"], "__mirror-config");
        assert.equal(properties["offset.storage.topic"], "__mirror-offset");
        assert.equal(properties["status.storage.topic"], "__mirror-status");
        assert.equal(properties["config.storage.replication.factor"], "-1");
        assert.equal(properties.listeners, "http://127.0.0.1:8083");
        assert.equal(properties["rest.advertised.port"], "8083");
        for (const kind of ["key", "value", "header"]) {
            assert.match(properties[`${kind}.converter`]!, /ByteArrayConverter$/);
        }
        for (const prefix of ["", "producer.", "consumer.", "admin."]) {
            assert.equal(properties[`${prefix}security.protocol`], "SSL");
            assert.equal(
                properties[`${prefix}ssl.truststore.certificates`],
                `${trustStore}ca.crt}`,
            );
        }
    });

    it("drop what Strimzi refuses in spec.target.config and keep the rest", () => {
        const mm2 = mirrorMakerObject();
        mm2.spec.target.config = {
            "group.id": "other",
            "rest.port": 1,
            "ssl.truststore.location": "/x",
            "ssl.cipher.suites": "a",
            "offset.flush.interval.ms": 5000,
            "key.converter": "org.example.Converter",
            "config.providers": "mine",
        };
        const properties = workerProperties(mm2, environment, 8083);
        assert.equal(properties["group.id"], "__mirror");
        assert.equal(properties["rest.port"], undefined);
        assert.equal(properties["ssl.truststore.location"], undefined);
        assert.equal(properties["ssl.cipher.suites"], "a");
        assert.equal(properties["offset.flush.interval.ms"], "5000");
        assert.equal(properties["key.converter"], "org.example.Converter");
        assert.match(properties["config.providers"]!, /^mine,strimzienv,/);
    });
});

describe("bootstrap servers", () => {
    it("are looked up by service name; loopback addresses stay", () => {
        const resolve = (servers: string) => resolveBootstrapServers(servers, environment.services);
        assert.equal(resolve("src-kafka-bootstrap.kafka.svc:9093"), "127.0.0.1:1001");
        assert.equal(
            resolve("src-kafka-bootstrap.kafka.svc.cluster.local:9093, 127.0.0.1:5"),
            "127.0.0.1:1001,127.0.0.1:5",
        );
        assert.throws(
            () => resolve("src-kafka-bootstrap.other.svc:9093"),
            /no cluster of this lab has the bootstrap server src-kafka-bootstrap\.other\.svc:9093; known: src-kafka/,
        );
    });
});

describe("trust stores", () => {
    const secret = (name: string, data: Record<string, string>) => ({
        metadata: { name, namespace: "kafka" },
        data: Object.fromEntries(
            Object.entries(data).map(([key, pem]) => [key, Buffer.from(pem).toString("base64")]),
        ),
    });
    const secrets = [
        secret("src-cluster-ca-cert", { "ca.crt": "NEW\n", "ca-old.crt": "OLD\n", "ca.p12": "X" }),
        secret("tgt-cluster-ca-cert", { "ca.crt": "TARGET\n" }),
    ];
    const lookup = (namespace: string, name: string) =>
        secrets.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);

    it("contain exactly the keys that match the pattern", () => {
        assert.deepEqual(trustStores(mirrorMakerObject(), lookup), {
            "ca.crt": "TARGET\n",
            "tgt-ca.crt": "TARGET\n",
            "src-ca.crt": "OLD\nNEW\n",
        });
    });

    it("contain one key when the object names one", () => {
        const mm2 = mirrorMakerObject();
        mm2.spec.mirrors[0]!.source.tls = {
            trustedCertificates: [{ secretName: "src-cluster-ca-cert", certificate: "ca.crt" }],
        };
        assert.equal(trustStores(mm2, lookup)["src-ca.crt"], "NEW\n");
    });

    it("report a missing Secret and a missing key", () => {
        const mm2 = mirrorMakerObject({ sourceSecret: "gone" });
        assert.throws(() => trustStores(mm2, lookup), /the Secret kafka\/gone does not exist/);
        mm2.spec.mirrors[0]!.source.tls = {
            trustedCertificates: [{ secretName: "src-cluster-ca-cert", certificate: "x.crt" }],
        };
        assert.throws(() => trustStores(mm2, lookup), /src-cluster-ca-cert has no key x\.crt/);
    });
});

describe("MirrorMaker 2 status", () => {
    const source = (state: string, tasks: string[]): ConnectorStatus =>
        ({
            name: "src->tgt.MirrorSourceConnector",
            type: "source",
            connector: { state, worker_id: "w", trace: "connector trace" },
            tasks: tasks.map((task, id) => ({ id, state: task, worker_id: "w", trace: "why" })),
        }) as ConnectorStatus;
    const observed = {
        url: "http://127.0.0.1:1",
        connectors: [source("RUNNING", ["RUNNING"])],
        autoRestarts: [],
        now: new Date(0),
    };

    it("has url and connectors with replicas, neither without", () => {
        const running = mirrorMakerStatus(mirrorMakerObject(), observed);
        assert.equal(running.url, "http://127.0.0.1:1");
        assert.equal(running.connectors?.length, 1);
        assert.equal(
            running.labelSelector,
            "strimzi.io/cluster=mirror,strimzi.io/name=mirror-mirrormaker2,strimzi.io/kind=KafkaMirrorMaker2",
        );
        const scaledDown = mirrorMakerStatus(mirrorMakerObject({ replicas: 0 }), observed);
        assert.equal("url" in scaledDown, false);
        assert.equal("connectors" in scaledDown, false);
        assert.equal(scaledDown.conditions?.[0]?.type, "Ready");
    });

    it("is Ready with a failed task but not with a failed connector, like Strimzi's", () => {
        const condition = (status: ConnectorStatus) =>
            mirrorMakerStatus(mirrorMakerObject(), { ...observed, connectors: [status] })
                .conditions?.[0]?.type;
        assert.equal(condition(source("RUNNING", ["FAILED"])), "Ready");
        assert.equal(condition(source("FAILED", [])), "NotReady");
    });

    it("lists the reasons why it does not replicate", () => {
        const desired = [{ name: "src->tgt.MirrorSourceConnector", state: "running" }];
        const problems = (status: ConnectorStatus, tasksExpected?: boolean) =>
            notReplicating(desired, [status], tasksExpected).join();
        assert.equal(problems(source("RUNNING", ["RUNNING"])), "");
        assert.match(problems(source("RUNNING", [])), /has no tasks/);
        assert.equal(problems(source("RUNNING", []), false), "");
        assert.match(problems(source("PAUSED", [])), /is PAUSED/);
        assert.match(
            problems(source("RUNNING", ["RUNNING", "UNASSIGNED"])),
            /task 1 .* UNASSIGNED/,
        );
        assert.match(notReplicating(desired, []).join(), /does not exist/);
        assert.deepEqual(failures([source("RUNNING", ["FAILED"])]), [
            "task 0 of src->tgt.MirrorSourceConnector: why",
        ]);
    });
});

describe("connector state", () => {
    for (const [current, desired, action] of [
        ["RUNNING", "running", undefined],
        ["RUNNING", "paused", "pause"],
        ["RUNNING", "stopped", "stop"],
        ["PAUSED", "running", "resume"],
        ["STOPPED", "running", "resume"],
        ["STOPPED", "paused", "pause"],
        ["FAILED", "stopped", "stop"],
        ["UNASSIGNED", "running", "resume"],
    ] as const) {
        it(`${current} becomes ${desired} by ${action ?? "nothing"}`, () => {
            assert.equal(stateChange(current, desired), action);
        });
    }

    it("restarts after Strimzi's back-off", () => {
        const minutes = Array.from({ length: 10 }, (_unused, n) => autoRestartDelayMs(n) / 60_000);
        assert.deepEqual(minutes, [0, 2, 6, 12, 20, 30, 42, 56, 60, 60]);
    });
});
