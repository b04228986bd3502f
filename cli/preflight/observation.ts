/** What was seen of a Kubernetes cluster; undefined where the deploying identity may not look. */
export interface ClusterObservation {
    /** UID of the namespace kube-system. */
    readonly uid: string | undefined;
    /** Kinds that the API server serves in `kafka.strimzi.io/v1`. */
    readonly strimziKinds: readonly string[];
    /** Deployments of Strimzi's operator in all namespaces. */
    readonly operators: readonly OperatorObservation[] | undefined;
    /** Namespaces of the settings that exist. */
    readonly namespaces: readonly string[] | undefined;
}

export interface OperatorObservation {
    /** `namespace/name` of the Deployment. */
    readonly id: string;
    /** Namespaces that it watches; `*` for all. */
    readonly watches: readonly string[];
    readonly readyReplicas: number;
}

/** The CA of the source and its copy at the target, where both exist. */
export interface CaObservation {
    readonly sourceGeneration: string;
    readonly copiedGeneration: string;
    /** When the source's current certificate ends. */
    readonly expires: Date;
}
