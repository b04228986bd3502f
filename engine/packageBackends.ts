import type {
    Backend,
    BackendContext,
    KnownReadRequest,
    KnownResource,
    Registration,
    ResourceState,
} from "./backend";
import { urnType } from "./urn";

const PROVIDER = "pulumi:providers:";

/** Hands each resource to the backend of its package, as Pulumi does to the package's provider. */
export class PackageBackends implements Backend {
    /** @param backends By package, such as `kubernetes`. */
    constructor(private readonly backends: Readonly<Record<string, Backend>>) {}

    async configure(provider: Registration): Promise<void> {
        const pkg = provider.type.slice(PROVIDER.length);
        await this.backends[pkg]?.configure?.(provider);
    }

    known(urn: string): KnownResource | undefined {
        const pkg = urnType(urn).split(":")[0] ?? "";
        return this.backends[pkg]?.known?.(urn);
    }

    /** @throws Error for a package that has no backend. */
    async create(registration: Registration, context: BackendContext): Promise<ResourceState> {
        return this.backendOf(registration.type).create(registration, context);
    }

    /** @throws Error for a package that has no backend. */
    async read(request: KnownReadRequest, context: BackendContext): Promise<ResourceState> {
        return this.backendOf(request.type).read(request, context);
    }

    private backendOf(type: string): Backend {
        const backend = this.backends[type.split(":")[0] ?? ""];
        if (backend === undefined) {
            const packages = Object.keys(this.backends).join(", ");
            throw new Error(`${type}: there are backends for ${packages} only`);
        }
        return backend;
    }
}
