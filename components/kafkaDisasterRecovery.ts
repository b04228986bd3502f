import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { mirrorListener } from "../config/listeners";
import { sameKubernetesCluster, type Settings, type Site } from "../config/settingsSchema";
import type { MirrorConnections } from "../strimzi/builders/mirrorMaker2";
import { CaCertificateCopy } from "./caCertificateCopy";
import { verifiedKubernetesClusters } from "./kubernetesIdentity";
import { MirrorMaker } from "./mirrorMaker";
import { holdsData } from "./options";
import type { StackOutputs } from "./outputs";
import type { SiteProviders } from "./providers";
import { accessSite, type SiteAccess } from "./site";

export interface KafkaDisasterRecoveryArgs {
    readonly settings: Settings;
    /** The Kubernetes provider of each site; see `siteProviders`. */
    readonly providers: SiteProviders;
}

/**
 * Two Kafka clusters kept in step by MirrorMaker 2: the source, where applications write, and the
 * target, which takes over. MirrorMaker 2 runs next to the target, since producing costs more over
 * a distance than consuming.
 *
 * Two providers of one package cannot travel in the `providers` option, which keeps one per
 * package: they are arguments, and every child is given its own.
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
        const { source, target, mirror } = settings;
        super(
            "kafka-dr:index:KafkaDisasterRecovery",
            name,
            { source: location(source), target: location(target), activeSite: "source" },
            options,
        );
        const at = {
            source: { parent: this, provider: providers.source },
            target: { parent: this, provider: providers.target },
        };
        const verified = verifiedKubernetesClusters(name, settings, providers, this);
        const prerequisites = [...verified, ...this.createNamespaces(name, args, verified)];
        const sourceAccess = accessSite(`${name}-source`, source, settings, {
            ...at.source,
            dependsOn: prerequisites,
        });
        const targetAccess = accessSite(
            `${name}-target`,
            target,
            { ...settings, topics: [] }, // mirrored topics are MM2's to create
            { ...at.target, dependsOn: prerequisites },
        );
        const copy = needsCaCopy(source, target)
            ? this.copyCa(name, args, sourceAccess, prerequisites)
            : undefined;
        const mirrorMaker = new MirrorMaker(
            `${name}-mirror`,
            {
                settings,
                connections: connections(settings, sourceAccess, targetAccess, copy),
                dependsOn: [
                    ...prerequisites,
                    ...sourceAccess.dependsOn,
                    ...targetAccess.dependsOn,
                    ...(copy === undefined ? [] : [copy]),
                ],
            },
            at.target,
        );
        this.outputs = {
            statusUrl: mirrorMaker.statusUrl,
            observedStatusUrl: mirrorMaker.observedStatusUrl,
            connectorNames: mirrorMaker.connectorNames,
            connectorStates: mirrorMaker.connectorStates,
            mirrorMakerName: mirror.name,
            mirrorMakerNamespace: target.namespace,
            mirrorMakerReplicas: mirror.replicas,
            activeSite: "source",
            activeBootstrapServers: sourceAccess.bootstrapServers,
            activeCaSecretName: sourceAccess.caSecretName,
            sourceClusterName: source.name,
            sourceNamespace: source.namespace,
            sourceBootstrapServers: sourceAccess.bootstrapServers,
            sourceCaSecretName: sourceAccess.caSecretName,
            sourceCaCopySecretName: copy?.secretName,
            sourceCaCopyGeneration: copy?.generation,
            sourceCaExpires: copy?.expires,
            targetClusterName: target.name,
            targetNamespace: target.namespace,
            targetBootstrapServers: targetAccess.bootstrapServers,
            targetCaSecretName: targetAccess.caSecretName,
        };
        this.registerOutputs(this.outputs);
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
                        { metadata: { name: settings[side].namespace } },
                        holdsData(settings, { parent: this, provider: providers[side], dependsOn }),
                    ),
            );
    }

    private copyCa(
        name: string,
        { settings, providers }: KafkaDisasterRecoveryArgs,
        source: SiteAccess,
        dependsOn: pulumi.Input<pulumi.Resource>[],
    ): CaCertificateCopy | undefined {
        if (source.caSecretId === undefined) {
            return undefined;
        }
        return new CaCertificateCopy(
            `${name}-source-ca`,
            {
                cluster: settings.source.name,
                secretId: source.caSecretId,
                sourceProvider: providers.source,
                namespace: settings.target.namespace,
                dependsOn,
            },
            { parent: this, provider: providers.target },
        );
    }
}

/** What a reviewer sees of a site on the component itself. */
function location({ name, namespace, context, managed }: Site) {
    return { name, namespace, context, managed };
}

/** MM2 reads Secrets of its own namespace only. */
function needsCaCopy(source: Site, target: Site): boolean {
    return !sameKubernetesCluster(source, target) || source.namespace !== target.namespace;
}

function connections(
    { source, target, mirror }: Settings,
    sourceAccess: SiteAccess,
    targetAccess: SiteAccess,
    caCopy: CaCertificateCopy | undefined,
): MirrorConnections {
    const listener = mirrorListener(source, target, mirror);
    const sourceCa = caCopy?.secretName ?? sourceAccess.caSecretName;
    const targetCa = targetAccess.caSecretName;
    return {
        source: {
            bootstrapServers: mirror.sourceBootstrapServers ?? sourceAccess.addressesOf(listener),
            tls: sourceAccess.usesTls(listener),
            ...(sourceCa !== undefined && { caSecretName: sourceCa }),
            ...(caCopy !== undefined && { caHash: caCopy.hash }),
        },
        target: {
            bootstrapServers: targetAccess.bootstrapServers,
            tls: targetAccess.usesTls(),
            ...(targetCa !== undefined && { caSecretName: targetCa }),
        },
    };
}
