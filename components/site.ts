import * as pulumi from "@pulumi/pulumi";
import { applicationListener } from "../config/listeners";
import type { ExistingSite, ListenerSettings, Settings, Site } from "../config/settingsSchema";
import { KafkaCluster, type KafkaClusterArgs } from "./kafkaCluster";

/** How clients and MirrorMaker 2 find a site, whether its cluster was deployed here or exists. */
export interface SiteAccess {
    /** Kafka's `bootstrap.servers` for applications in the site's own Kubernetes cluster. */
    readonly bootstrapServers: pulumi.Output<string>;
    /** Secret with the CA certificates, in the site's namespace; undefined without one. */
    readonly caSecretName: string | undefined;
    /**
     * `namespace/name` of that Secret, unknown until the cluster exists: a preview of a new stack
     * must not read what only the operator will create.
     */
    readonly caSecretId: pulumi.Output<string>;
    /** The CA certificates themselves, in PEM, where the settings give them instead of a Secret. */
    readonly caCertificates: string | undefined;
    /** How MM2 identifies itself at an existing cluster, as the settings say. */
    readonly authentication: ExistingSite["authentication"];
    /** Whether clients reach the site over TLS; undefined listener means the application's. */
    usesTls(listener?: ListenerSettings): boolean;
    /** Addresses of one listener, for clients that are not in the site's Kubernetes cluster. */
    addressesOf(listener: ListenerSettings | undefined): pulumi.Output<string>;
    /** What must be Ready before a client starts. */
    readonly dependsOn: pulumi.Resource[];
}

/** Deploys a managed site's cluster, or takes an existing one as it is. */
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
