import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { certificatesOfPem } from "../config/pem";
import { phases } from "../config/phase";
import { sameNamespace, type Settings } from "../config/settingsSchema";
import { OWN_API_SERVER } from "../strimzi/builders/externalSecret";
import { caCopySecretName } from "../strimzi/builders/names";
import { CaCertificateCopy } from "./caCertificateCopy";
import { CaExternalSecret } from "./caExternalSecret";
import type { SiteProviders } from "./providers";
import type { SiteAccess } from "./site";

/** The CA of a cluster that MM2 trusts: a Secret in the target's namespace. */
export interface TrustedCa {
    /** Undefined without a Secret: no TLS, or the system's trusted CAs. */
    readonly secretName: string | undefined;
    /** Whether this stack, or an operator that it configures, created the Secret as a copy. */
    readonly isCopy: boolean;
    /** Only for a copy that Pulumi makes; see CaCertificateCopy. */
    readonly hash?: pulumi.Output<string>;
    readonly generation?: pulumi.Output<string>;
    readonly expires?: pulumi.Output<string>;
    /** Resources that must exist before MM2 starts. */
    readonly dependsOn: pulumi.Resource[];
}

export interface TrustedCaArgs {
    readonly settings: Settings;
    readonly providers: SiteProviders;
    readonly access: SiteAccess;
    readonly dependsOn: pulumi.Input<pulumi.Resource>[];
    readonly parent: pulumi.Resource;
}

/** The CA of the target, whose Secret is in MM2's namespace. */
export function trustedTargetCa(name: string, args: TrustedCaArgs): TrustedCa {
    return givenCa(name, "target", args) ?? originalCa(args.access);
}

/** The CA of the source: its Secret if MM2 can read it, otherwise a copy. */
export function trustedSourceCa(name: string, args: TrustedCaArgs): TrustedCa {
    const given = givenCa(name, "source", args);
    if (given !== undefined) {
        return given;
    }
    const { source, target } = args.settings;
    if (sameNamespace(source, target) || args.access.caSecretName === undefined) {
        return originalCa(args.access);
    }
    return args.settings.caCopy.method === "pulumi"
        ? copyByPulumi(name, args)
        : copyByExternalSecrets(name, args);
}

function originalCa({ caSecretName }: SiteAccess): TrustedCa {
    return { secretName: caSecretName, isCopy: false, dependsOn: [] };
}

/** A Secret with the CA certificates of an existing cluster from the settings. */
function givenCa(
    name: string,
    side: "source" | "target",
    { settings, providers, access, dependsOn, parent }: TrustedCaArgs,
): TrustedCa | undefined {
    if (access.caCertificates === undefined) {
        return undefined;
    }
    const secret = {
        name: caCopySecretName(settings[side].name),
        namespace: settings.target.namespace,
        pem: access.caCertificates,
    };
    const options = { parent, provider: providers.target, dependsOn };
    const resource = givenCaCertificates(name, secret, options);
    return { secretName: secret.name, isCopy: true, dependsOn: [resource] };
}

function copyByPulumi(name: string, args: TrustedCaArgs): TrustedCa {
    const { settings, providers, access, dependsOn, parent } = args;
    const copy = new CaCertificateCopy(
        name,
        {
            cluster: settings.source.name,
            secretId: access.caSecretId,
            sourceProvider: providers.source,
            isReadable: phases[settings.phase].usesSource,
            namespace: settings.target.namespace,
            dependsOn,
        },
        { parent, provider: providers.target },
    );
    const { secretName, hash, generation, expires } = copy;
    return { secretName, isCopy: true, hash, generation, expires, dependsOn: [copy] };
}

function copyByExternalSecrets(name: string, args: TrustedCaArgs): TrustedCa {
    const { settings, providers, access, dependsOn, parent } = args;
    const copy = new CaExternalSecret(
        name,
        {
            cluster: settings.source.name,
            caSecretName: access.caSecretName ?? "",
            sourceNamespace: settings.source.namespace,
            sourceProvider: providers.source,
            apiServer: settings.caCopy.sourceApiServer ?? OWN_API_SERVER,
            namespace: settings.target.namespace,
            timeoutSeconds: settings.readinessTimeouts.kafkaSeconds,
            // The source's operator must create the Secret before it can be copied.
            dependsOn: [...dependsOn, ...access.dependsOn],
        },
        { parent, provider: providers.target },
    );
    return { secretName: copy.secretName, isCopy: true, dependsOn: [copy] };
}

/**
 * A Secret for MM2 with CA certificates from PEM in the settings. Each certificate has its own
 * key, because Strimzi uses only the first certificate of a key.
 */
export function givenCaCertificates(
    name: string,
    secret: { readonly name: string; readonly namespace: string; readonly pem: string },
    options: pulumi.CustomResourceOptions,
): kubernetes.core.v1.Secret {
    const certificates = certificatesOfPem(secret.pem) ?? [];
    return new kubernetes.core.v1.Secret(
        name,
        {
            metadata: { name: secret.name, namespace: secret.namespace },
            type: "Opaque",
            data: Object.fromEntries(
                certificates.map((pem, index) => [
                    index === 0 ? "ca.crt" : `ca-${index + 1}.crt`,
                    Buffer.from(pem).toString("base64"),
                ]),
            ),
        },
        options,
    );
}
