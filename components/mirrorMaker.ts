import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../config/settingsSchema";
import { metricsConfigMap } from "../strimzi/builders/metricsConfigMap";
import {
    kafkaMirrorMaker2,
    type MirrorConnections,
    type MirrorState,
} from "../strimzi/builders/mirrorMaker2";
import { connectorNames, statusUrl } from "../strimzi/builders/names";
import { mirrorNetworkPolicy } from "../strimzi/builders/networkPolicy";
import { MIRROR_MAKER_METRICS_KEY, mirrorMakerMetricsRules } from "../strimzi/metrics";
import { KafkaMirrorMaker2 } from "../strimzi/resources";
import { type ConnectorState, connectorStates } from "./connectorStates";
import { waitFor } from "./options";

export interface MirrorMakerArgs {
    readonly settings: Pick<
        Settings,
        "source" | "target" | "mirror" | "images" | "networkPolicies" | "readinessTimeouts"
    >;
    /** Connections to the source and the target. */
    readonly connections: MirrorConnections;
    /** State of the connectors. */
    readonly state: MirrorState;
    readonly dependsOn?: pulumi.Input<pulumi.Resource>[];
}

/**
 * MirrorMaker 2 next to the target, copying from the source: the KafkaMirrorMaker2 resource and
 * its metrics rules and network policy. Done when Strimzi reports it Ready and its REST API has an
 * address.
 *
 * Give it the target's provider by the `provider` option.
 */
export class MirrorMaker extends pulumi.ComponentResource {
    /** Name of the KafkaMirrorMaker2 resource. */
    readonly resourceName: string;
    /** Computed URL of the Connect REST API, which does not respond while there are no workers. */
    readonly statusUrl: string;
    /** Names of the source and the checkpoint connector, computed. */
    readonly connectorNames: readonly string[];
    /** States of the connectors at the operator's last reconciliation. */
    readonly connectorStates: pulumi.Output<readonly ConnectorState[]>;
    /** The REST API's address as the operator reports it; undefined without workers. */
    readonly observedStatusUrl: pulumi.Output<string> | undefined;

    constructor(name: string, args: MirrorMakerArgs, options: pulumi.ComponentResourceOptions) {
        const { target, mirror, readinessTimeouts } = args.settings;
        const identity = { name: mirror.name, namespace: target.namespace };
        super("kafka-dr:index:MirrorMaker", name, identity, options);
        this.resourceName = mirror.name;
        this.statusUrl = statusUrl(mirror.name, target.namespace);
        const names = connectorNames(args.settings);
        this.connectorNames = [names.source, names.checkpoint];

        const dependsOn = args.dependsOn ?? [];
        const metrics = mirror.metrics
            ? [
                  new kubernetes.core.v1.ConfigMap(
                      `${name}-metrics`,
                      metricsConfigMap(target.namespace, mirror.name, {
                          [MIRROR_MAKER_METRICS_KEY]: mirrorMakerMetricsRules(),
                      }),
                      { parent: this, dependsOn },
                  ),
              ]
            : [];
        const networkPolicies = args.settings.networkPolicies.enabled
            ? [
                  new kubernetes.networking.v1.NetworkPolicy(
                      `${name}-network-policy`,
                      mirrorNetworkPolicy(args.settings),
                      { parent: this, dependsOn },
                  ),
              ]
            : [];
        // Without workers the operator reports Ready but no URL.
        const conditions = [
            "condition=Ready",
            ...(mirror.replicas > 0 ? ["jsonpath={.status.url}"] : []),
        ];
        const { metadata, spec } = kafkaMirrorMaker2(args.settings, args.connections, args.state);
        const resource = new KafkaMirrorMaker2(
            `${name}-mm2`,
            {
                metadata: {
                    ...metadata,
                    annotations: waitFor(conditions, readinessTimeouts.mirrorMakerSeconds),
                },
                spec,
            },
            { parent: this, dependsOn: [...dependsOn, ...metrics, ...networkPolicies] },
        );
        this.connectorStates = resource.status.apply((status) =>
            connectorStates(status?.connectors),
        );
        this.observedStatusUrl =
            mirror.replicas > 0 ? resource.status.apply((status) => status?.url ?? "") : undefined;
        this.registerOutputs({
            statusUrl: this.statusUrl,
            connectorNames: this.connectorNames,
            connectorStates: this.connectorStates,
            observedStatusUrl: this.observedStatusUrl,
        });
    }
}
