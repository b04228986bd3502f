import {
    type Backend,
    type BackendContext,
    type KnownReadRequest,
    type KnownResource,
    type Registration,
    type ResourceState,
    needsUpdate,
} from "../../engine/backend";
import type { ProgramResult } from "../../engine/program";
import type { LabMirrorMaker } from "../connect/mirrorMaker";
import type { LabContext } from "../context";
import type { LabKafkaCluster } from "../kafka/kafkaCluster";
import type { ConfigMapLookup, ConfigMapObject, SecretLookup, SecretObject } from "../objects";
import type { LabUserOperator } from "../users/userOperator";
import { CONFIG_MAP, idOf, LabObjects, SECRET, stored } from "./labObjects";
import { LabOperators, refuseInvalid } from "./labOperators";
import { randomPassword } from "./randomPassword";

const KUBERNETES = "kubernetes:";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const RANDOM_PASSWORD = "random:index/randomPassword:RandomPassword";

/** The deployed stack on this machine: its clusters, its mirrors and access to its objects. */
export interface LabDeployment {
    readonly clusters: ReadonlyMap<string, LabKafkaCluster>;
    readonly mirrorMakers: ReadonlyMap<string, LabMirrorMaker>;
    /** The User Operator of each cluster, by the id of the Kafka. */
    readonly users: ReadonlyMap<string, LabUserOperator>;
    /** Finds a Secret, created by the program or by an operator. */
    readonly secret: SecretLookup;
    /**
     * Creates or replaces a Secret. A KafkaUser or a KafkaMirrorMaker2 reads it when it is applied
     * the next time.
     */
    readonly applySecret: (secret: SecretObject) => void;
    /** Finds a ConfigMap, created by the program or by an operator. */
    readonly configMap: ConfigMapLookup;
    /** Creates or replaces a ConfigMap, such as one with connector offsets. */
    readonly applyConfigMap: (configMap: ConfigMapObject) => void;
    /**
     * Makes the API server of a site unreachable: creating, changing, deleting and reading its
     * objects fails. Unchanged objects need no API server.
     * @param site a namespace, or the context of a provider
     */
    readonly unreachable: (site: string) => void;
    /** Makes the API server of a site reachable again. */
    readonly reachable: (site: string) => void;
    /**
     * Reconciles the topics and users of a cluster, as Strimzi's operators do periodically: after a
     * rebuild this creates them again.
     * @param id the id of the Kafka, `namespace/name`
     */
    readonly reconcile: (id: string) => Promise<void>;
}

/** A resource of an earlier run. */
interface LabResource extends KnownResource {
    readonly type: string;
    readonly id: string;
    readonly context: string | undefined;
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
}

/**
 * The backend of the in-process engine that stands for the API server. It stores the registered
 * Kubernetes objects in memory and hands Strimzi's to {@link LabOperators}, which runs clusters and
 * MirrorMaker 2 as local processes and manages topics and users in those clusters. It refuses objects
 * that Strimzi's schemas refuse, and a resource is complete only when Strimzi would report Ready.
 *
 * State persists from run to run: unchanged resources are not touched, replacements are refused, and
 * {@link deleteStale} deletes the resources that a run no longer registers.
 */
export class LabBackend implements Backend, LabDeployment {
    private readonly state = new Map<string, LabResource>();
    /** Objects that still run but have left the stack's state: type and id. */
    private readonly retained = new Set<string>();
    private readonly objects = new LabObjects();
    private readonly operators: LabOperators;

    constructor(
        lab: LabContext,
        kafkaVersion: string,
        onStep: (text: string) => void = () => undefined,
    ) {
        this.operators = new LabOperators(lab, kafkaVersion, this.objects, onStep);
    }

    get clusters(): ReadonlyMap<string, LabKafkaCluster> {
        return this.operators.clusters;
    }

    get mirrorMakers(): ReadonlyMap<string, LabMirrorMaker> {
        return this.operators.mirrorMakers;
    }

    get users(): ReadonlyMap<string, LabUserOperator> {
        return this.operators.users;
    }

    readonly secret: SecretLookup = (namespace, name) => this.operators.secret(namespace, name);

    readonly applySecret = (secret: SecretObject): void => {
        this.objects.put(SECRET, secret);
    };

    readonly configMap: ConfigMapLookup = (namespace, name) =>
        this.objects.configMap(namespace, name);

    readonly applyConfigMap = (configMap: ConfigMapObject): void => {
        this.objects.put(CONFIG_MAP, configMap);
    };

    readonly unreachable = (site: string): void => {
        this.objects.setReachable(site, false);
    };

    readonly reachable = (site: string): void => {
        this.objects.setReachable(site, true);
    };

    readonly reconcile = async (id: string): Promise<void> => this.operators.reconcile(id);

    known(urn: string): KnownResource | undefined {
        return this.state.get(urn);
    }

