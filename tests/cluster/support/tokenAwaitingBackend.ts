import { setTimeout as sleep } from "node:timers/promises";
import type { BackendContext, Registration, ResourceState } from "../../../engine";
import { KubernetesBackend } from "../../support/kubernetes";

const POLL_INTERVAL_MS = 25;

/**
 * Waits, as pulumi-kubernetes does, until Kubernetes has filled in a new Secret of the type
 * `kubernetes.io/service-account-token`: its outputs hold the token.
 */
export class TokenAwaitingBackend extends KubernetesBackend {
    override async create(
        registration: Registration,
        context: BackendContext,
    ): Promise<ResourceState> {
        const { urn, type, name, inputs, options } = registration;
        let state = await super.create(registration, context);
        if (context.preview || inputs.type !== "kubernetes.io/service-account-token") {
            return state;
        }
        const id = state.id ?? "";
        const request = {
            ...{ urn, type, name, inputs: {}, dependencies: [], additionalSecretOutputs: [] },
            ...(options.provider !== undefined && { provider: options.provider }),
        };
        while (state.outputs.data === undefined) {
            context.signal.throwIfAborted();
            await sleep(POLL_INTERVAL_MS);
            state = await this.read({ ...request, id }, context);
        }
        const known = this.state.get(urn);
        if (known !== undefined) {
            this.state.set(urn, { ...known, outputs: state.outputs });
        }
        return state;
    }
}
