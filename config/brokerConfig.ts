import type { KafkaConfig, ManagedSite } from "./settingsSchema";

/** Number of nodes of a cluster that have a role. */
export function nodesWithRole(site: ManagedSite, role: "broker" | "controller"): number {
    return site.nodePools
        .filter((pool) => pool.roles.includes(role))
        .reduce((sum, pool) => sum + pool.replicas, 0);
}

/**
 * The broker configuration of a cluster: the settings override defaults that fit the number of
 * brokers. Kafka's defaults are one replica for topics, which loses data, and three for its
 * internal topics, which small clusters do not have. Three replicas of
 * which two must be in sync survive the loss of one broker without losing a record or stopping.
 */
export function brokerConfig(site: ManagedSite): KafkaConfig {
    const replicas = Math.max(1, Math.min(3, nodesWithRole(site, "broker")));
    const inSync = replicas === 3 ? 2 : 1;
    return {
        "default.replication.factor": replicas,
        "min.insync.replicas": inSync,
        "offsets.topic.replication.factor": replicas,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": inSync,
        "share.coordinator.state.topic.replication.factor": replicas,
        "share.coordinator.state.topic.min.isr": inSync,
        ...site.config,
    };
}

/** An integer of a Kafka configuration, which may be a string. */
export function configNumber(config: KafkaConfig, name: string): number | undefined {
    const value = config[name];
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    return typeof number === "number" && Number.isInteger(number) ? number : undefined;
}
