import { isDeepStrictEqual } from "node:util";
import type {
    Backend,
    BackendContext,
    KnownReadRequest,
    KnownResource,
    Registration,
    ResourceState,
} from "../../engine/backend";
import { urnType } from "../../engine/urn";
import { randomPassword } from "../../lab/stack/randomPassword";

const PROVIDER = "pulumi:providers:";

/** Passes each resource to the backend of its package, as Pulumi does to the package's provider. */
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
            throw new Error(`${type}: only ${packages} has a backend`);
        }
        return backend;
    }
}

/** A value that an earlier run generated. Plain data; `result` is a secret in plain text. */
export interface KnownRandom {
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
}

/** The random values of a stack by URN. Kept from run to run, as Pulumi keeps them in its state. */
export type RandomState = Map<string, KnownRandom>;

const PASSWORD = "random:index/randomPassword:RandomPassword";

/**
 * Generates the passwords of `@pulumi/random`: random in the first run, and the same in every later
 * run. A preview does not know a new password. Of the provider's outputs it returns only `result`.
 */
export class RandomBackend implements Backend {
    constructor(
        /** The values of earlier runs; this run adds to them. */
        readonly state: RandomState = new Map<string, KnownRandom>(),
    ) {}

    known(urn: string): KnownResource | undefined {
        const known = this.state.get(urn);
        return known && { id: "none", ...known };
    }

    create(registration: Registration, context: BackendContext): Promise<ResourceState> {
        return new Promise((resolve) => {
            resolve(this.made(registration, context.preview));
        });
    }

    read(): Promise<ResourceState> {
        return Promise.reject(new Error("a random value cannot be read: only the state has it"));
    }

    /** Forgets all values but those of the given URNs. */
    forget(options: { readonly keep: ReadonlySet<string> }): void {
        for (const urn of this.state.keys()) {
            if (!options.keep.has(urn)) {
                this.state.delete(urn);
            }
        }
    }

    private made({ urn, type, inputs }: Registration, preview: boolean): ResourceState {
        const known = this.state.get(urn);
        if (known !== undefined && isDeepStrictEqual(known.inputs, inputs)) {
            return { id: "none", outputs: known.outputs };
        }
        if (type !== PASSWORD) {
            throw new Error(`${urn}: of @pulumi/random only RandomPassword is supported`);
        }
        const result = randomPassword(inputs);
        if (preview) {
            return { id: undefined, outputs: inputs };
        }
        const outputs = { ...inputs, result };
        this.state.set(urn, { inputs, outputs });
        return { id: "none", outputs };
    }
}
