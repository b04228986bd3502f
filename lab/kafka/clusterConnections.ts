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
    /** The certificate of a super user, for the listeners of the nodes themselves. */
    readonly superUser: KeyAndCertificate;
}

/** How to reach the listeners of one cluster; pure. */
export class ClusterConnections {
    constructor(private readonly input: ClusterConnectionsInput) {}

    get brokers(): KafkaNode[] {
        return this.input.nodes.filter(({ roles }) => roles.includes("broker"));
    }

    /**
     * A listener of the Kafka object as clients are told to reach it, on all brokers or on the given
     * one.
     * @throws when there is no such listener
     */
    listener(name: string, credentials?: ClientCredentials, broker?: KafkaNode): KafkaConnection {
        const { ports } = this.input;
        const portOf = ({ id }: KafkaNode) =>
            ports.get(id)?.advertised?.get(name) ?? ports.get(id)?.listeners.get(name);
        return this.at(name, broker === undefined ? this.brokers : [broker], portOf, credentials);
    }

    /** The same listener of one broker itself, whatever is advertised. */
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

    /** Every process that decides about rights, a broker or a controller, as a super user. */
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
