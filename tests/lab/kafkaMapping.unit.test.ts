import assert from "node:assert/strict";
import fc from "fast-check";
import { assignNodes, poolsOf, type KafkaNode, type NodePorts } from "../../lab/kafka/nodes";
import { nodeProperties } from "../../lab/kafka/nodeConfiguration";
import { kafkaStatus, nodePoolStatuses } from "../../lab/kafka/kafkaStatus";
import { kafkaObject, nodePool } from "./support/objects";

const secretsFolder = "/lab/secrets";

function ports(nodes: readonly KafkaNode[]): Map<number, NodePorts> {
    return new Map(
        nodes.map(({ id, roles }) => [
            id,
            {
                controller: roles.includes("controller") ? 20000 + id : undefined,
                replication: roles.includes("broker") ? 21000 + id : undefined,
                listeners: new Map([
                    ["plain", 22000 + id],
                    ["tls", 23000 + id],
                ]),
            },
        ]),
    );
}

describe("node ids", () => {
    const ids = (...pools: Parameters<typeof assignNodes>[1]): Record<string, number[]> => {
        const byPool: Record<string, number[]> = {};
        for (const node of assignNodes("c", pools)) {
            (byPool[node.pool] ??= []).push(node.id);
        }
        return byPool;
    };
    const pool = (name: string, replicas: number, nextIds?: string) =>
        nodePool("c", name, ["broker"], {
            replicas,
            ...(nextIds ? { annotations: { "strimzi.io/next-node-ids": nextIds } } : {}),
        });

    it("are consecutive over the pools in the order of their names", () => {
        assert.deepEqual(ids(pool("b", 2), pool("a", 3)), { a: [0, 1, 2], b: [3, 4] });
    });

    it("come from the pool's annotation first, then from the lowest free ids", () => {
        assert.deepEqual(ids(pool("broker", 2, "[10-100]"), pool("controller", 2, "[0-9]")), {
            broker: [10, 11],
            controller: [0, 1],
        });
        assert.deepEqual(ids(pool("a", 4, "[7, 3-2]")), { a: [7, 3, 2, 0] });
        assert.deepEqual(ids(pool("a", 2, "[5-6]"), pool("b", 2, "[5-7]")), {
            a: [5, 6],
            b: [7, 0],
        });
    });

    it("ignore an annotation that is not a range", () => {
        assert.deepEqual(ids(pool("a", 2, "10-20")), { a: [0, 1] });
    });

    it("are unique", () => {
        const pools = fc.array(
            fc.record({ replicas: fc.nat(4), first: fc.nat(9), length: fc.nat(4) }),
            { maxLength: 5 },
        );
        fc.assert(
            fc.property(pools, (specs) => {
                const nodes = assignNodes(
                    "c",
                    specs.map(({ replicas, first, length }, i) =>
                        pool(`p${i}`, replicas, `[${first}-${first + length}]`),
                    ),
                );
                const expected = specs.reduce((sum, { replicas }) => sum + replicas, 0);
                assert.equal(new Set(nodes.map(({ id }) => id)).size, expected);
            }),
        );
    });

    it("belong to the pools with the cluster's label in its namespace", () => {
        const elsewhere = nodePool("c", "x", ["broker"]);
        elsewhere.metadata.namespace = "other";
        const pools = [nodePool("c", "a", ["broker"]), nodePool("d", "b", ["broker"]), elsewhere];
        const found = poolsOf({ name: "c", namespace: "kafka" }, pools);
        assert.deepEqual(
            found.map(({ metadata }) => metadata.name),
            ["a"],
        );
    });
});

