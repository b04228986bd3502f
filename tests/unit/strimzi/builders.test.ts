import assert from "node:assert/strict";
import { caCertificates } from "../../../strimzi/builders/caCertificates";
import { kafka } from "../../../strimzi/builders/kafka";
import { kafkaMirrorMaker2 } from "../../../strimzi/builders/mirrorMaker2";
import {
    caCopySecretName,
    clusterCaSecretName,
    connectorNames,
    checkpointsTopic,
    connectStorage,
    offsetSyncsTopic,
    kafkaTopicResourceName,
    statusUrl,
} from "../../../strimzi/builders/names";
import { kafkaNodePools } from "../../../strimzi/builders/nodePool";
import { kafkaTopic } from "../../../strimzi/builders/topic";
import certificates from "../../support/caCertificates.json";
import type { Change } from "../../support/rawSettings";
import { managed, settingsOf, withoutUsers } from "./support";

describe("names", () => {
    const { source, target, mirror } = settingsOf("dev");

    it("are those of the tutorial's cluster", () => {
        assert.deepEqual(connectorNames({ source, target, mirror }), {
            source: "my-cluster->my-cluster-tgt.MirrorSourceConnector",
            checkpoint: "my-cluster->my-cluster-tgt.MirrorCheckpointConnector",
        });
        assert.equal(
            statusUrl("my-mm2-cluster", "test"),
            "http://my-mm2-cluster-mirrormaker2-api.test.svc:8083",
        );
    });

    it("follow the aliases of the sites", () => {
        const { source: aliased } = settingsOf("dev", ["source/alias", "primary"]);
        assert.match(
            connectorNames({ source: aliased, target, mirror }).source,
            /^primary->my-cluster-tgt\./,
        );
    });

    it("contain the epoch wherever offsets are stored, from the second epoch on", () => {
        const settings = settingsOf("dev", ["mirror/epoch", 2]);
        assert.equal(
            connectorNames(settings).source,
            "my-cluster-2->my-cluster-tgt.MirrorSourceConnector",
        );
        assert.deepEqual(Object.values(connectStorage(settings.mirror)), [
            "__my-mm2-cluster-2",
            "__my-mm2-cluster-2-config",
            "__my-mm2-cluster-2-offset",
            "__my-mm2-cluster-2-status",
        ]);
        assert.equal(offsetSyncsTopic(settings), "mm2-offset-syncs.my-cluster-2.internal");
        assert.equal(checkpointsTopic(settings), "my-cluster-2.checkpoints.internal");
    });

    it("distinguish the copy of the CA from every Secret of Strimzi", () => {
        assert.notEqual(caCopySecretName("a"), clusterCaSecretName("a"));
        assert(!caCopySecretName("a").endsWith("-ca-cert"));
    });

    it("match all internal topics of MM2 with the default excludes", () => {
        for (const name of Object.values(connectStorage({ name: "mm2", epoch: 1 }))) {
            assert.match(name, /^__/);
        }
    });

    const topics: readonly [topic: string, resource: RegExp][] = [
        ["my-topic", /^my-topic$/],
        ["orders.v1", /^orders\.v1$/],
        ["Orders_EU", /^orders-eu-[0-9a-f]{8}$/],
        ["__internal", /^internal-[0-9a-f]{8}$/],
        ["_", /^[0-9a-f]{8}$/],
        ["a..b", /^a-b-[0-9a-f]{8}$/],
    ];
    for (const [topic, resource] of topics) {
        it(`derive a Kubernetes name from the topic ${topic}`, () => {
            assert.match(kafkaTopicResourceName(topic), resource);
        });
    }

    it("never give two topics one KafkaTopic", () => {
        assert.notEqual(kafkaTopicResourceName("Orders"), kafkaTopicResourceName("ORDERS"));
    });
});

describe("kafka", () => {
    it("derives defaults from the number of brokers, and prefers the settings' own values", () => {
        const one = kafka(managed("dev", "source"), {
            keepCertificateAuthorities: false,
            images: {},
        });
        assert.equal(one.spec.kafka.config?.["offsets.topic.replication.factor"], 1);
        assert.equal(one.spec.kafka.config["min.insync.replicas"], 1);

        const three = managed("prod", "source", ["source/config", { "min.insync.replicas": 1 }]);
        const { config } = kafka(three, { keepCertificateAuthorities: false, images: {} }).spec
            .kafka;
        assert.equal(config?.["default.replication.factor"], 3);
        assert.equal(config["transaction.state.log.min.isr"], 2);
        assert.equal(config["min.insync.replicas"], 1);
    });

    it("keeps the CAs' Secrets when the cluster is retained", () => {
        const site = managed("prod", "source");
        const { clusterCa, clientsCa } = kafka(site, {
            keepCertificateAuthorities: true,
            images: {},
        }).spec;
        assert.equal(clusterCa?.generateSecretOwnerReference, false);
        assert.equal(clientsCa?.generateSecretOwnerReference, false);
        assert.equal(
            kafka(site, { keepCertificateAuthorities: false, images: {} }).spec.clusterCa,
            undefined,
        );
    });

    it("has an entity operator with exactly the parts in the settings", () => {
        const operatorOf = (...changes: Change[]) =>
            kafka(managed("dev", "target", ...changes), {
                keepCertificateAuthorities: false,
                images: {},
            }).spec.entityOperator;
        const parts = (...changes: Change[]) => {
            const { template, ...operators } = operatorOf(...changes) ?? {};
            return [Object.keys(operators).sort(), Object.keys(template ?? {}).sort()];
        };
        assert.deepEqual(parts(), [
            ["topicOperator", "userOperator"],
            ["topicOperatorContainer", "userOperatorContainer"],
        ]);
        assert.deepEqual(
            parts(["target/entityOperator", { userOperator: false }], ...withoutUsers),
            [["topicOperator"], ["topicOperatorContainer"]],
        );
        const none = { topicOperator: false, userOperator: false };
        assert.equal(operatorOf(["target/entityOperator", none], ...withoutUsers), undefined);
    });
});

