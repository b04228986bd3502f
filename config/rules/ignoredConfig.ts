/**
 * Configuration that Strimzi manages itself: it ignores these names in `config` maps, with a line
 * in the operator's log and no error. From the constants FORBIDDEN_PREFIXES and
 * FORBIDDEN_PREFIX_EXCEPTIONS of KafkaClusterSpec and KafkaConnectSpec, io.strimzi:api 1.2.0,
 * without those of ZooKeeper.
 */
const BROKER_PREFIXES = [
    "listeners",
    "advertised.",
    "broker.",
    "listener.",
    "host.name",
    "port",
    "inter.broker.listener.name",
    "sasl.",
    "ssl.",
    "security.",
    "password.",
    "log.dir",
    "zookeeper.",
    "authorizer.",
    "super.user",
    "cruise.control.metrics.topic",
    "cruise.control.metrics.reporter.bootstrap.servers",
    "node.id",
    "process.roles",
    "controller.",
    "metadata.log.dir",
    "client.quota.callback.static.kafka.admin.",
    "client.quota.callback.static.produce",
    "client.quota.callback.static.fetch",
    "client.quota.callback.static.storage.per.volume.limit.min.available.",
    "client.quota.callback.static.excluded.principal.name.list",
    "prometheus.metrics.reporter.",
    "cordoned.log.dirs",
];

const BROKER_EXCEPTIONS = [
    "sasl.server.max.receive.size",
    "ssl.cipher.suites",
    "ssl.protocol",
    "ssl.enabled.protocols",
    "ssl.secure.random.implementation",
    "cruise.control.metrics.topic.num.partitions",
    "cruise.control.metrics.topic.replication.factor",
    "cruise.control.metrics.topic.retention.ms",
    "cruise.control.metrics.topic.auto.create.retries",
    "cruise.control.metrics.topic.auto.create.timeout.ms",
    "cruise.control.metrics.topic.min.insync.replicas",
    "broker.session.timeout.ms",
    "broker.heartbeat.interval.ms",
    "controller.socket.timeout.ms",
    "controller.quorum.election.backoff.max.ms",
    "controller.quorum.election.timeout.ms",
    "controller.quorum.fetch.timeout.ms",
];

const CONNECT_PREFIXES = [
    "group.id",
    "config.storage.topic",
    "offset.storage.topic",
    "status.storage.topic",
    "ssl.",
    "sasl.",
    "security.",
    "listeners",
    "plugin.path",
    "rest.",
    "bootstrap.servers",
    "consumer.interceptor.classes",
    "producer.interceptor.classes",
    "prometheus.metrics.reporter.",
];

const CONNECT_EXCEPTIONS = [
    "ssl.endpoint.identification.algorithm",
    "ssl.cipher.suites",
    "ssl.protocol",
    "ssl.enabled.protocols",
];

/** Whether Strimzi ignores this name in `Kafka.spec.kafka.config`. */
export function isIgnoredBrokerConfig(name: string): boolean {
    return isForbidden(name, BROKER_PREFIXES, BROKER_EXCEPTIONS);
}

/** Whether Strimzi ignores this name in the configuration of a Connect worker. */
export function isIgnoredConnectConfig(name: string): boolean {
    return isForbidden(name, CONNECT_PREFIXES, CONNECT_EXCEPTIONS);
}

/** Strimzi compares in lower case, and an exception is a prefix as well. */
function isForbidden(name: string, prefixes: string[], exceptions: string[]): boolean {
    const lowerCase = name.toLowerCase();
    const startsWith = (prefix: string) => lowerCase.startsWith(prefix);
    return prefixes.some(startsWith) && !exceptions.some(startsWith);
}
