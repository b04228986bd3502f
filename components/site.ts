import * as pulumi from "@pulumi/pulumi";
import { applicationListener } from "../config/listeners";
import type { ExistingSite, ListenerSettings, Settings, Site } from "../config/settingsSchema";
import { KafkaCluster, type KafkaClusterArgs } from "./kafkaCluster";

/**
 * Addresses and CA of a site for clients and MirrorMaker 2, of a managed or an existing cluster.
 */
export interface SiteAccess {
    /** Kafka's `bootstrap.servers` for applications in the site's own Kubernetes cluster. */
    readonly bootstrapServers: pulumi.Output<string>;
    /** Secret with the CA certificates, in the site's namespace; undefined without one. */
    readonly caSecretName: string | undefined;
    /**
     * `namespace/name` of that Secret, unknown until the cluster exists: a preview of a new stack
     * must not read what the operator has yet to create.
     */
    readonly caSecretId: pulumi.Output<string>;
    /** The CA certificates in PEM if the settings have them instead of a Secret. */
    readonly caCertificates: string | undefined;
    /** MM2's authentication at an existing cluster, from the settings. */
    readonly authentication: ExistingSite["authentication"];
    /** Whether clients connect with TLS to a listener, by default that of applications. */
    usesTls(listener?: ListenerSettings): boolean;
    /** Addresses of a listener for clients outside the site's Kubernetes cluster. */
    addressesOf(listener: ListenerSettings | undefined): pulumi.Output<string>;
    /** Resources that must be Ready before a client starts. */
    readonly dependsOn: pulumi.Resource[];
}

/** Deploys the cluster of a managed site, or describes an existing one. */
export function accessSite(
    name: string,
    site: Site,
    settings: Pick<
        Settings,
        "topics" | "images" | "protect" | "retainOnDelete" | "readinessTimeouts"
    >,
    options: pulumi.ComponentResourceOptions & {
        dependsOn: NonNullable<KafkaClusterArgs["dependsOn"]>;
    },
): SiteAccess {
    if (!site.managed) {
        const bootstrapServers = pulumi.output(site.bootstrapServers);
        const secret = site.caSecretName;
        return {
            bootstrapServers,
            caSecretName: secret,
            caSecretId: pulumi.output(`${site.namespace}/${secret ?? ""}`),
            caCertificates: site.caCertificates,
            authentication: site.authentication,
            usesTls: () => site.tls,
            addressesOf: () => bootstrapServers,
            dependsOn: [],
        };
    }
    const { dependsOn, ...componentOptions } = options;
    const cluster = new KafkaCluster(
        name,
        {
            site,
            topics: settings.topics,
            images: settings.images,
            protection: settings,
            readinessTimeouts: settings.readinessTimeouts,
            dependsOn,
        },
        componentOptions,
    );
    const forApplications = applicationListener(site.listeners);
    return {
        bootstrapServers: cluster.bootstrapServers(forApplications),
        caSecretName: cluster.caSecretName,
        caSecretId: cluster.caSecretId,
        caCertificates: undefined,
        authentication: undefined,
        usesTls: (listener = forApplications) => listener.tls,
        addressesOf: (listener = forApplications) => cluster.bootstrapServers(listener),
        dependsOn: [cluster],
    };
}
