import type { Field } from "../field";
import { isStrimzi, type Resource, spec } from "../resource";
import { stackRule } from "../rule";
import type { Violation } from "../violation";

/** One direction in which topics are copied under their own names. */
interface Flow {
    readonly resource: Resource;
    readonly mirror: Field;
    readonly from: Cluster;
    readonly to: Cluster;
}

interface Cluster {
    readonly alias: string | undefined;
    readonly bootstrapServers: readonly string[];
}

const mirrorLoop = stackRule({
    id: "mirror-loop",
    summary:
        "No two mirrors of a stack copy in both directions between two clusters with IdentityReplicationPolicy: that policy cannot tell a copy from an original, so MirrorMaker 2 would copy every record in an endless loop.",
    remedy: "Keep one direction, stop the other mirror's source connector, or use DefaultReplicationPolicy.",
    level: "mandatory",
    severity: "critical",
    scope: "every stack",
    check: (resources) => {
        const flows = resources
            .filter((resource) => isStrimzi(resource, "KafkaMirrorMaker2"))
            .flatMap(flowsOf);
        return flows.flatMap((flow, index) =>
            flows
                .slice(0, index)
                .filter((other) => isSame(flow.from, other.to) && isSame(flow.to, other.from))
                .map((other) => violation(flow, other)),
        );
    },
});

function flowsOf(resource: Resource): Flow[] {
    const mirrorMaker = spec(resource);
    // Without workers nothing is copied.
    if (!mirrorMaker.at("replicas").holds((replicas) => replicas !== 0)) {
        return [];
    }
    return mirrorMaker
        .at("mirrors")
        .items()
        .filter((mirror) => copiesUnderOwnNames(mirror.at("sourceConnector")))
        .map((mirror) => ({
            resource,
            mirror,
            from: clusterAt(mirror.at("source")),
            to: clusterAt(mirrorMaker.at("target")),
        }));
}

function copiesUnderOwnNames(connector: Field): boolean {
    const policy = connector.at("config", "replication.policy.class").text ?? "";
    const runs = connector.at("state").holds((state) => state !== "stopped" && state !== "paused");
    return connector.present && runs && policy.endsWith(".IdentityReplicationPolicy");
}

function clusterAt(connection: Field): Cluster {
    const servers = connection.at("bootstrapServers").text ?? "";
    return {
        alias: connection.at("alias").text,
        bootstrapServers: servers
            .split(",")
            .map((server) => server.trim())
            .filter((server) => server !== ""),
    };
}

/** Whether both have an address or the alias in common: a cluster has other addresses from outside. */
function isSame(left: Cluster, right: Cluster): boolean {
    return (
        (left.alias !== undefined && left.alias === right.alias) ||
        left.bootstrapServers.some((server) => right.bootstrapServers.includes(server))
    );
}

function violation(flow: Flow, other: Flow): Violation {
    return {
        resource: flow.resource,
        property: flow.mirror.path,
        found: `a copy from "${flow.from.alias ?? "?"}" to "${flow.to.alias ?? "?"}" with IdentityReplicationPolicy`,
        allowed: `in one direction only, and ${other.mirror.path} of "${other.resource.name}" copies the other way`,
        remedy: "Set state: stopped on one of the two source connectors, remove that mirror, or use DefaultReplicationPolicy on both connectors of both.",
    };
}

/** Rules on several mirrors of a stack. */
export const mirrorLoopRules = [mirrorLoop];
