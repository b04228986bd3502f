import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { phases } from "../config/phase";
import { reversed } from "../config/reversed";
import {
    sameKubernetesCluster,
    type Settings,
    type Site,
    type SiteName,
} from "../config/settingsSchema";
import { restrictedNamespaceLabels } from "../strimzi/builders/podTemplate";
import { applicationUsers } from "./applicationUsers";
import { commandsAccess } from "./commandsAccess";
import { type SiteProviders, verifiedKubernetesClusters } from "./providers";
import { connectMirror } from "./mirrorConnections";
import { MirrorMaker } from "./mirrorMaker";
import { holdsData } from "./options";
import { phaseRecord } from "./phaseRecord";
import type { StackOutputs } from "./outputs";
import { StrimziOperator } from "./strimziOperator";
import { accessSite, type SiteAccess } from "./site";
import { startPositions, verifiedStartPositions } from "./startPositions";
import { ignoreLostSource } from "./ignoreLostSource";

export interface KafkaDisasterRecoveryArgs {
    readonly settings: Settings;
    /** The Kubernetes provider of each site; see `siteProviders`. */
    readonly providers: SiteProviders;
}

/**
 * Two Kafka clusters kept in step by MirrorMaker 2: the source, where applications write, and the
 * target, which takes over. MirrorMaker 2 runs next to the target, because consuming over a
 * distance costs less than producing.
 *
 * The `providers` option accepts one provider per package, so the two Kubernetes providers are
 * arguments, and every child gets its provider explicitly.
 *
 * @example
 * const settings = stackSettings();
 * const providers = siteProviders(settings);
 * const pair = new KafkaDisasterRecovery("kafka-dr", { settings, providers });
 * export const statusUrl = pair.outputs.statusUrl;
 */
export class KafkaDisasterRecovery extends pulumi.ComponentResource {
    /** What the stack exports for application stacks. */
    readonly outputs: StackOutputs;

    constructor(
        name: string,
        args: KafkaDisasterRecoveryArgs,
        options?: pulumi.ComponentResourceOptions,
    ) {
        const { settings, providers } = args;
        const { source, target, mirror, phase } = settings;
        const { activeSite, forward, reverse } = phases[phase];
        super(
            "kafka-dr:index:KafkaDisasterRecovery",
            name,
            { source: location(source), target: location(target), activeSite },
            {
                ...options,
                transformations: [
                    ...(options?.transformations ?? []),
                    ...ignoreLostSource(settings, providers),
                ],
            },
        );
        const at = {
            source: { parent: this, provider: providers.source },
            target: { parent: this, provider: providers.target },
        };
        const verified = verifiedKubernetesClusters(name, settings, providers, this);
        const namespaces = [...verified, ...this.createNamespaces(name, args, verified)];
        const positions = `${name}-start-positions`;
        const record = phaseRecord(`${name}-phase`, settings, {
            ...at.target,
            dependsOn: [
                ...namespaces,
                ...verifiedStartPositions(positions, settings, {
                    ...at.target,
                    dependsOn: namespaces,
                }),
            ],
        });
        const prerequisites = [
            ...namespaces,
            record,
            ...this.installOperators(name, args, [...namespaces, record]),
        ];
        const sourceAccess = accessSite(`${name}-source`, source, settings, {
            ...at.source,
            dependsOn: prerequisites,
        });
        const targetAccess = accessSite(
            `${name}-target`,
            target,
            { ...settings, topics: [] }, // MM2 creates the mirrored topics
            { ...at.target, dependsOn: prerequisites },
        );
        const access = { source: sourceAccess, target: targetAccess };
        const shared = { settings, providers, access, dependsOn: prerequisites, parent: this };
        const mirrored = connectMirror(name, shared);
        commandsAccess(name, shared);
        const mirrorMaker = new MirrorMaker(
            `${name}-mirror`,
            {
                settings,
                connections: mirrored.connections,
                state: forward,
                dependsOn: [
                    ...prerequisites,
                    ...mirrored.dependsOn,
                    ...startPositions(positions, settings, {
                        ...at.target,
                        dependsOn: prerequisites,
                    }),
                ],
            },
            at.target,
        );
        const users = applicationUsers(name, { ...shared, mirrorMaker });
        const back =
            reverse === "running"
                ? this.reverseMirror(`${name}-reverse`, args, access, [
                      ...prerequisites,
                      // No application may write to the source when the reverse mirror does.
                      ...users,
                  ])
                : undefined;
        const { sourceCa } = mirrored;
        this.outputs = {
            statusUrl: mirrorMaker.statusUrl,
            observedStatusUrl: mirrorMaker.observedStatusUrl,
            connectorNames: mirrorMaker.connectorNames,
            connectorStates: mirrorMaker.connectorStates,
            mirrorMakerName: mirror.name,
            mirrorMakerNamespace: target.namespace,
            mirrorMakerReplicas: mirror.replicas,
            phase,
            mirrorEpoch: mirror.epoch,
            reverseMirrorMakerName: back?.resourceName,
            reverseStatusUrl: back?.statusUrl,
            reverseConnectorNames: back?.connectorNames,
            activeSite,
            activeBootstrapServers: access[activeSite].bootstrapServers,
            activeCaSecretName: access[activeSite].caSecretName,
            userNames: settings.users.map((user) => user.name),
            sourceClusterName: source.name,
            sourceNamespace: source.namespace,
            sourceBootstrapServers: sourceAccess.bootstrapServers,
            sourceCaSecretName: sourceAccess.caSecretName,
            sourceCaCopySecretName: sourceCa.isCopy ? sourceCa.secretName : undefined,
            sourceCaCopyGeneration: sourceCa.generation,
            sourceCaExpires: sourceCa.expires,
            targetClusterName: target.name,
            targetNamespace: target.namespace,
            targetBootstrapServers: targetAccess.bootstrapServers,
            targetCaSecretName: targetAccess.caSecretName,
        };
        this.registerOutputs(this.outputs);
    }

