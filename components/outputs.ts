import type * as pulumi from "@pulumi/pulumi";
import type { Phase } from "../config/phase";
import type { ConnectorState } from "./connectorStates";

/**
 * The outputs of the stack: the contract with the stacks of applications, which read them through
 * a StackReference. No output is secret, and names do not change within a major version. The stack
 * omits outputs that are undefined, because Pulumi cannot export undefined.
 */
export interface StackOutputs {
    /** Connect REST API of MirrorMaker 2; reachable inside the target's Kubernetes cluster. */
    readonly statusUrl: string;
    /** The URL that the operator reported; absent while MM2 has no workers. */
    readonly observedStatusUrl: pulumi.Output<string> | undefined;
    /** The source and the checkpoint connector of MirrorMaker 2. */
    readonly connectorNames: readonly string[];
    /** States of the connectors and their tasks, as the operator last observed them. */
    readonly connectorStates: pulumi.Output<readonly ConnectorState[]>;
    /** Name of the KafkaMirrorMaker2 resource. */
    readonly mirrorMakerName: string;
    /** Namespace of the KafkaMirrorMaker2 resource. */
    readonly mirrorMakerNamespace: string;
    /** Number of Connect workers in the settings. */
    readonly mirrorMakerReplicas: number;
    /**
     * State of the pair between normal operation, failover and failback; see
     * docs/reference/phases.md.
     */
    readonly phase: Phase;
    /** Number of the current life of the mirror from the source to the target. */
    readonly mirrorEpoch: number;
    /** Name of the KafkaMirrorMaker2 of the reverse mirror; absent while there is none. */
    readonly reverseMirrorMakerName: string | undefined;
    /** Its Connect REST API, inside the source's Kubernetes cluster. */
    readonly reverseStatusUrl: string | undefined;
    /** Its connectors. */
    readonly reverseConnectorNames: readonly string[] | undefined;
    /** The site that applications use now: `source` or `target`. */
    readonly activeSite: "source" | "target";
    /** Kafka's `bootstrap.servers` of that site. */
    readonly activeBootstrapServers: pulumi.Output<string>;
    /** Secret with the CA certificates of that site, in its namespace; absent without one. */
    readonly activeCaSecretName: string | undefined;
    /**
     * Users of applications that the stack declares. Each is a KafkaUser at both sites, and a
     * Secret of that name with the keys `password` and `sasl.jaas.config` in the namespace of each
     * site.
     */
    readonly userNames: readonly string[];
    readonly sourceClusterName: string;
    readonly sourceNamespace: string;
    readonly sourceBootstrapServers: pulumi.Output<string>;
    readonly sourceCaSecretName: string | undefined;
    /** Copy of the source's CA in the target's namespace; absent where none is needed. */
    readonly sourceCaCopySecretName: string | undefined;
    /**
     * Strimzi's count of the CA certificate that the copy holds. The source's own is the annotation
     * `strimzi.io/ca-cert-generation` of its CA Secret: if that is higher, the copy is stale.
     */
    readonly sourceCaCopyGeneration: pulumi.Output<string> | undefined;
    /** When the copied CA certificate expires, ISO 8601; Strimzi renews it 30 days before. */
    readonly sourceCaExpires: pulumi.Output<string> | undefined;
    readonly targetClusterName: string;
    readonly targetNamespace: string;
    readonly targetBootstrapServers: pulumi.Output<string>;
    readonly targetCaSecretName: string | undefined;
}
