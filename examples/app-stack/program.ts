import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { KafkaClient } from "./kafkaClient";
import { KafkaStack } from "./kafkaStack";
import { appSettings, type SiteName } from "./settings";

export interface AppOutputs {
    /** The active site of the kafka-dr stack. */
    readonly activeSite: pulumi.Output<SiteName>;
    /** Pods at each site of this stack. */
    readonly replicas: Partial<Record<SiteName, pulumi.Output<number>>>;
}

/**
 * The application at every site that this stack deploys to, with pods only at the active one. The
 * other has the same objects and no pods: a switch creates and deletes nothing, and its configuration
 * is checked before it is needed.
 */
export function program(): AppOutputs {
    const settings = appSettings();
    const kafka = new KafkaStack(settings.kafkaStack);
    const providers = providersByContext([...settings.contexts.values()]);
    const user = kafka.user(settings.user);
    const replicas: AppOutputs["replicas"] = {};
    for (const [site, context] of settings.contexts) {
        const atSite = kafka.activeSite.apply((active) =>
            active === site ? settings.replicas : 0,
        );
        new KafkaClient(
            `my-app-${site}`,
            { settings, site: kafka.site(site), user, replicas: atSite },
            { provider: providers.get(context) },
        );
        replicas[site] = atSite;
    }
    return { activeSite: kafka.activeSite, replicas };
}

/** One provider for each Kubernetes cluster, even if both sites are in it. */
function providersByContext(contexts: readonly string[]): Map<string, kubernetes.Provider> {
    return new Map(
        [...new Set(contexts)].map((context) => [
            context,
            new kubernetes.Provider(`kubernetes-${context}`, {
                context,
                clusterIdentifier: context,
            }),
        ]),
    );
}
