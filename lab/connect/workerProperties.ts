import { configEntries, prefixMatcher } from "../../kafka/properties";
import { LOOPBACK } from "../process/ports";
import type { KafkaMirrorMaker2Object, ServiceDirectory } from "../objects";
import { secretProviderProperties } from "../secretFiles";
import { securityProperties } from "./clientSecurity";

/** The parts of this machine that the configuration of a KafkaMirrorMaker2 refers to. */
export interface MirrorMakerEnvironment {
    readonly services: ServiceDirectory;
    /** Absolute path of the folder with the Secrets. */
    readonly secretsFolder: string;
}

// The keys of a cluster's `config` that Strimzi drops, according to its API.
const isForbidden = prefixMatcher(
    (
        "group.id, config.storage.topic, offset.storage.topic, status.storage.topic, ssl., sasl., " +
        "security., listeners, plugin.path, rest., bootstrap.servers, " +
        "consumer.interceptor.classes, producer.interceptor.classes"
    ).split(", "),
    (
        "ssl.endpoint.identification.algorithm, ssl.cipher.suites, ssl.protocol, " +
        "ssl.enabled.protocols"
    ).split(", "),
);

const BYTE_ARRAYS = "org.apache.kafka.connect.converters.ByteArrayConverter";
const PROVIDERS = "org.apache.kafka.common.config.provider";

/**
 * The properties of one Connect worker as Strimzi's operator generates them from `spec.target`, with
 * three differences: the REST listener is a loopback port, the config provider `strimzisecrets` reads
 * files, and no plugin folder exists.
 */
export function workerProperties(
    mm2: KafkaMirrorMaker2Object,
    environment: MirrorMakerEnvironment,
    restPort: number,
): Record<string, string> {
    const { target } = mm2.spec;
    const security = securityProperties(mm2, target, environment.secretsFolder, true);
    const user = configEntries(target.config, isForbidden);
    const providers = "strimzienv,strimzifile,strimzidir,strimzisecrets";
    const properties: Record<string, string> = {
        "bootstrap.servers": resolveBootstrapServers(target.bootstrapServers, environment.services),
        "group.id": target.groupId,
        "config.storage.topic": target.configStorageTopic,
        "status.storage.topic": target.statusStorageTopic,
        "offset.storage.topic": target.offsetStorageTopic,
        listeners: `http://${LOOPBACK}:${restPort}`,
        "rest.advertised.host.name": LOOPBACK,
        "rest.advertised.port": String(restPort),
        // All plugins are on the class path as services, so Connect need not scan 95 jars.
        "plugin.discovery": "service_load",
        "key.converter": BYTE_ARRAYS,
        "value.converter": BYTE_ARRAYS,
        "header.converter": BYTE_ARRAYS,
        ...user,
        "config.providers": [user["config.providers"], providers].filter(Boolean).join(","),
        "config.providers.strimzienv.class": `${PROVIDERS}.EnvVarConfigProvider`,
        "config.providers.strimzifile.class": `${PROVIDERS}.FileConfigProvider`,
        "config.providers.strimzidir.class": `${PROVIDERS}.DirectoryConfigProvider`,
        ...secretProviderProperties(environment.secretsFolder),
    };
    for (const prefix of ["", "producer.", "consumer.", "admin."]) {
        for (const [key, value] of Object.entries(security)) {
            properties[`${prefix}${key}`] = value;
        }
    }
    return properties;
}

/**
 * Replaces the names of Kubernetes services in a bootstrap list by their addresses on this machine.
 * Loopback addresses stay.
 * @throws when a name belongs to no cluster of the lab
 */
export function resolveBootstrapServers(servers: string, services: ServiceDirectory): string {
    return servers
        .split(",")
        .map((server) => {
            const name = server.trim();
            const address = services.get(name.replace(".svc.cluster.local:", ".svc:"));
            if (address !== undefined) {
                return address;
            }
            if (/^(127\.0\.0\.1|localhost):\d+$/.test(name)) {
                return name;
            }
            const known = [...services.keys()].join(", ") || "none";
            throw new Error(
                `no cluster of this lab has the bootstrap server ${name}; known: ${known}`,
            );
        })
        .join(",");
}
