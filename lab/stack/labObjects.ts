import type { ConfigMapLookup, ConfigMapObject, SecretLookup, SecretObject } from "../objects";

export const SECRET = "kubernetes:core/v1:Secret";
export const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

/** The fields that all Kubernetes objects have. */
export interface KubernetesObject {
    readonly metadata: {
        readonly name: string;
        readonly namespace?: string;
        readonly labels?: Readonly<Record<string, string>>;
    };
}

/** `namespace/name`, or `name` without a namespace. */
export function idOf({ metadata: { name, namespace } }: KubernetesObject): string {
    return namespace === undefined ? name : `${namespace}/${name}`;
}

/**
 * An object as the API server stores it: the `stringData` of a Secret moves to `data`, in base64.
 * @param type Pulumi's type token
 */
export function stored(type: string, inputs: Readonly<Record<string, unknown>>): KubernetesObject {
    if (type !== SECRET) {
        return inputs as unknown as KubernetesObject;
    }
    const { stringData, data, ...secret } = inputs;
    const encoded: Record<string, unknown> = { ...(data as object | undefined) };
    for (const [key, text] of Object.entries((stringData ?? {}) as Record<string, string>)) {
        encoded[key] = Buffer.from(text).toString("base64");
    }
    return { ...secret, data: encoded } as unknown as KubernetesObject;
}

/** The objects of all API servers. One store serves all contexts: the namespaces differ. */
export class LabObjects {
    private readonly objects = new Map<string, KubernetesObject>();
    private readonly unreachableSites = new Set<string>();

    find(type: string, id: string): KubernetesObject | undefined {
        return this.objects.get(`${type} ${id}`);
    }

    ofType(type: string): KubernetesObject[] {
        return [...this.objects]
            .filter(([key]) => key.startsWith(`${type} `))
            .map(([, object]) => object);
    }

    put(type: string, object: KubernetesObject): void {
        this.objects.set(`${type} ${idOf(object)}`, object);
    }

    delete(type: string, id: string): void {
        this.objects.delete(`${type} ${id}`);
    }

    /** Finds a ConfigMap. */
    readonly configMap: ConfigMapLookup = (namespace, name) =>
        this.find(CONFIG_MAP, `${namespace}/${name}`) as ConfigMapObject | undefined;

    /** Finds a Secret that the program or a user created. */
    readonly secret: SecretLookup = (namespace, name) =>
        this.find(SECRET, `${namespace}/${name}`) as unknown as SecretObject | undefined;

    /** @param site a namespace or the context of a provider */
    setReachable(site: string, reachable: boolean): void {
        if (reachable) {
            this.unreachableSites.delete(site);
        } else {
            this.unreachableSites.add(site);
        }
    }

    isUnreachable(sites: readonly (string | undefined)[]): boolean {
        return sites.some((one) => one !== undefined && this.unreachableSites.has(one));
    }

    /** @throws with the provider's message when a site of the object is unreachable */
    refuseUnreachable(what: string, sites: readonly (string | undefined)[]): void {
        const site = sites.find((one) => this.isUnreachable([one]));
        if (site !== undefined) {
            throw new Error(`${what}: configured Kubernetes cluster is unreachable: ${site}`);
        }
    }
}
