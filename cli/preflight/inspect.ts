import { X509Certificate } from "node:crypto";
import * as path from "node:path";
import * as k8s from "@kubernetes/client-node";
import type { Site } from "../../config/settingsSchema";
import {
    CA_GENERATION_ANNOTATION,
    COPIED_CA_GENERATION_ANNOTATION,
} from "../../strimzi/builders/caCertificates";
import { CommandError } from "../shared/commandError";
import { requestError } from "../shared/kubernetes/apiClient";

/** State of a Kubernetes cluster; undefined where the deploying identity may not read it. */
export interface InspectedCluster {
    /** UID of the namespace kube-system. */
    readonly uid: string | undefined;
    /** Kinds that the API server serves in `kafka.strimzi.io/v1`. */
    readonly strimziKinds: readonly string[];
    /** Deployments of the Strimzi operator in all namespaces. */
    readonly operators: readonly InspectedOperator[] | undefined;
    /** Namespaces of the settings that exist. */
    readonly namespaces: readonly string[] | undefined;
}

export interface InspectedOperator {
    /** `namespace/name` of the Deployment. */
    readonly id: string;
    /** Namespaces that it watches; `*` for all. */
    readonly watches: readonly string[];
    readonly readyReplicas: number;
}

/** The CA of the source and its copy at the target. */
export interface InspectedCa {
    readonly sourceGeneration: string;
    readonly copiedGeneration: string;
    /** When the current certificate of the source expires. */
    readonly expires: Date;
}

/** Milliseconds without an answer after which an API server counts as unreachable. */
const TIMEOUT_MS = 10_000;

/**
 * Inspects the Kubernetes cluster of a site.
 *
 * @throws {CommandError} `unreachable` when its API server does not answer.
 */
export async function inspectCluster(
    side: string,
    site: Site,
    config: k8s.KubeConfig,
): Promise<InspectedCluster> {
    const core = config.makeApiClient(k8s.CoreV1Api);
    try {
        await withTimeout(config.makeApiClient(k8s.VersionApi).getCode());
    } catch (cause) {
        throw new CommandError(
            "KubernetesUnreachable",
            `The Kubernetes cluster of the ${side} cannot be inspected: ${requestError(config, cause).message}`,
            `Try: kubectl --context ${site.context} version`,
            { cause, fields: { context: site.context } },
        );
    }
    const custom = config.makeApiClient(k8s.CustomObjectsApi);
    const [kubeSystem, kinds, operators, namespace] = await Promise.all([
        readable(core.readNamespace({ name: "kube-system" })),
        readable(custom.getAPIResources({ group: "kafka.strimzi.io", version: "v1" })),
        readable(
            config
                .makeApiClient(k8s.AppsV1Api)
                .listDeploymentForAllNamespaces({ labelSelector: "app=strimzi" }),
        ),
        readIfAllowed(core.readNamespace({ name: site.namespace })),
    ]);
    return {
        uid: kubeSystem?.metadata?.uid,
        strimziKinds: kinds?.resources.map(({ kind }) => kind) ?? [],
        operators: operators?.items.flatMap(operatorOf),
        namespaces: namespace === "forbidden" ? undefined : namespace ? [site.namespace] : [],
    };
}

/** The CA Secret of the source and its copy; undefined when one of them does not exist yet. */
export async function inspectCa(
    source: { readonly config: k8s.KubeConfig; readonly namespace: string; readonly name: string },
    copy: { readonly config: k8s.KubeConfig; readonly namespace: string; readonly name: string },
): Promise<InspectedCa | undefined> {
    const [original, copied] = await Promise.all(
        [source, copy].map(({ config, namespace, name }) =>
            readable(config.makeApiClient(k8s.CoreV1Api).readNamespacedSecret({ namespace, name })),
        ),
    );
    const certificate = original?.data?.["ca.crt"];
    if (certificate === undefined || copied === undefined) {
        return undefined;
    }
    const { validTo } = new X509Certificate(Buffer.from(certificate, "base64"));
    return {
        sourceGeneration: original?.metadata?.annotations?.[CA_GENERATION_ANNOTATION] ?? "",
        copiedGeneration: copied.metadata?.annotations?.[COPIED_CA_GENERATION_ANNOTATION] ?? "",
        expires: new Date(validTo),
    };
}

/** A Deployment of the operator sets the namespaces to watch as an environment variable. */
function operatorOf({ metadata, spec, status }: k8s.V1Deployment): InspectedOperator[] {
    const namespace = metadata?.namespace ?? "";
    const variables = spec?.template.spec?.containers.flatMap(({ env }) => env ?? []) ?? [];
    const variable = variables.find(({ name }) => name === "STRIMZI_NAMESPACE");
    if (variable === undefined) {
        return [];
    }
    // Without a value it is set from the pod's own namespace.
    const watches = variable.value?.split(",").map((item) => item.trim()) ?? [namespace];
    const id = path.posix.join(namespace, metadata?.name ?? "");
    return [{ id, watches, readyReplicas: status?.readyReplicas ?? 0 }];
}

/** The answer; undefined when the object does not exist or may not be read. */
async function readable<T>(request: Promise<T>): Promise<T | undefined> {
    const answer = await readIfAllowed(request);
    return answer === "forbidden" ? undefined : answer;
}

async function readIfAllowed<T>(request: Promise<T>): Promise<T | "forbidden" | undefined> {
    try {
        return await withTimeout(request);
    } catch (cause) {
        const status = cause instanceof k8s.ApiException ? cause.code : undefined;
        if (status === 404) {
            return undefined;
        }
        if (status === 403) {
            return "forbidden";
        }
        throw cause;
    }
}

async function withTimeout<T>(request: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
            reject(new Error(`no answer within ${TIMEOUT_MS / 1000} s`));
        }, TIMEOUT_MS);
    });
    try {
        return await Promise.race([request, late]);
    } finally {
        clearTimeout(timer);
    }
}
