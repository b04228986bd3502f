import type { ClientCredentials, KafkaConnection } from "../../kafka/connection";
import type { KafkaObject } from "../objects";
import type { KeyAndCertificate } from "../../kafka/connection";
import { LOOPBACK } from "../process/ports";
import type { NodePorts, KafkaNode } from "./nodes";

export interface ClusterConnectionsInput {
    readonly kafka: KafkaObject;
    readonly nodes: readonly KafkaNode[];
    /** By node id. */
    readonly ports: ReadonlyMap<number, NodePorts>;
    readonly caCertificate: string;
    /** The certificate of a super user, for the replication and controller listeners. */
    readonly superUser: KeyAndCertificate;
}

/** Addresses and credentials for every listener of one cluster. Pure. */
export class ClusterConnections {
    constructor(private readonly input: ClusterConnectionsInput) {}

    get brokers(): KafkaNode[] {
        return this.input.nodes.filter(({ roles }) => roles.includes("broker"));
    }

    /**
     * A listener of the Kafka object at its advertised addresses, on all brokers or on the given one.
     * @throws when the Kafka has no such listener
     */
    listener(name: string, credentials?: ClientCredentials, broker?: KafkaNode): KafkaConnection {
        const { ports } = this.input;
        const portOf = ({ id }: KafkaNode) =>
            ports.get(id)?.advertised?.get(name) ?? ports.get(id)?.listeners.get(name);
        return this.at(name, broker === undefined ? this.brokers : [broker], portOf, credentials);
    }

    /** A listener at the broker's own port, whatever it advertises. */
    ownListener(name: string, broker: KafkaNode, credentials?: ClientCredentials): KafkaConnection {
        const { ports } = this.input;
        return this.at(name, [broker], ({ id }) => ports.get(id)?.listeners.get(name), credentials);
    }

    private at(
        name: string,
        brokers: readonly KafkaNode[],
        portOf: (broker: KafkaNode) => number | undefined,
        credentials: ClientCredentials | undefined,
    ): KafkaConnection {
        const { kafka, caCertificate } = this.input;
        const declared = kafka.spec.kafka.listeners.find((candidate) => candidate.name === name);
        if (declared === undefined) {
            const names = kafka.spec.kafka.listeners.map((listener) => listener.name).join(", ");
            throw new Error(
                `Kafka ${kafka.metadata.name} has no listener ${name}; it has ${names}`,
            );
        }
        return {
            bootstrapServers: brokers.map((broker) => address(portOf(broker))).join(","),
            ...(declared.tls && { caCertificates: caCertificate }),
            ...(credentials && { credentials }),
        };
    }

    /** The replication listener of all brokers, or of the given one, as a super user. */
    replication(broker?: KafkaNode): KafkaConnection {
        const { ports } = this.input;
        return this.internal(
            (broker === undefined ? this.brokers : [broker]).map(
                ({ id }) => ports.get(id)?.replication,
            ),
        );
    }

    /** Every process with an authorizer, broker or controller, reached as a super user. */
    get authorizers(): ReadonlyMap<string, KafkaConnection> {
        const { nodes, ports } = this.input;
        return new Map(
            nodes.flatMap(({ id, name }) => {
                const own = ports.get(id);
                const role = (text: string, port: number | undefined) =>
                    port === undefined ? [] : [[`${text} ${name}`, this.internal([port])] as const];
                return [
                    ...role("controller", own?.controller),
                    ...role("broker", own?.replication),
                ];
            }),
        );
    }

    private internal(ports: readonly (number | undefined)[]): KafkaConnection {
        const { caCertificate, superUser } = this.input;
        return {
            bootstrapServers: ports.map(address).join(","),
            caCertificates: caCertificate,
            credentials: superUser,
        };
    }
}

function address(port: number | undefined): string {
    return `${LOOPBACK}:${String(port)}`;
}