    /** The mirror from the target back to the source; it runs next to the source. */
    private reverseMirror(
        name: string,
        { settings, providers }: KafkaDisasterRecoveryArgs,
        access: Readonly<Record<SiteName, SiteAccess>>,
        dependsOn: pulumi.Input<pulumi.Resource>[],
    ): MirrorMaker {
        const turned = {
            settings: reversed(settings),
            providers: { source: providers.target, target: providers.source },
            access: { source: access.target, target: access.source },
            dependsOn,
            parent: this,
        };
        const mirrored = connectMirror(name, turned);
        // Jobs for this mirror run next to it.
        commandsAccess(name, turned);
        return new MirrorMaker(
            `${name}-mirror`,
            {
                settings: turned.settings,
                connections: mirrored.connections,
                state: "running",
                dependsOn: [...dependsOn, ...mirrored.dependsOn],
            },
            { parent: this, provider: providers.source },
        );
    }

    private createNamespaces(
        name: string,
        { settings, providers }: KafkaDisasterRecoveryArgs,
        dependsOn: pulumi.Input<pulumi.Resource>[],
    ): kubernetes.core.v1.Namespace[] {
        return (["source", "target"] as const)
            .filter((side) => settings[side].createNamespace)
            .map(
                (side) =>
                    new kubernetes.core.v1.Namespace(
                        `${name}-${side}-namespace`,
                        {
                            metadata: {
                                name: settings[side].namespace,
                                labels: restrictedNamespaceLabels(),
                            },
                        },
                        holdsData(settings, { parent: this, provider: providers[side], dependsOn }),
                    ),
            );
    }

    /** One operator for each Kubernetes cluster where this stack manages Kafka or MM2. */
    private installOperators(
        name: string,
        { settings, providers }: KafkaDisasterRecoveryArgs,
        dependsOn: pulumi.Input<pulumi.Resource>[],
    ): StrimziOperator[] {
        const { source, target, operator, images } = settings;
        if (!operator.install) {
            return [];
        }
        const image = images.operator;
        const install = (suffix: string, provider: kubernetes.Provider, namespaces: string[]) =>
            new StrimziOperator(
                `${name}-${suffix}`,
                {
                    namespace: operator.namespace,
                    watchNamespaces: namespaces,
                    ...(image !== undefined && { image }),
                    dependsOn,
                },
                { parent: this, provider },
            );
        if (sameKubernetesCluster(source, target)) {
            return [install("operator", providers.target, [source.namespace, target.namespace])];
        }
        return [
            ...(source.managed
                ? [install("source-operator", providers.source, [source.namespace])]
                : []),
            install("target-operator", providers.target, [target.namespace]),
        ];
    }
}

/** Inputs of the component that identify a site for reviewers. */
function location({ name, namespace, context, managed }: Site) {
    return { name, namespace, context, managed };
}
