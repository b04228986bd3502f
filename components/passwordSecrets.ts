import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { PASSWORD_KEY } from "../strimzi/builders/kafkaUser";

/**
 * Only letters and digits, which need no quoting in JAAS, properties, URLs or a shell; 62^32 is
 * 190 bits.
 */
const PASSWORD_LENGTH = 32;

/** A namespace where the password is read. */
export interface PasswordPlace {
    /** Part of the resource's name. */
    readonly place: string;
    readonly namespace: string;
    readonly provider: kubernetes.Provider;
    /** The namespace and other resources that must exist first. */
    readonly dependsOn: pulumi.Input<pulumi.Resource>[];
}

/**
 * A random password in Secrets of the same name. Pulumi generates it once and stores it encrypted
 * in the state; another `name` creates another password.
 */
export function passwordSecrets(
    name: string,
    secretName: string,
    places: readonly PasswordPlace[],
    parent: pulumi.Resource,
): kubernetes.core.v1.Secret[] {
    const password = new random.RandomPassword(
        `${name}-password`,
        { length: PASSWORD_LENGTH, special: false },
        { parent, dependsOn: places.flatMap(({ dependsOn }) => dependsOn) },
    );
    const data = {
        [PASSWORD_KEY]: password.result.apply((text) => Buffer.from(text).toString("base64")),
    };
    return places.map(
        ({ place, namespace, provider, dependsOn }) =>
            new kubernetes.core.v1.Secret(
                `${name}-password-${place}`,
                { metadata: { name: secretName, namespace }, type: "Opaque", data },
                { parent, provider, dependsOn },
            ),
    );
}