describe("node properties", () => {
    const kafka = kafkaObject("c", { "log.retention.hours": 2, "ssl.protocol": "TLSv1.3" });
    const pools = [
        nodePool("c", "controller", ["controller"], { replicas: 2 }),
        nodePool("c", "broker", ["broker"]),
    ];
    const nodes = assignNodes("c", pools);
    const propertiesOf = (id: number, object = kafka) =>
        nodeProperties({
            kafka: object,
            node: nodes.find((node) => node.id === id)!,
            nodes,
            ports: ports(nodes),
            dataFolder: "/data",
            secretsFolder,
        });

    it("of a broker name the controllers, its listeners and their protocols", () => {
        const properties = propertiesOf(0);
        const addresses =
            "REPLICATION-9091://127.0.0.1:21000,PLAIN-9092://127.0.0.1:22000,TLS-9093://127.0.0.1:23000";
        assert.equal(properties["process.roles"], "broker");
        assert.equal(properties["controller.quorum.voters"], "1@127.0.0.1:20001,2@127.0.0.1:20002");
        assert.equal(properties.listeners, addresses);
        assert.equal(properties["advertised.listeners"], addresses);
        assert.equal(
            properties["listener.security.protocol.map"],
            "CONTROLPLANE-9090:SSL,REPLICATION-9091:SSL,PLAIN-9092:PLAINTEXT,TLS-9093:SSL",
        );
        assert.equal(
            properties["listener.name.tls-9093.ssl.keystore.key"],
            "${strimzisecrets:/lab/secrets/kafka/c-broker-0:c-broker-0.key}",
        );
        assert.equal(properties["listener.name.plain-9092.ssl.keystore.key"], undefined);
    });

    it("advertise the port that the lab chooses, and listen on their own", () => {
        const own = ports(nodes);
        const proxied = { ...own.get(0)!, advertised: new Map([["tls", 9]]) };
        const properties = nodeProperties({
            kafka,
            node: nodes.find(({ id }) => id === 0)!,
            nodes,
            ports: new Map([...own, [0, proxied]]),
            dataFolder: "/data",
            secretsFolder,
        });
        assert.match(properties.listeners!, /TLS-9093:\/\/127\.0\.0\.1:23000$/);
        assert.equal(
            properties["advertised.listeners"],
            "REPLICATION-9091://127.0.0.1:21000,PLAIN-9092://127.0.0.1:22000,TLS-9093://127.0.0.1:9",
        );
    });

    it("of a controller have no listener of the Kafka object", () => {
        const properties = propertiesOf(1);
        assert.equal(properties.listeners, "CONTROLPLANE-9090://127.0.0.1:20001");
        assert.equal(properties["inter.broker.listener.name"], undefined);
    });

    it("of a combined node have both roles", () => {
        const both = assignNodes("c", [nodePool("c", "x", ["controller", "broker"])]);
        const properties = nodeProperties({
            kafka,
            node: both[0]!,
            nodes: both,
            ports: ports(both),
            dataFolder: "/data",
            secretsFolder,
        });
        assert.equal(properties["process.roles"], "broker,controller");
        assert.match(properties.listeners!, /^CONTROLPLANE-9090:.*,REPLICATION-9091:.*,TLS-9093:/);
    });

    it("contain the user's configuration without the keys that Strimzi refuses", () => {
        const properties = propertiesOf(
            0,
            kafkaObject("c", {
                "log.retention.hours": 2,
                "unclean.leader.election.enable": true,
                "ssl.protocol": "TLSv1.3",
                "ssl.keystore.location": "/x",
                "node.id": 99,
            }),
        );
        assert.equal(properties["log.retention.hours"], "2");
        assert.equal(properties["unclean.leader.election.enable"], "true");
        assert.equal(properties["ssl.protocol"], "TLSv1.3");
        assert.equal(properties["ssl.keystore.location"], undefined);
        assert.equal(properties["node.id"], "0");
    });
});

describe("Kafka status", () => {
    it("has Strimzi's shape", () => {
        const kafka = {
            ...kafkaObject("c"),
            metadata: { name: "c", namespace: "k", generation: 3 },
        };
        const nodes = assignNodes("c", [nodePool("c", "combined", ["controller", "broker"])]);
        const status = kafkaStatus({
            kafka,
            nodes,
            clusterId: "id",
            caCertificate: "CA\n",
            bootstrapServers: new Map([
                ["plain", "127.0.0.1:1"],
                ["tls", "127.0.0.1:2,127.0.0.1:3"],
            ]),
            kafkaVersion: "4.3.1",
            now: new Date(0),
        });
        assert.deepEqual(status, {
            conditions: [
                { type: "Ready", status: "True", lastTransitionTime: "1970-01-01T00:00:00.000Z" },
            ],
            observedGeneration: 3,
            listeners: [
                {
                    name: "plain",
                    addresses: [{ host: "127.0.0.1", port: 1 }],
                    bootstrapServers: "127.0.0.1:1",
                },
                {
                    name: "tls",
                    addresses: [
                        { host: "127.0.0.1", port: 2 },
                        { host: "127.0.0.1", port: 3 },
                    ],
                    bootstrapServers: "127.0.0.1:2,127.0.0.1:3",
                    certificates: ["CA\n"],
                },
            ],
            kafkaNodePools: [{ name: "combined" }],
            clusterId: "id",
            kafkaVersion: "4.3.1",
            kafkaMetadataVersion: "4.3-IV0",
            operatorLastSuccessfulVersion: "1.2.0",
        });
        assert.deepEqual(nodePoolStatuses("c", "id", nodes).get("combined")?.nodeIds, [0]);
    });
});
