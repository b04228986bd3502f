import type {
    ConnectorState,
    KafkaMirrorMaker2Object,
    MirrorClusterSpec,
    MirrorConnectorSpec,
} from "../objects";
import { configEntries } from "../../kafka/properties";
import { resolveBootstrapServers, type MirrorMakerEnvironment } from "./workerProperties";
import { securityProperties } from "./clientSecurity";

/** A connector of a KafkaMirrorMaker2. */
export interface ConnectorDefinition {
    readonly name: string;
    /** Its whole configuration as Connect's REST API returns it. */
    readonly config: Readonly<Record<string, string>>;
    readonly state: ConnectorState;
    readonly autoRestart?: MirrorConnectorSpec["autoRestart"];
    /** The part of the object about it. */
    readonly spec: MirrorConnectorSpec;
}

const OWN_KEYS = ["name", "connector.class", "tasks.max", "connector.plugin.version"];
const CONNECTORS = [
    ["sourceConnector", "MirrorSourceConnector"],
    ["checkpointConnector", "MirrorCheckpointConnector"],
] as const;

function clusterConfig(
    mm2: KafkaMirrorMaker2Object,
    cluster: MirrorClusterSpec,
    prefix: string,
    environment: MirrorMakerEnvironment,
): Record<string, string> {
    const properties = {
        alias: cluster.alias,
        "bootstrap.servers": resolveBootstrapServers(
            cluster.bootstrapServers,
            environment.services,
        ),
        ...securityProperties(mm2, cluster, environment.secretsFolder),
        ...configEntries(cluster.config),
    };
    return Object.fromEntries(
        Object.entries(properties).map(([key, value]) => [`${prefix}${key}`, value]),
    );
}

/** The fields that are set, as text. */
function optional(
    fields: Readonly<Record<string, string | number | undefined>>,
): Record<string, string> {
    return Object.fromEntries(
        Object.entries(fields).flatMap(([key, value]) =>
            value === undefined ? [] : [[key, String(value)]],
        ),
    );
}

/** The connectors that Strimzi's operator creates for the object, in the order of its mirrors. */
export function connectorConfigs(
    mm2: KafkaMirrorMaker2Object,
    environment: MirrorMakerEnvironment,
): ConnectorDefinition[] {
    const { target, mirrors } = mm2.spec;
    return mirrors.flatMap((mirror) =>
        CONNECTORS.flatMap(([field, className]): ConnectorDefinition[] => {
            const spec = mirror[field];
            if (spec === undefined) {
                return [];
            }
            const name = `${mirror.source.alias}->${target.alias}.${className}`;
            const config = {
                ...clusterConfig(mm2, target, "target.cluster.", environment),
                ...clusterConfig(mm2, mirror.source, "source.cluster.", environment),
                ...configEntries(spec.config, (key) => OWN_KEYS.includes(key)),
                ...optional({
                    topics: mirror.topicsPattern,
                    "topics.exclude": mirror.topicsExcludePattern,
                    groups: mirror.groupsPattern,
                    "groups.exclude": mirror.groupsExcludePattern,
                    "tasks.max": spec.tasksMax,
                    "connector.plugin.version": spec.version,
                }),
                "connector.class": `org.apache.kafka.connect.mirror.${className}`,
                name,
            };
            const { state = "running", autoRestart } = spec;
            return [{ name, config, state, spec, ...(autoRestart ? { autoRestart } : {}) }];
        }),
    );
}