    async create(registration: Registration, context: BackendContext): Promise<ResourceState> {
        const { urn, type, inputs, options } = registration;
        const known = this.state.get(urn);
        const { protect = false, retainOnDelete = false } = options;
        const entry = {
            type,
            inputs,
            context: contextOf(options.provider, context),
            protect,
            retainOnDelete,
        };
        if (known !== undefined && !needsUpdate(registration, known)) {
            this.state.set(urn, { ...known, ...entry });
            return { id: known.id, outputs: known.outputs };
        }
        if (!type.startsWith(KUBERNETES) && type !== RANDOM_PASSWORD) {
            throw new Error(
                `The lab supports Kubernetes objects and random passwords, but not ${type}.`,
            );
        }
        if (context.preview) {
            return { id: known?.id, outputs: this.previewed(registration) };
        }
        if (type === RANDOM_PASSWORD) {
            const outputs = { ...inputs, result: randomPassword(inputs) };
            this.state.set(urn, { ...entry, id: "none", outputs });
            return { id: "none", outputs };
        }
        const object = stored(type, inputs);
        const id = idOf(object);
        this.refuse(registration, id, known, entry.context);
        this.objects.put(type, object);
        this.retained.delete(`${type} ${id}`);
        // From here on the object exists, even if the deployment fails.
        this.state.set(urn, { ...entry, id, outputs: { ...object }, unfinished: true });
        const status = await this.operators.deploy(type, id, inputs);
        const outputs = { ...object, ...(status !== undefined && { status }) };
        this.state.set(urn, { ...entry, id, outputs });
        return { id, outputs };
    }

    async read(request: KnownReadRequest, context: BackendContext): Promise<ResourceState> {
        const { type, id, provider } = request;
        const [namespace = "", name = ""] = id.split("/");
        const sites = [siteOf(type, id), contextOf(provider, context)];
        this.objects.refuseUnreachable(`${type} "${id}"`, sites);
        const found = type === SECRET ? this.secret(namespace, name) : this.objects.find(type, id);
        if (found === undefined) {
            return Promise.reject(new Error(`resource '${id}' does not exist`));
        }
        return { id, outputs: { ...found } };
    }

    /**
     * Deletes the resources that earlier runs created and this one no longer registers, the youngest
     * first, as Pulumi does at the end of an update. A resource with `retainOnDelete` keeps running
     * and only leaves the state; a later run that registers it again adopts it.
     *
     * @throws {Error} before anything is deleted, when one of them is protected
     */
    async deleteStale({ registrations }: Pick<ProgramResult, "registrations">): Promise<void> {
        const keep = new Set(registrations.map(({ urn }) => urn));
        const doomed = [...this.state].filter(([urn]) => !keep.has(urn)).reverse();
        const isProtected = doomed.filter(([, { protect }]) => protect).map(([urn]) => urn);
        if (isProtected.length > 0) {
            throw new Error(
                `nothing was deleted, because these are protected: ${isProtected.join(", ")}`,
            );
        }
        const droppingContexts = new Set(
            registrations.filter(deletesUnreachable).map(({ inputs }) => inputs.context),
        );
        for (const [urn, { type, id, retainOnDelete, context }] of doomed) {
            const object = this.objects.find(type, id);
            const unreachable = this.objects.isUnreachable([siteOf(type, id), context]);
            if (retainOnDelete || (unreachable && droppingContexts.has(context))) {
                this.retained.add(`${type} ${id}`);
            } else if (object !== undefined) {
                this.objects.refuseUnreachable(`${type} "${id}"`, [siteOf(type, id), context]);
                await this.operators.remove(type, id, object);
                this.objects.delete(type, id);
            }
            this.state.delete(urn);
        }
    }

    /** The outputs of a new or changed resource in a preview. */
    private previewed({ type, inputs, unknownPaths }: Registration): Record<string, unknown> {
        if (unknownPaths.length === 0 && type !== RANDOM_PASSWORD) {
            refuseInvalid(type, idOf(stored(type, inputs)), inputs);
        }
        return { ...inputs };
    }

    private refuse(
        { urn, type }: Registration,
        id: string,
        known: LabResource | undefined,
        context: string | undefined,
    ): void {
        if (known !== undefined && known.id !== id) {
            throw new Error(
                `${urn} would be replaced (${known.id} -> ${id}), which the lab does not support`,
            );
        }
        this.objects.refuseUnreachable(`${type} "${id}"`, [siteOf(type, id), context]);
        const isThere = this.objects.find(type, id) !== undefined;
        if (known === undefined && isThere && !this.retained.has(`${type} ${id}`)) {
            throw new Error(`${type} "${id}" already exists`);
        }
    }
}

/** The namespace of an object; a Namespace is its own. */
function siteOf(type: string, id: string): string | undefined {
    return id.includes("/") || type === NAMESPACE ? id.split("/")[0] : undefined;
}

function contextOf(provider: string | undefined, context: BackendContext): string | undefined {
    const name = context.provider(provider)?.inputs.context;
    return typeof name === "string" ? name : undefined;
}

/** Whether a provider drops the objects of an unreachable cluster from the state. */
function deletesUnreachable({ type, inputs }: Registration): boolean {
    return type === "pulumi:providers:kubernetes" && inputs.deleteUnreachable === "true";
}
