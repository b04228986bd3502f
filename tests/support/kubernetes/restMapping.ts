import { type KubeConfig, KubernetesObjectApi, V1ObjectMeta } from "@kubernetes/client-node";
import { ApiError, requestError } from "../../../cli/shared/kubernetes/apiClient";

/** A kind of object in one version of its API. */
export interface ObjectType {
    /** `v1` for the core group, otherwise `group/version`. */
    readonly apiVersion: string;
    readonly kind: string;
}

/** The API server does not know a kind, for example because its CRD is not installed. */
export class UnknownKindError extends Error {
    override readonly name = "UnknownKindError";
    constructor({ kind, apiVersion }: ObjectType, context: string) {
        super(`no matches for kind "${kind}" in version "${apiVersion}" (context "${context}")`);
    }
}

/** The object type of a token such as `kubernetes:core/v1:Secret`. */
export function objectTypeOf(token: string): ObjectType {
    const [pkg, apiVersion, kind] = token.split(":");
    if (pkg !== "kubernetes" || apiVersion === undefined || kind === undefined) {
        throw new Error(`${token} is not a type of Kubernetes objects`);
    }
    return { apiVersion: apiVersion.replace(/^core\//, ""), kind };
}

/** The library's mapping from kinds to paths, which it uses only internally. */
class ObjectPaths extends KubernetesObjectApi {
    kind({ apiVersion, kind }: ObjectType) {
        return this.resource(apiVersion, kind);
    }

    pathOf(type: ObjectType, namespace: string | undefined, name: string | undefined) {
        const metadata = Object.assign(new V1ObjectMeta(), { namespace, name });
        return this.specUriPath({ ...type, metadata }, name === undefined ? "create" : "read");
    }
}

/** Finds the paths of objects by the API server's discovery. */
export class RestMapper {
    private readonly paths: ObjectPaths;

    constructor(private readonly config: KubeConfig) {
        this.paths = config.makeApiClient(ObjectPaths);
    }

    /**
     * The path of a kind's collection, or of one object in it. Kinds without namespaces ignore the
     * namespace; others default to `default`.
     *
     * @throws UnknownKindError when the server does not know the kind; it is asked again next time.
     */
    async path(type: ObjectType, namespace: string | undefined, name?: string): Promise<string> {
        await this.isNamespaced(type);
        return this.paths.pathOf(type, namespace, name);
    }

    /** The path of the object with an id, `namespace/name` or `name`. */
    async pathOfId(type: ObjectType, id: string): Promise<string> {
        const [first = "", second] = id.split("/");
        return second === undefined
            ? this.path(type, undefined, first)
            : this.path(type, first, second);
    }

    /** Whether objects of the kind live in namespaces. */
    async isNamespaced(type: ObjectType): Promise<boolean> {
        const resource = await this.paths.kind(type).catch((cause: unknown) => {
            const error = requestError(this.config, cause);
            if (error instanceof ApiError && error.status === 404) {
                return undefined;
            }
            throw error;
        });
        if (resource === undefined) {
            throw new UnknownKindError(type, this.config.getCurrentContext());
        }
        return resource.namespaced;
    }
}