describe("kafkaNodePools", () => {
    it("are the tutorial's at prod's source: controllers from id 0, brokers from id 10", () => {
        const pools = kafkaNodePools(managed("prod", "source"));
        assert.deepEqual(
            pools.map(({ metadata, spec }) => [
                metadata.name,
                spec.replicas,
                spec.roles,
                metadata.annotations?.["strimzi.io/next-node-ids"],
            ]),
            [
                ["controller", 3, ["controller"], "[0-9]"],
                ["broker", 3, ["broker"], "[10-100]"],
            ],
        );
    });

    it("keep persistent volumes when a pool is deleted, in an extensible JBOD", () => {
        const [pool] = kafkaNodePools(managed("prod", "target"));
        assert.deepEqual(pool?.spec.storage, {
            type: "jbod",
            volumes: [
                {
                    id: 0,
                    type: "persistent-claim",
                    size: "100Gi",
                    deleteClaim: false,
                    kraftMetadata: "shared",
                },
            ],
        });
    });
});

describe("kafkaTopic", () => {
    it("names the topic in its spec only if the name is invalid in Kubernetes", () => {
        const site = managed("dev", "source");
        const named = (name: string) => kafkaTopic(site, { name, partitions: 3, config: {} });
        assert.equal(named("my-topic").spec.topicName, undefined);
        assert.equal(named("Orders_EU").spec.topicName, "Orders_EU");
    });
});

describe("kafkaMirrorMaker2", () => {
    const settings = settingsOf("prod");
    const connections = {
        source: { bootstrapServers: "s:9094", tls: true, caSecretName: "source-ca" },
        target: { bootstrapServers: "t:9093", tls: false },
    };
    const { spec } = kafkaMirrorMaker2(settings, connections) as unknown as {
        spec: {
            target: Record<string, unknown>;
            mirrors: [{ source: Record<string, unknown>; sourceConnector: { config: object } }];
        };
    };

    it("has the tutorial's override under the prefix of the mirrored records' producer", () => {
        const { config } = spec.mirrors[0].sourceConnector;
        assert.equal(Reflect.get(config, "producer.override.batch.size"), 327680);
    });

    it("trusts every certificate of the CA's Secret, and nothing over a plain listener", () => {
        assert.deepEqual(spec.mirrors[0].source.tls, {
            trustedCertificates: [{ secretName: "source-ca", pattern: "*.crt" }],
        });
        assert.equal(spec.target.tls, undefined);
    });

    it("prefers the settings' worker configuration to its defaults", () => {
        const changes: Change = ["mirror/workerConfig", { "offset.flush.interval.ms": 1000 }];
        const built = kafkaMirrorMaker2(settingsOf("prod", changes), connections);
        const { target } = built.spec as unknown as { target: { config: object } };
        assert.equal(Reflect.get(target.config, "offset.flush.interval.ms"), 1000);
        assert.equal(Reflect.get(target.config, "config.storage.replication.factor"), -1);
    });
});

describe("caCertificates", () => {
    const { current, previous } = certificates;
    const secret = {
        "ca.crt": current,
        "ca-2026-01-01T00-00-00Z.crt": previous,
        "ca.p12": "cDEy",
        "ca.password": "cHc=",
        "ca.key": "a2V5",
    };

    it("reads every certificate and nothing else", () => {
        assert.deepEqual(caCertificates(secret, "ns/a").data, {
            "ca.crt": current,
            "ca-2026-01-01T00-00-00Z.crt": previous,
        });
    });

    it("reads the expiry of the current certificate", () => {
        const { expires } = caCertificates(secret, "ns/a");
        assert.equal(expires, "2027-11-23T20:33:48.000Z");
    });

    it("has another hash for other certificates, whatever their order", () => {
        const hashOf = (data: Record<string, string>) => caCertificates(data, "ns/a").hash;
        const { "ca.crt": first, ...others } = secret;
        assert.equal(hashOf({ ...others, "ca.crt": first }), hashOf(secret));
        assert.notEqual(hashOf({ "ca.crt": current }), hashOf(secret));
    });

    const incomplete: readonly (Record<string, string> | undefined)[] = [
        undefined,
        {},
        { "ca.crt": "" },
        { "ca-old.crt": previous },
    ];
    for (const data of incomplete) {
        it(`refuses ${data === undefined ? "no data" : JSON.stringify(data).slice(0, 30)}: an empty copy would end the mirror silently`, () => {
            assert.throws(() => caCertificates(data, "kafka/a-cluster-ca-cert"), {
                message: /The Secret kafka\/a-cluster-ca-cert has no "ca\.crt"/,
            });
        });
    }

    it("refuses text that is not a certificate", () => {
        assert.throws(() => caCertificates({ "ca.crt": "bm9uZQ==" }, "ns/a"), {
            message: /"ca\.crt" of the Secret ns\/a is no PEM certificate/,
        });
    });
});
