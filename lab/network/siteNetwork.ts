import type { LabContext } from "../context";
import { TcpProxy } from "./tcpProxy";

/** The listeners that are behind proxies. */
export interface SiteNetworkOptions {
    /** Namespace of the Kafka object; all by default. */
    readonly namespace?: string;
    /** Names of listeners; all by default. */
    readonly listeners?: readonly string[];
}

/**
 * The network in front of a site: a proxy for each listener of each of its brokers. Pass
 * {@link advertise} to the lab before the cluster starts. The cluster's `adminConnection` bypasses
 * the proxies.
 */
export class SiteNetwork {
    private readonly proxies: TcpProxy[] = [];

    constructor(private readonly options: SiteNetworkOptions = {}) {}

    /** The number of connections through all proxies. */
    get connections(): number {
        return this.proxies.reduce((sum, { connections }) => sum + connections, 0);
    }

    readonly advertise: NonNullable<LabContext["advertise"]> = async (at) => {
        const { namespace = at.namespace, listeners = [at.listener] } = this.options;
        if (namespace !== at.namespace || !listeners.includes(at.listener)) {
            return undefined;
        }
        const proxy = await TcpProxy.start(at.port);
        this.proxies.push(proxy);
        return proxy.port;
    };

    /** See {@link TcpProxy.partition}. */
    partition(): void {
        for (const proxy of this.proxies) {
            proxy.partition();
        }
    }

    /** See {@link TcpProxy.heal}. */
    heal(): void {
        for (const proxy of this.proxies) {
            proxy.heal();
        }
    }

    /** See {@link TcpProxy.delay}. */
    delay(milliseconds: number): void {
        for (const proxy of this.proxies) {
            proxy.delay(milliseconds);
        }
    }

    /** See {@link TcpProxy.limit}; applies to each proxy separately. */
    limit(bytesPerSecond: number | undefined): void {
        for (const proxy of this.proxies) {
            proxy.limit(bytesPerSecond);
        }
    }

    async close(): Promise<void> {
        await Promise.all(this.proxies.map((proxy) => proxy.close()));
    }
}
