import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import {
    type ReadResourceRequest,
    type RegisterResourceHookRequest,
    ReadResourceResponse,
    type RegisterResourceOutputsRequest,
    type RegisterResourceRequest,
    RegisterResourceResponse,
    type ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import {
    type Backend,
    type BackendContext,
    type KnownReadRequest,
    type ReadRequest,
    type Registration,
    type ResourceState,
    withIgnoredChanges,
} from "./backend";
import { type EngineError, FirstFailure, MonitorStopped } from "./diagnostics";
import { ResourceHooks } from "./hooks";
import {
    alwaysSecret,
    isProvider,
    providerId,
    refuseDefaultProvider,
    refuseHooksOfOthers,
} from "./providerRules";
import { failedResponse, readRequestOf, registrationOf, requestUrn } from "./registration";
import { makeUrn, providerUrn, rootStackType } from "./urn";
import { decodeProperties, encodeProperties, type Properties } from "./wire";

export interface MonitorOptions {
    readonly project: string;
    readonly stack: string;
    readonly preview: boolean;
    readonly backend: Backend;
    /**
     * Packages whose resources must name their provider, `*` for all: the config value
     * `pulumi:disable-default-providers`.
     */
    readonly disabledDefaultProviders?: readonly string[];
}

/**
 * Pulumi's resource monitor over an exchangeable backend: the service that a program calls to register
 * resources.
 *
 * It is a test double of Pulumi's engine. Order, options, providers, secretness, unknowns and outputs
 * are real, because the SDK computes them and this class passes them on. It knows earlier runs only
 * through the backend: hooks and `ignoreChanges` work by comparing inputs. It proves nothing about
 * Pulumi's diff, replacement, refresh or deletion.
 *
 * The first failure stops it, as it stops the engine. An error as the response would cause unhandled
 * rejections and promises that never settle in the SDK. Instead the program gets the response of
 * `--continue-on-error`: the resource failed, its URN is known, its outputs are unknown. Afterwards
 * nothing reaches the backend. {@link failed} reports the failure to the caller.
 */
export class ResourceMonitor {
    /** In the order of registration, the root stack first. */
    readonly registrations: Registration[] = [];
    readonly reads: ReadRequest[] = [];
    /** Ids and outputs by URN; for components the outputs that they registered. */
    readonly states = new Map<string, ResourceState>();
    /** The outputs of the root stack. */
    stackOutputs: Properties = decodeProperties(undefined);
    /** Resolves with the first failure; stays pending in a run without failures. */
    readonly failed: Promise<EngineError>;

    private readonly byUrn = new Map<string, Registration | ReadRequest>();
    private readonly underWay = new Set<Promise<unknown>>();
    private readonly hooks = new ResourceHooks();
    private readonly context: BackendContext;
    private readonly failure = new FirstFailure();

    constructor(private readonly options: MonitorOptions) {
        this.failed = this.failure.reported;
        this.context = {
            preview: options.preview,
            project: options.project,
            stack: options.stack,
            signal: this.failure.signal,
            provider: (reference) =>
                reference === undefined ? undefined : this.registration(providerUrn(reference)),
        };
    }

    /** The URN of the root stack, registered or not. */
    get stackUrn(): string {
        const { project, stack } = this.options;
        return makeUrn({ project, stack, type: rootStackType, name: `${project}-${stack}` });
    }

    async registerResource(request: RegisterResourceRequest): Promise<RegisterResourceResponse> {
        const urn = requestUrn(this.options, request);
        try {
            this.failure.throwIfReported();
            return await this.register(request, urn);
        } catch (error) {
            this.fail(error, urn);
            return failedResponse(request, urn);
        }
    }

    /** @throws MonitorStopped once the run has failed, including by this read */
    async readResource(request: ReadResourceRequest): Promise<ReadResourceResponse> {
        const urn = requestUrn(this.options, request);
        return this.orStop(urn, async () => {
            const read = readRequestOf(request, urn, decodeProperties(request.getProperties()));
            this.refuseDuplicate(urn);
            refuseDefaultProvider(read, this.options.disabledDefaultProviders);
            this.reads.push(read);
            this.byUrn.set(urn, read);
            const response = new ReadResourceResponse();
            response.setUrn(urn);
            // An object that does not exist yet cannot be read: all its outputs stay unknown.
            if (read.id !== undefined) {
                const known: KnownReadRequest = { ...read, id: read.id };
                const state = await this.track(this.options.backend.read(known, this.context));
                this.states.set(urn, state);
                const secrets = alwaysSecret(read.type, read.additionalSecretOutputs, state);
                response.setProperties(encodeProperties(state.outputs, { secrets }));
            }
            return response;
        });
    }

    /** @throws MonitorStopped once the run has failed. */
    async registerResourceOutputs(request: RegisterResourceOutputsRequest): Promise<void> {
        const urn = request.getUrn();
        return this.orStop(urn, () => {
            const outputs = decodeProperties(request.getOutputs());
            if (urn === this.stackUrn) {
                this.stackOutputs = outputs;
            }
            this.states.set(urn, { id: undefined, outputs: outputs.values });
            return Promise.resolve();
        });
    }

    /** @throws MonitorStopped once the run has failed. */
    async registerResourceHook(request: RegisterResourceHookRequest): Promise<void> {
        return this.orStop(undefined, () => {
            this.hooks.register(request);
            return Promise.resolve();
        });
    }

    /** @throws MonitorStopped once the run has failed. */
    async invoke(request: ResourceInvokeRequest): Promise<InvokeResponse> {
        const token = request.getTok();
        return this.orStop(undefined, async () => {
            const args = decodeProperties(request.getArgs());
            const result =
                token === "pulumi:pulumi:getResource"
                    ? this.existing(String(args.values.urn))
                    : await this.invokeBackend(token, args, request.getProvider());
            const response = new InvokeResponse();
            response.setReturn(encodeProperties(result, { secrets: [] }));
            return response;
        });
    }

    /**
     * Refuses all further requests. Returns the first failure of the run.
     */
    fail(reason: unknown, urn?: string): EngineError {
        return this.failure.report(reason, urn);
    }

    /** Closes the connections to the program after its end. */
    close(): void {
        this.hooks.close();
    }

    /** Waits until all operations of the backend have ended, successfully or not. */
    async idle(): Promise<void> {
        while (this.underWay.size > 0) {
            await Promise.allSettled(this.underWay);
        }
    }

    private async register(
        request: RegisterResourceRequest,
        urn: string,
    ): Promise<RegisterResourceResponse> {
        if (request.getRemote()) {
            throw new Error(
                `component ${urn} needs a provider plugin, which the in-process engine does not support`,
            );
        }
        const properties = decodeProperties(request.getObject());
        const parent = this.registration(request.getParent());
        const registration = registrationOf(request, urn, properties, parent);
        this.refuseDuplicate(urn);
        refuseHooksOfOthers(registration);
        if (registration.custom) {
            const asked = { ...registration, ...registration.options };
            refuseDefaultProvider(asked, this.options.disabledDefaultProviders);
        }
        this.registrations.push(registration);
        this.byUrn.set(urn, registration);

        const response = new RegisterResourceResponse();
        response.setUrn(urn);
        if (!registration.custom) {
            response.setObject(request.getObject());
            return response;
        }
        const state = await this.create(registration, properties);
        this.states.set(urn, state);
        response.setId(state.id ?? "");
        response.setObject(
            encodeProperties(state.outputs, {
                references: properties.references,
                // An output that was a secret input stays secret.
                secrets: [
                    ...properties.secrets,
                    ...alwaysSecret(
                        registration.type,
                        registration.options.additionalSecretOutputs,
                        state,
                    ),
                ],
            }),
        );
        return response;
    }

    private async create(
        registration: Registration,
        properties: Properties,
    ): Promise<ResourceState> {
        if (isProvider(registration.type)) {
            if (registration.unknownPaths.length === 0) {
                await this.options.backend.configure?.(registration);
            }
            const id = providerId(registration.urn, this.options.preview);
            return { id, outputs: registration.inputs };
        }
        const { backend, preview } = this.options;
        const known = backend.known?.(registration.urn);
        const wanted = withIgnoredChanges(registration, known);
        const { signal } = this.failure;
        const occasion = { registration: wanted, properties, known, preview, signal };
        await this.track(this.hooks.before(occasion));
        // Another resource may have failed while a hook ran.
        this.failure.throwIfReported();
        return this.track(backend.create(wanted, this.context));
    }

    private invokeBackend(token: string, args: Properties, provider: string) {
        const { backend } = this.options;
        if (backend.invoke === undefined) {
            throw new Error(`the backend has no provider function ${token}`);
        }
        const reference = provider === "" ? undefined : provider;
        return this.track(backend.invoke(token, args.values, reference, this.context));
    }

    private existing(urn: string) {
        const state = this.states.get(urn);
        if (state === undefined) {
            throw new Error(`unknown resource ${urn}`);
        }
        return { urn, id: state.id, state: state.outputs };
    }

    private registration(urn: string): Registration | undefined {
        const found = this.byUrn.get(urn);
        return found !== undefined && "custom" in found ? found : undefined;
    }

    private refuseDuplicate(urn: string): void {
        if (this.byUrn.has(urn)) {
            throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
        }
    }

    private async orStop<T>(urn: string | undefined, action: () => Promise<T>): Promise<T> {
        try {
            this.failure.throwIfReported();
            return await action();
        } catch (error) {
            this.fail(error, urn);
            throw new MonitorStopped();
        }
    }

    private async track<T>(operation: Promise<T>): Promise<T> {
        this.underWay.add(operation);
        try {
            return await operation;
        } finally {
            this.underWay.delete(operation);
        }
    }
}
