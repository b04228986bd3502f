import * as pulumi from "@pulumi/pulumi";
import { isSiteName, type SiteName } from "./settings";

/** Where a client of a site's cluster runs and what it connects to. */
export interface KafkaSite {
    readonly bootstrapServers: pulumi.Output<string>;
    /** Namespace of the cluster and of its CA Secret. */
    readonly namespace: pulumi.Output<string>;
    /** Secret whose `*.crt` keys are the certificates that verify the brokers. */
    readonly caSecretName: pulumi.Output<string>;
}

/** What the kafka-dr stack exports, as far as this application reads it. */
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
                    `Output 'activeSite' of stack '${stack}' is ${JSON.stringify(site)}: neither source nor target.`,
                );
            }
            return site;
        });
    }

    /** The name of a user that the stack declares, once it is sure that it does. */
    user(name: string): pulumi.Output<string> {
        return this.reference.requireOutput("userNames").apply((names: unknown) => {
            if (!Array.isArray(names) || !names.includes(name)) {
                // Its Secret would not exist, and the pods would wait for it without a word.
                throw new Error(
                    `User '${name}' is none of stack '${this.stack}': ${JSON.stringify(names)}. Declare it in kafka-dr:users.`,
                );
            }
            return name;
        });
    }

    /** An output that is absent fails the update, with a message that names output and stack. */
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
