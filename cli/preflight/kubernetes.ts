import { X509Certificate } from "node:crypto";
import { homedir } from "node:os";
import * as path from "node:path";
import * as k8s from "@kubernetes/client-node";
import type { Site } from "../../config/settingsSchema";
import {
    CA_GENERATION_ANNOTATION,
    COPIED_CA_GENERATION_ANNOTATION,
} from "../../strimzi/builders/caCertificates";
import type { CaObservation, ClusterObservation, OperatorObservation } from "./observation";

/** Why a Kubernetes cluster could not be looked at, with what to do. */
export class UnreachableError extends Error {
    override readonly name = "UnreachableError";

    constructor(
        message: string,
        readonly nextStep: string,
    ) {
        super(message);
    }
}

/** Milliseconds after which an API server counts as gone. */
const TIMEOUT_MS = 10_000;

/**
 * The kubeconfig of a site with its context chosen; authentication by exec plugins included.
 *
 * @throws {UnreachableError} when the file or the context is missing.
 */
export function kubeConfigOf(side: string, site: Site): k8s.KubeConfig {
    const config = new k8s.KubeConfig();
    try {
        if (site.kubeconfig === undefined) {
            config.loadFromDefault();
        } else {
            config.loadFromFile(site.kubeconfig.replace(/^~(?=\/)/, homedir()));
        }
    } catch (cause) {
        throw new UnreachableError(
            `The kubeconfig of the ${side} cannot be read: ${textOf(cause)}`,
            `Check kafka-dr:${side}.kubeconfig, or $KUBECONFIG.`,
        );
    }
    // Without any file the library makes up a context of its own.
    const contexts = config
        .getContexts()
        .map(({ name }) => name)
        .filter((name) => name !== "loaded-context");
    if (contexts.length === 0) {
        throw new UnreachableError(
            `There is no kubeconfig with a context for the ${side} ("${site.context}").`,
            "Set KUBECONFIG, or kafka-dr:source.kubeconfig and kafka-dr:target.kubeconfig; on a laptop: kind create cluster --name kafka-dr.",
        );
    }
    if (!contexts.includes(site.context)) {
        throw new UnreachableError(
            `kafka-dr:${side}.context is "${site.context}", which the kubeconfig does not have; it has: ${contexts.join(", ")}.`,
            "Choose one of them in the stack's file, or add the context (kubectl config get-contexts).",
        );
    }
    config.setCurrentContext(site.context);
    return config;
}

/**
 * Looks at the Kubernetes cluster of a site.
 *
 * @throws {UnreachableError} when its API server does not answer.
 */
export async function observeCluster(
    side: string,
    site: Site,
    config: k8s.KubeConfig,
): Promise<ClusterObservation> {
    const core = config.makeApiClient(k8s.CoreV1Api);
    const server = config.getCurrentCluster()?.server ?? "no server";
    try {
        await withTimeout(config.makeApiClient(k8s.VersionApi).getCode());
    } catch (cause) {
        throw new UnreachableError(
            `The Kubernetes cluster of the ${side} does not answer (context "${site.context}", ${server}): ${textOf(cause)}`,
            `Try: kubectl --context ${site.context} version`,
        );
    }
    const custom = config.makeApiClient(k8s.CustomObjectsApi);
    const [kubeSystem, kinds, operators, namespace] = await Promise.all([
        allowed(core.readNamespace({ name: "kube-system" })),
        allowed(custom.getAPIResources({ group: "kafka.strimzi.io", version: "v1" })),
        allowed(
            config
                .makeApiClient(k8s.AppsV1Api)
                .listDeploymentForAllNamespaces({ labelSelector: "app=strimzi" }),
        ),
        found(core.readNamespace({ name: site.namespace })),
    ]);
    return {
        uid: kubeSystem?.metadata?.uid,
        strimziKinds: kinds?.resources.map(({ kind }) => kind) ?? [],
        operators: operators?.items.flatMap(operatorOf),
        namespaces: namespace === "forbidden" ? undefined : namespace ? [site.namespace] : [],
    };
}

/** The CA Secret of the source and its copy; undefined when one of them is not there yet. */
export async function observeCa(
    source: { readonly config: k8s.KubeConfig; readonly namespace: string; readonly name: string },
    copy: { readonly config: k8s.KubeConfig; readonly namespace: string; readonly name: string },
): Promise<CaObservation | undefined> {
    const [original, copied] = await Promise.all(
        [source, copy].map(({ config, namespace, name }) =>
            allowed(config.makeApiClient(k8s.CoreV1Api).readNamespacedSecret({ namespace, name })),
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

/** An operator's Deployment has a container that is told which namespaces to watch. */
function operatorOf({ metadata, spec, status }: k8s.V1Deployment): OperatorObservation[] {
    const namespace = metadata?.namespace ?? "";
    const variables = spec?.template.spec?.containers.flatMap(({ env }) => env ?? []) ?? [];
    const variable = variables.find(({ name }) => name === "STRIMZI_NAMESPACE");
    if (variable === undefined) {
        return [];
    }
    // Without a value it comes from the pod's own namespace.
    const watches = variable.value?.split(",").map((item) => item.trim()) ?? [namespace];
    const id = path.posix.join(namespace, metadata?.name ?? "");
    return [{ id, watches, readyReplicas: status?.readyReplicas ?? 0 }];
}

/** The answer, or undefined when the object is not there or may not be read. */
async function allowed<T>(request: Promise<T>): Promise<T | undefined> {
    const answer = await found(request);
    return answer === "forbidden" ? undefined : answer;
}

async function found<T>(request: Promise<T>): Promise<T | "forbidden" | undefined> {
    try {
        return await withTimeout(request);
    } catch (cause) {
        const code = cause instanceof k8s.ApiException ? cause.code : undefined;
        if (code === 404) {
            return undefined;
        }
        if (code === 403) {
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

/** The first line of an error; an API's answer can be a page long. */
function textOf(cause: unknown): string {
    const text = cause instanceof Error ? cause.message : String(cause);
    return text.split("\n")[0] ?? text;
}
