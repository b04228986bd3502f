import assert from "node:assert/strict";
import {
    authorizationProperties,
    internalListenerSecurity,
    listenerSecurity,
    unsupportedSecurity,
} from "../../lab/kafka/listenerSecurity";
import { nodeProperties } from "../../lab/kafka/nodeConfiguration";
import { assignNodes } from "../../lab/kafka/nodes";
import type { KafkaListener } from "../../lab/objects";
import { kafkaObject, nodePool } from "./support/objects";

const secrets = { certificate: "CERT", key: "KEY", clusterCa: "CLUSTER", clientsCa: "CLIENTS" };
const keyStore = {
    "listener.name.l-1.ssl.keystore.certificate.chain": "CERT",
    "listener.name.l-1.ssl.keystore.key": "KEY",
    "listener.name.l-1.ssl.keystore.type": "PEM",
};
const trust = (ca: string) => ({
    "listener.name.l-1.ssl.truststore.certificates": ca,
    "listener.name.l-1.ssl.truststore.type": "PEM",
    "listener.name.l-1.ssl.client.auth": "required",
});
const scram = {
    "listener.name.l-1.scram-sha-512.sasl.jaas.config":
        "org.apache.kafka.common.security.scram.ScramLoginModule required ;",
    "listener.name.l-1.sasl.enabled.mechanisms": "SCRAM-SHA-512",
};

describe("the security of a listener", () => {
    const cases: readonly [
        KafkaListener["authentication"],
        boolean,
        string,
        Record<string, string>,
    ][] = [
        [undefined, false, "PLAINTEXT", {}],
        [undefined, true, "SSL", keyStore],
        [{ type: "scram-sha-512" }, false, "SASL_PLAINTEXT", scram],
        [{ type: "scram-sha-512" }, true, "SASL_SSL", { ...scram, ...keyStore }],
        [{ type: "tls" }, true, "SSL", { ...keyStore, ...trust("CLIENTS") }],
    ];
    for (const [authentication, tls, protocol, properties] of cases) {
        it(`${authentication?.type ?? "no authentication"}, tls ${tls}: ${protocol}`, () => {
            const listener: KafkaListener = {
                name: "l",
                port: 1,
                type: "internal",
                tls,
                ...(authentication && { authentication }),
            };
            assert.deepEqual(listenerSecurity("L-1", listener, secrets), { protocol, properties });
        });
    }

    it("is mutual TLS with the cluster CA between nodes", () => {
        assert.deepEqual(internalListenerSecurity("L-1", secrets), {
            protocol: "SSL",
            properties: { ...keyStore, ...trust("CLUSTER") },
        });
    });

    it("is refused where the lab or Kafka does not support it", () => {
        const object = kafkaObject("c");
        const [plain, tls] = object.spec.kafka.listeners;
        plain!.authentication = { type: "tls" };
        tls!.authentication = { type: "custom" };
        object.spec.kafka.authorization = { type: "custom" };
        assert.deepEqual(unsupportedSecurity(object), [
            "listener plain: authentication tls without tls: true",
            "listener tls: authentication custom (use tls or scram-sha-512)",
            "authorization custom (use simple)",
        ]);
        plain!.authentication = { type: "scram-sha-512" };
        tls!.authentication = { type: "tls" };
        object.spec.kafka.authorization = { type: "simple" };
        assert.deepEqual(unsupportedSecurity(object), []);
    });
});

describe("authorization", () => {
    it("has Strimzi's super users and then those of the object", () => {
        const object = kafkaObject("c");
        assert.deepEqual(authorizationProperties(object), {});
        object.spec.kafka.authorization = { type: "simple", superUsers: ["root", "CN=admin"] };
        assert.deepEqual(authorizationProperties(object), {
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users":
                "User:CN=c-kafka,O=io.strimzi;User:CN=c-entity-topic-operator,O=io.strimzi;" +
                "User:CN=c-entity-user-operator,O=io.strimzi;User:CN=c-kafka-exporter,O=io.strimzi;" +
                "User:CN=c-cruise-control,O=io.strimzi;User:CN=cluster-operator,O=io.strimzi;" +
                "User:root;User:CN=admin",
        });
    });

    it("applies to controllers and brokers, with secrets as references", () => {
        const kafka = kafkaObject("c", { "config.providers": "mine" });
        kafka.spec.kafka.authorization = { type: "simple" };
        const nodes = assignNodes("c", [
            nodePool("c", "controller", ["controller"]),
            nodePool("c", "broker", ["broker"]),
        ]);
        for (const node of nodes) {
            const properties = nodeProperties({
                kafka,
                node,
                nodes,
                ports: new Map(nodes.map(({ id }) => [id, { listeners: new Map() }])),
                dataFolder: "/data",
                secretsFolder: "/s",
            });
            assert.match(properties["authorizer.class.name"]!, /StandardAuthorizer$/);
            assert.equal(properties["config.providers"], "mine,strimzisecrets");
            assert.equal(properties["config.providers.strimzisecrets.param.allowed.paths"], "/s");
            const prefix = "listener.name.controlplane-9090.ssl.";
            assert.equal(properties[`${prefix}client.auth`], "required");
            assert.equal(
                properties[`${prefix}keystore.certificate.chain`],
                `\${strimzisecrets:/s/kafka/${node.name}:${node.name}.crt}`,
            );
            assert.equal(
                properties[`${prefix}truststore.certificates`],
                "${strimzisecrets:/s/kafka/c-trustbundle:cluster-ca.crt}",
            );
        }
    });
});
