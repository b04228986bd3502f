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

/** The hooks that are run here. */
const SUPPORTED: readonly string[] = ["beforeCreate", "beforeUpdate"];

interface Hook {
    readonly onDryRun: boolean;
    readonly client: CallbacksClient;
    readonly token: string;
}

/** What a hook is called for. */
export interface HookOccasion {
    /** With the inputs that the backend will get. */
    readonly registration: Registration;
    /** How the registration's inputs came over the wire: which of them are secret. */
    readonly properties: Properties;
    readonly known: KnownResource | undefined;
    readonly preview: boolean;
    /** Ends the call. */
    readonly signal: AbortSignal;
}

/**
 * The resource hooks of a program, which it runs itself when it is called back.
 *
 * As Pulumi's engine does it (pkg/resource/deploy/step.go, deployment.go):
 *
 * - `beforeCreate` runs in the step that creates, `beforeUpdate` in the step that updates, before the
 *   provider is asked to change anything; a resource without changes has a step of its own, without
 *   hooks. A replacement runs `beforeCreate` again, with no old inputs, and never `beforeUpdate`.
 * - A preview takes the same steps, and runs the hooks with `onDryRun`; unknown values reach them.
 * - Old inputs are those of the state, new ones those after `ignoreChanges` (and with a real provider
 *   after its check of them).
 * - An error stops the deployment like one of a provider: `before hook "name" failed: message`, in a
 *   preview behind `Preview failed: `. The resource stays as it is in the state; steps that are under
 *   way are finished, no new ones are begun.
 * - The state keeps the names of a resource's hooks. `pulumi destroy` needs only delete hooks of it
 *   (it refuses without `--run-program`); create and update hooks have no say in deletions.
 *
 * Refused here: hooks of components and providers, all other kinds, and `ignoreErrors`.
 */
export class ResourceHooks {
    private readonly hooks = new Map<string, Hook>();
    private readonly clients = new Map<string, CallbacksClient>();

    /** @throws Error for a name that is empty or taken, and for what is not done here. */
    register(request: RegisterResourceHookRequest): void {
        const name = request.getName();
        if (name === "") {
            throw new Error("resource hook name cannot be empty");
        }
        if (this.hooks.has(name)) {
            throw new Error(`resource hook already registered for name "${name}"`);
        }
        if (request.getIgnoreErrors()) {
            throw new Error(`hook "${name}": ignoreErrors is not done here`);
        }
        const callback = request.getCallback();
        this.hooks.set(name, {
            onDryRun: request.getOnDryRun(),
            client: this.clientOf(callback?.getTarget() ?? ""),
            token: callback?.getToken() ?? "",
        });
    }

    /**
     * Runs what the program bound to a resource for the moment before it changes.
     *
     * @throws Error with the message of the first hook that refuses.
     */
    async before(occasion: HookOccasion): Promise<void> {
        const { registration, known } = occasion;
        const bound = registration.options.hooks ?? {};
        const others = Object.keys(bound).filter((kind) => !SUPPORTED.includes(kind));
        if (others.length > 0) {
            throw new Error(`hooks are run here ${SUPPORTED.join(", ")}; not ${others.join(", ")}`);
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
        // What is secret now is taken for secret then.
        request.setOldInputs(encodeProperties(known.inputs, properties));
        request.setOldOutputs(encodeProperties(known.outputs, properties));
    }
    return request;
}

/** Calls back into the program. Returns the hook's error, empty where it agrees. */
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
