import {
    type BackendContext,
    type KnownReadRequest,
    RecordingBackend,
    type Registration,
    type ScriptedKnown,
    type ResourceState,
} from "../../engine";
import { CA_SECRET, READY } from "./recordedStack";

const KAFKA = "kubernetes:kafka.strimzi.io/v1:Kafka";
const NAMESPACE = "kubernetes:core/v1:Namespace";

/**
 * A cluster on which every object is Ready, for any settings: every Kafka reports the listeners of its
 * spec, every Secret has the keys of a CA's, a user's and a service account's Secret, and every
 * Kubernetes cluster is the pinned one.
 */
export class ListeningBackend extends RecordingBackend {
    /**
     * @param uids UIDs of the namespace kube-system by context.
     * @param known Values that an earlier run generated.
     */
    constructor(
        private readonly uids: Readonly<Record<string, string>> = {},
        known: readonly ScriptedKnown[] = [],
    ) {
        super({ ...READY, known });
    }

    override async create(
        registration: Registration,
        context: BackendContext,
    ): Promise<ResourceState> {
        const state = await super.create(registration, context);
        if (registration.inputs.type === "kubernetes.io/service-account-token") {
            const data = { token: "dG9rZW4=", "ca.crt": CA_SECRET.data["ca.crt"] };
            return { ...state, outputs: { ...state.outputs, data } };
        }
        if (registration.type !== KAFKA) {
            return state;
        }
        const { spec } = registration.inputs as {
            spec: { kafka: { listeners: { name: string; port: number }[] } };
        };
        const listeners = spec.kafka.listeners.map(({ name, port }) => ({
            name,
            bootstrapServers: `203.0.113.7:${port}`,
        }));
        return { ...state, outputs: { ...state.outputs, status: { listeners } } };
    }

    override read(request: KnownReadRequest, context?: BackendContext): Promise<ResourceState> {
        const { id, type, provider } = request;
        if (type === NAMESPACE) {
            const clusterContext = String(context?.provider(provider)?.inputs.context);
            const metadata = { name: id, uid: this.uids[clusterContext] };
            return Promise.resolve({ id, outputs: { metadata } });
        }
        const data = { ...CA_SECRET.data, "user.crt": "dXNlcg==", "user.key": "a2V5" };
        return Promise.resolve({ id, outputs: { ...CA_SECRET, data } });
    }
}
