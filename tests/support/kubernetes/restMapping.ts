import { type ApiClient, ApiError } from "./apiClient";

/** A kind of object in one version of its API. */
export interface ObjectType {
    /** `v1` for the core group, otherwise `group/version`. */
    readonly apiVersion: string;
    readonly kind: string;
}

/** Where the objects of a kind are found. */
interface RestMapping {
    readonly plural: string;
    readonly namespaced: boolean;
}

interface ResourceList {
    readonly resources: readonly { name: string; kind: string; namespaced: boolean }[];
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
        throw new Error(`an API server has no ${token}`);
    }
    return { apiVersion: apiVersion.replace(/^core\//, ""), kind };
}

/** Finds the paths of objects by what the API server says of itself. */
export class RestMapper {
    private readonly found = new Map<string, Promise<RestMapping>>();

    constructor(private readonly client: ApiClient) {}

    /**
     * The path of a kind's collection, or of one object in it. Kinds without namespaces ignore the
     * namespace; others default to `default`.
     *
     * @throws UnknownKindError when the server knows no such kind; it is asked again next time.
     */
    async path(type: ObjectType, namespace: string | undefined, name?: string): Promise<string> {
        const { plural, namespaced } = await this.mapping(type);
        const scope = namespaced ? `/namespaces/${encodeURIComponent(namespace ?? "default")}` : "";
        const object = name === undefined ? "" : `/${encodeURIComponent(name)}`;
        return `${root(type)}${scope}/${plural}${object}`;
    }

    /** Whether objects of the kind live in namespaces. */
    async isNamespaced(type: ObjectType): Promise<boolean> {
        return (await this.mapping(type)).namespaced;
    }

    private mapping(type: ObjectType): Promise<RestMapping> {
        const key = `${type.apiVersion}:${type.kind}`;
        const known = this.found.get(key);
        if (known !== undefined) {
            return known;
        }
        const asked = this.discover(type);
        this.found.set(key, asked);
        asked.catch(() => this.found.delete(key));
        return asked;
    }

    private async discover(type: ObjectType): Promise<RestMapping> {
        const { context } = this.client.access;
        try {
            const { resources } = await this.client.request<ResourceList>({
                method: "GET",
                path: root(type),
            });
            const found = resources.find(
                ({ name, kind }) => kind === type.kind && !name.includes("/"),
            );
            if (found !== undefined) {
                return { plural: found.name, namespaced: found.namespaced };
            }
        } catch (error) {
            if (!(error instanceof ApiError && error.status === 404)) {
                throw error;
            }
        }
        throw new UnknownKindError(type, context);
    }
}

function root({ apiVersion }: ObjectType): string {
    return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
