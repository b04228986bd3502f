import * as pulumi from "@pulumi/pulumi";
import { isSiteName, type SiteName } from "./settings";

/** The location of a client of a site's cluster, and its connection. */
export interface KafkaSite {
    readonly bootstrapServers: pulumi.Output<string>;
    /** Namespace of the cluster and of its CA Secret. */
    readonly namespace: pulumi.Output<string>;
    /** Secret whose `*.crt` keys are the certificates that verify the brokers. */
    readonly caSecretName: pulumi.Output<string>;
}

/** The outputs of the kafka-dr stack that this application reads. */
export class KafkaStack {
    /** The site that applications use now. */
    readonly activeSite: pulumi.Output<SiteName>;
    private readonly reference: pulumi.StackReference;

    /** @param stack `<organization>/kafka-dr/<stack>` */
    constructor(private readonly stack: string) {
        this.reference = new pulumi.StackReference("kafka-dr", { name: stack });
        this.activeSite = this.reference.requireOutput("activeSite").apply((site: unknown) => {
            if (!isSiteName(site)) {
                // Guessing would start the application nowhere, or at both sites.
                throw new Error(
                    `Output 'activeSite' of stack '${stack}' is ${JSON.stringify(site)}; it must be "source" or "target".`,
                );
            }
            return site;
        });
    }

    /** The name of a user, after a check that the stack declares it. */
    user(name: string): pulumi.Output<string> {
        return this.reference.requireOutput("userNames").apply((names: unknown) => {
            if (!Array.isArray(names) || !names.includes(name)) {
                // Its Secret would not exist, and the pods would silently wait for it.
                throw new Error(
                    `Stack '${this.stack}' does not declare the user '${name}', but ${JSON.stringify(names)}. Declare it in kafka-dr:users.`,
                );
            }
            return name;
        });
    }

    /** An absent output fails the update with a message that names the output and the stack. */
    site(name: SiteName): KafkaSite {
        return {
            bootstrapServers: this.text(`${name}BootstrapServers`),
            namespace: this.text(`${name}Namespace`),
            caSecretName: this.text(`${name}CaSecretName`),
        };
    }

    private text(output: string): pulumi.Output<string> {
        return this.reference.requireOutput(output) as pulumi.Output<string>;
    }
}
