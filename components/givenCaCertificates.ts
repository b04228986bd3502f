import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { certificatesOfPem } from "../config/pem";

/**
 * A Secret with CA certificates that the settings give in PEM, where MM2 can read it: each
 * certificate under a key of its own, since Strimzi uses only the first one of a key.
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
