import { credentials } from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { CallbackInvokeRequest } from "@pulumi/pulumi/proto/callback_pb";
import {
    type RegisterResourceHookRequest,
    ResourceHookRequest,
    ResourceHookResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { type KnownResource, type Registration, needsUpdate } from "./backend";
import { encodeProperties, type Properties } from "./wire";

/** The kinds of hooks that this engine runs. */
const SUPPORTED: readonly string[] = ["beforeCreate", "beforeUpdate"];

interface Hook {
    readonly onDryRun: boolean;
    readonly client: CallbacksClient;
    readonly token: string;
}

/** The operation before which a hook runs. */
export interface HookOccasion {
    /** With the inputs that the backend will receive. */
    readonly registration: Registration;
    /** The registration's inputs as decoded from the protocol, with the paths of secrets. */
    readonly properties: Properties;
    readonly known: KnownResource | undefined;
    readonly preview: boolean;
    /** Aborting it cancels the call. */
    readonly signal: AbortSignal;
}

/**
 * The resource hooks of a program. The engine calls back into the program, which runs them.
 *
 * The behaviour is that of Pulumi's engine (pkg/resource/deploy/step.go, deployment.go):
 *
 * - `beforeCreate` runs in the create step and `beforeUpdate` in the update step, before the provider
 *   changes anything. A resource without changes has a step without hooks. A replacement runs
 *   `beforeCreate` again, without old inputs, and never `beforeUpdate`.
 * - A preview takes the same steps and runs the hooks with `onDryRun`, with unknown values.
 * - Old inputs are those of the state; new inputs are those after `ignoreChanges` (and, with a real
 *   provider, after its check).
 * - An error stops the deployment like a provider error: `before hook "name" failed: message`, in a
 *   preview after `Preview failed: `. The resource stays unchanged in the state; steps in progress are
 *   completed, and no new ones start.
 * - The state records the names of a resource's hooks. `pulumi destroy` needs only delete hooks, and
 *   refuses to run without `--run-program` if there are any.
 *
 * Not supported: hooks of components and providers, other kinds of hooks, and `ignoreErrors`.
 */
export class ResourceHooks {
    private readonly hooks = new Map<string, Hook>();
    private readonly clients = new Map<string, CallbacksClient>();

    /** @throws Error for an empty or duplicate name and for unsupported options */
    register(request: RegisterResourceHookRequest): void {
        const name = request.getName();
        if (name === "") {
            throw new Error("resource hook name cannot be empty");
        }
        if (this.hooks.has(name)) {
            throw new Error(`resource hook already registered for name "${name}"`);
        }
        if (request.getIgnoreErrors()) {
            throw new Error(`hook "${name}": the in-process engine does not support ignoreErrors`);
        }
        const callback = request.getCallback();
        this.hooks.set(name, {
            onDryRun: request.getOnDryRun(),
            client: this.clientOf(callback?.getTarget() ?? ""),
            token: callback?.getToken() ?? "",
        });
    }

    /**
     * Runs the hooks of a resource before it is created or updated.
     *
     * @throws Error with the message of the first hook that fails
     */
    async before(occasion: HookOccasion): Promise<void> {
        const { registration, known } = occasion;
        const bound = registration.options.hooks ?? {};
        const others = Object.keys(bound).filter((kind) => !SUPPORTED.includes(kind));
        if (others.length > 0) {
            throw new Error(
                `the in-process engine supports the hooks ${SUPPORTED.join(", ")}, but not ${others.join(", ")}`,
            );
        }
        if (known === undefined) {
            await this.run(bound.beforeCreate, occasion);
        } else if (needsUpdate(registration, known)) {
            await this.run(bound.beforeUpdate, occasion);
        }
    }

    /** Closes the connections to the program. */
    close(): void {
        for (const client of this.clients.values()) {
            client.close();
        }
    }

    private async run(names: readonly string[] = [], occasion: HookOccasion): Promise<void> {
        for (const name of names) {
            const hook = this.hooks.get(name);
            if (hook === undefined) {
                throw new Error(`hook "${name}" was not registered`);
            }
            if (occasion.preview && !hook.onDryRun) {
                continue;
            }
            const error = await call(hook, requestOf(occasion), occasion.signal);
            if (error !== "") {
                throw new Error(`before hook "${name}" failed: ${error}`);
            }
        }
    }

    private clientOf(target: string): CallbacksClient {
        const known = this.clients.get(target);
        if (known !== undefined) {
            return known;
        }
        const client = new CallbacksClient(target, credentials.createInsecure());
        this.clients.set(target, client);
        return client;
    }
}

function requestOf({ registration, properties, known }: HookOccasion): ResourceHookRequest {
    const request = new ResourceHookRequest();
    request.setUrn(registration.urn);
    request.setName(registration.name);
    request.setType(registration.type);
    request.setNewInputs(encodeProperties(registration.inputs, properties));
    if (known !== undefined) {
        request.setId(known.id ?? "");
        // The old values count as secret where the new ones are.
        request.setOldInputs(encodeProperties(known.inputs, properties));
        request.setOldOutputs(encodeProperties(known.outputs, properties));
    }
    return request;
}

/** Calls back into the program. Returns the hook's error, or an empty text on success. */
function call(hook: Hook, request: ResourceHookRequest, signal: AbortSignal): Promise<string> {
    const invocation = new CallbackInvokeRequest();
    invocation.setToken(hook.token);
    invocation.setRequest(request.serializeBinary());
    return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const abort = () => {
            running.cancel();
        };
        const running = hook.client.invoke(invocation, (error, response) => {
            signal.removeEventListener("abort", abort);
            if (error !== null) {
                reject(error);
                return;
            }
            const answer = ResourceHookResponse.deserializeBinary(response.getResponse_asU8());
            resolve(answer.getError());
        });
        signal.addEventListener("abort", abort);
    });
}
